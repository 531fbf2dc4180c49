import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2026-02-11T09:30:00+01:00',
  date: '1990-05-01',
  email: 'ann@example.com',
  uuid: '7239e6f7-e52e-466b-8c24-699709b64076',
};

/** An event of this schema in which nothing is missing: the same for every call, lists with two elements. */
export function fullEvent(name: string, schema: JsonObject): JsonObject {
  const body = sampleOf(schema, '');
  return { ...(isJsonObject(body) ? body : {}), eventName: name, createdAt: '2026-02-11T09:30:00+01:00' };
}

function sampleOf(schema: Json | undefined, name: string): Json {
  if (!isJsonObject(schema)) return 'x';
  const { examples, enum: values, const: only, oneOf, properties } = schema;
  if (only !== undefined) return only;
  if (Array.isArray(values)) return values[0] ?? null;
  if (Array.isArray(oneOf) && !properties) return sampleOf(oneOf[0], name);
  if (Array.isArray(examples)) return examples[0] ?? null;
  return ofKind([schema['type'] ?? 'string'].flat()[0] as string, schema, name);
}

function ofKind(kind: string, schema: JsonObject, name: string): Json {
  if (kind === 'array') return [sampleOf(schema['items'], name), sampleOf(schema['items'], name)];
  if (kind === 'boolean') return true;
  if (kind === 'number' || kind === 'integer') return 12;
  if (kind !== 'object') return textOf(schema, name);
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, sampleOf(value, key)]));
}

/** Open Loyalty's schemas do not always say what is a time, an address or a number of digits. */
function textOf({ format }: JsonObject, name: string): string {
  if (/Date$|At$|From$|To$/.test(name)) return BY_FORMAT['date-time'] ?? '';
  if (/email/i.test(name)) return BY_FORMAT['email'] ?? '';
  if (/phone|CardNumber/i.test(name)) return '48500100200';
  return BY_FORMAT[String(format)] ?? `some ${name}`;
}
