import { stringify } from 'yaml';
import type { Json, JsonObject } from '../../core/json.ts';
import { type Addressee, NOBODY } from './addressee.ts';
import type { EventField } from './event-fields.ts';

/** One property of the request: its name, its formula, and the field it comes from. */
export interface Property {
  readonly name: string;
  readonly formula: string;
  readonly source: string;
}

/** A field that no property was written for, and why. */
export interface LeftOut {
  readonly source: string;
  readonly why: string;
}

/** Everything a scaffolded mapping is written from. */
export interface Draft {
  readonly id: string | null;
  readonly name: string;
  readonly event: string;
  /** `destination.endpoint`. */
  readonly to: string;
  readonly addressee: Addressee;
  readonly properties: readonly Property[];
  readonly leftOut: readonly LeftOut[];
  readonly sample: JsonObject;
  /** What the test expects; null before it is known. */
  readonly expect: Json;
}

/** Names that say nothing without what they belong to. */
const VAGUE = /^(id|name|code|type|value|active|status|from|to|createdAt|data|key|price|units|points)$/;
const TAKEN = ['event_id', 'tenant_code'];

/** The properties for these fields, each under the shortest name that tells it from the others. */
export function propertiesFor(fields: readonly EventField[], root: readonly string[]): readonly Property[] {
  const taken = new Set(TAKEN);
  return fields.map(({ path, kind }) => {
    const name = freeName(path.slice(1), kind, taken);
    taken.add(name);
    const source = [...root, ...path.slice(1).map(quotedKey)].join('.');
    if (kind === 'list') return { name, formula: `$count(${source})`, source };
    return { name, formula: kind === 'time' ? `$toSeconds(${source})` : source, source };
  });
}

/** The mapping's text: comments, the mapping, and its test. */
export function mappingText(draft: Draft): string {
  const { addressee, properties, leftOut } = draft;
  const registered = addressee.formula === null ? NOBODY : `=${addressee.formula}`;
  return [
    '# yaml-language-server: $schema=../schemas/mapping.schema.json',
    '#',
    `# What becomes of ${draft.event}. A first draft: rename, reword and delete as you like.`,
    '#   pointsman validate, pointsman test and pointsman preview show what it would send.',
    ...leftOut.map(({ source, why }) => `# Left out: ${source}: ${why}`),
    ...(draft.id === null ? [] : [`id: ${draft.id}`]),
    `description: ${draft.event}, as it comes`,
    `event: ${draft.event}`,
    ...addressee.keys.map(([key, formula]) => `${key}: ${formula}`),
    `to: ${draft.to}`,
    '# Records what it would send, and sends nothing. Remove this line when all is as you want it.',
    'mode: shadow',
    'transform:',
    `  # ${addressee.remark}`,
    '  customer_ids:',
    `    registered: ${registered}`,
    '  # What the event is called in Bloomreach.',
    `  event_type: loyalty_${draft.name.replaceAll('-', '_')}`,
    '  timestamp: =$toSeconds(createdAt)',
    '  properties:',
    '    # Tells two events apart that are otherwise alike.',
    '    event_id: =$eventId()',
    ...properties.map(({ name, formula }) => `    ${name}: =${formula}`),
    '    tenant_code: =storeCode',
    testText(draft),
  ].join('\n');
}

function testText({ event, sample, addressee, expect }: Draft): string {
  const test = {
    name: `${event} about ${addressee.formula === null ? 'nobody' : 'Ann'}`,
    event: sample,
    ...(addressee.recall !== null && { recall: addressee.recall }),
    ...(expect !== null && { expect }),
  };
  return stringify({ tests: [test] }, { lineWidth: 0, aliasDuplicateObjects: false });
}

function freeName(path: readonly string[], kind: EventField['kind'], taken: ReadonlySet<string>): string {
  const suffix = kind === 'list' ? '_count' : '';
  const isVague = VAGUE.test(path.at(-1) ?? '');
  for (let length = isVague ? 2 : 1; length <= path.length; length++) {
    const name = snakeCase(path.slice(-length)) + suffix;
    if (!taken.has(name)) return name;
  }
  const whole = snakeCase(path) + suffix;
  if (!taken.has(whole)) return whole;
  let number = 2;
  while (taken.has(`${whole}_${number}`)) number += 1;
  return `${whole}_${number}`;
}

/** `level`, `levelId` → `level_id`: what the parent says already is not said again. */
function snakeCase(path: readonly string[]): string {
  const words = path.map((key) =>
    key
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toLowerCase(),
  );
  return words.reduce(
    (name, word) => (word.startsWith(name) && name !== '' ? word : name === '' ? word : `${name}_${word}`),
    '',
  );
}

function quotedKey(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : `\`${key}\``;
}
