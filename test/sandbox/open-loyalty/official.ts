import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { isJsonObject, type Json } from '../../../src/core/json.ts';

/** Beside a checkout, not in it. Without it the shipped schemas stand in, which another test compares with these. */
const FOLDER = '../shared/data/open-loyalty';
const SHIPPED = 'schemas/open-loyalty';
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
const compiled = new Map<string, ValidateFunction>();

const webhooks = (read('webhooks.json') ?? shippedWebhooks()) as Record<string, { schema: Json }>;
const rest = read('rest.json') as Record<string, Record<string, { responses: Record<string, Json> }>> | null;

/** The names of all official events. */
export const OFFICIAL_NAMES = Object.keys(webhooks);

/** What the official schema of an event has against a body; null when nothing. */
export function faultsOfWebhook(eventName: string, body: Json): unknown {
  return faults(`webhook ${eventName}`, webhooks[eventName]?.schema ?? false, body);
}

/** What the official schema of a call's answer has against a body; null when nothing, and without the official schemas. */
export function faultsOfAnswer(method: string, path: string, body: Json, status = 200): unknown {
  if (rest === null) return null;
  const responses = rest[path]?.[method]?.responses ?? {};
  // Its alternatives overlap: a refusal fits two of them.
  const schema = JSON.parse(JSON.stringify(responses[`'${status}'`] ?? false).replaceAll('"oneOf"', '"anyOf"')) as Json;
  const scroll = isJsonObject(body) && body['scroll'] !== undefined ? { scroll: body['scroll'] } : {};
  return faults(`${method} ${path} ${status}`, schema, body, scroll);
}

/** Open Loyalty sends null for what is not there, while its schemas say nothing of null. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([key, member]) => [key, withoutNulls(member)]));
}

function faults(name: string, schema: Json, body: Json, nullsKept: object = {}): unknown {
  const validate = compiled.get(name) ?? ajv.compile(repaired(schema) as object);
  compiled.set(name, validate);
  return validate({ ...(withoutNulls(body) as object), ...nullsKept }) ? null : validate.errors;
}

/** The few words of OpenAPI that JSON Schema does not know; under `properties` the keys are fields and stay. */
function repaired(schema: Json, areFields = false): Json {
  if (Array.isArray(schema)) return schema.map((each) => repaired(each));
  if (!isJsonObject(schema)) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]) => {
    if (areFields || key !== 'type') return [[key, repaired(value, !areFields && key === 'properties')]];
    // An unquoted null in YAML was meant as the type of that name.
    const type = value === 'float' ? 'number' : (value ?? 'null');
    return type === 'mixed' || type === 'undefined' ? [] : [[key, type]];
  });
  return Object.fromEntries(entries) as Json;
}

function read(file: string): unknown {
  return existsSync(FOLDER) ? JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) : null;
}

function shippedWebhooks(): unknown {
  const names = readdirSync(SHIPPED).flatMap((file) => /^(\w+)\.schema\.json$/.exec(file)?.[1] ?? []);
  const official = names.filter((name) => name !== 'WalletBalanceUpdated');
  return Object.fromEntries(
    official.map((name) => [name, { schema: JSON.parse(readFileSync(`${SHIPPED}/${name}.schema.json`, 'utf8')) }]),
  );
}
