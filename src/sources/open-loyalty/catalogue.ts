import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../core/json.ts';
import type { EventCatalogue } from '../../ports/source.ts';
import { factSchemas } from './remembers.ts';

/** Seen from `src/` and from the compiled `dist/` alike. */
const FOLDER = new URL('../../../schemas/open-loyalty/', import.meta.url);
/** The dotted names of legacy bodies; an array of them is described by one element, since `split` takes it apart. */
const LEGACY = new URL('legacy/', FOLDER);
const SUFFIX = '.schema.json';

/** Codes that Open Loyalty mails or texts to the member: who has one can take the account over. */
const ONE_TIME_CODES = ['data.code', 'data.codeNumber'];
const SECRETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['CustomerEmailWasChanged', ONE_TIME_CODES],
  ['CustomerPhoneNumberWasChanged', ONE_TIME_CODES],
  ['CustomerRequestedPasswordReset', ONE_TIME_CODES],
  ['CustomerRequestedSendActivationCode', ONE_TIME_CODES],
  ['CustomerWasRegisteredWithoutActivation', ONE_TIME_CODES],
]);

let catalogue: EventCatalogue | null = null;

/** The events Open Loyalty sends, with a JSON Schema of each body. Read from `schemas/open-loyalty/` once, when first asked for. */
export function openLoyaltyCatalogue(): EventCatalogue {
  catalogue ??= { events: new Map([FOLDER, LEGACY].flatMap(schemasIn)), facts: factSchemas(), secrets: SECRETS };
  return catalogue;
}

function schemasIn(folder: URL): readonly (readonly [name: string, schema: JsonObject])[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(SUFFIX));
  return files.sort().map((file) => {
    const schema = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as JsonObject;
    return [file.slice(0, -SUFFIX.length), schema];
  });
}
