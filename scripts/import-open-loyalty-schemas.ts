// Rewrites schemas/open-loyalty/ from a file of Open Loyalty's webhook schemas:
//   node scripts/import-open-loyalty-schemas.ts webhooks.json [folder]
// The input maps each event's name to `{ schema }`, taken from the OpenAPI documents at
// https://github.com/OpenLoyalty/api-docs (doc/openapi-new/webhooks.yaml).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Node = { readonly [key: string]: unknown };

const [input, folder = 'schemas/open-loyalty'] = process.argv.slice(2);
if (input === undefined) throw new Error('Usage: import-open-loyalty-schemas.ts INPUT [FOLDER]');

const events = JSON.parse(readFileSync(input, 'utf8')) as Record<string, { schema: Node }>;
for (const [name, event] of Object.entries(events)) {
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: name, ...converted(event.schema) };
  writeFileSync(join(folder, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
process.stdout.write(`${Object.keys(events).length} schemas written; run npm run format\n`);

/** An OpenAPI schema as JSON Schema 2020-12: the same fields, with the words that only OpenAPI knows replaced. */
function converted(schema: Node): Node {
  const { nullable, example, type, ...rest } = schema;
  const inner = Object.entries(rest).map(([key, value]) => [key, convertedKeyword(key, value)]);
  return {
    ...convertedType(type, nullable === true),
    ...Object.fromEntries(inner),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

function convertedKeyword(key: string, value: unknown): unknown {
  // Under `properties` the keys are field names, which may be called `type` or `example` themselves.
  if (key === 'properties') return mapValues(value as Node, (field) => converted(field as Node));
  if (key === 'items' || key === 'not') return converted(value as Node);
  if (key === 'oneOf' || key === 'anyOf' || key === 'allOf') return (value as Node[]).map(converted);
  if (key === 'additionalProperties' && typeof value === 'object') return converted(value as Node);
  return value;
}

/** `float` is a number; `mixed` is anything, so that it needs no type; YAML reads an unquoted `null` as no value at all. */
function convertedType(type: unknown, nullable: boolean): Node {
  if (type === undefined || type === 'mixed') return {};
  const known = type === 'float' ? 'number' : (type ?? 'null');
  return { type: nullable ? [known, 'null'].flat() : known };
}

function mapValues(node: Node, change: (value: unknown) => unknown): Node {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(value)]));
}
