import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../core/json.ts';
import type { EventCatalogue } from '../../ports/source.ts';

/** Seen from `src/` and from the compiled `dist/` alike. */
const FOLDER = new URL('../../../schemas/open-loyalty/', import.meta.url);
const SUFFIX = '.schema.json';

let catalogue: EventCatalogue | null = null;

/** The events Open Loyalty documents, with a JSON Schema of each body. Read from `schemas/open-loyalty/` once, when first asked for. */
export function openLoyaltyCatalogue(): EventCatalogue {
  catalogue ??= { events: new Map(readdirSync(FOLDER).filter(isSchema).sort().map(readSchema)) };
  return catalogue;
}

function isSchema(file: string): boolean {
  return file.endsWith(SUFFIX);
}

function readSchema(file: string): readonly [name: string, schema: JsonObject] {
  return [file.slice(0, -SUFFIX.length), JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as JsonObject];
}
