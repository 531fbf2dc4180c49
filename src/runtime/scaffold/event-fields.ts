import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { madeUp, sampleUuid } from './personal.ts';

/** A field of an event's data that one value can be read from. */
export interface EventField {
  /** From the body's top: `data`, `level`, `name`. */
  readonly path: readonly string[];
  /** A list is read by how long it is. */
  readonly kind: 'value' | 'time' | 'list';
}

/** The fields below a schema, in its order; where it is a choice between kinds of values, there is none. */
export function fieldsOf(schema: JsonObject, path: readonly string[]): readonly EventField[] {
  const properties = propertiesOf(schema);
  if (properties) {
    return Object.entries(properties).flatMap(([key, of]) => (isJsonObject(of) ? fieldsOf(of, [...path, key]) : []));
  }
  if (isChoice(schema)) return [];
  if (typesOf(schema).includes('array')) return [{ path, kind: 'list' }];
  if (!typesOf(schema).some((type) => ['string', 'number', 'integer', 'boolean'].includes(type))) return [];
  return [{ path, kind: schema['format'] === 'date-time' ? 'time' : 'value' }];
}

/** A value as a schema describes it, about Ann; every field is there. */
export function sampleOf(schema: JsonObject): Json {
  let uuids = 0;
  return sampleAt(schema, ['data'], () => {
    uuids += 1;
    return sampleUuid(uuids);
  });
}

function sampleAt(schema: JsonObject, path: readonly string[], uuid: () => string): Json {
  const given = givenValue(schema);
  if (given !== undefined) return given;
  const properties = propertiesOf(schema);
  if (properties) {
    return Object.fromEntries(
      Object.entries(properties).flatMap(([key, of]) =>
        isJsonObject(of) ? [[key, sampleAt(of, [...path, key], uuid)] as const] : [],
      ),
    );
  }
  const [branch] = branchesOf(schema);
  if (branch) return sampleAt(branch, path, uuid);
  const type = typesOf(schema).find((one) => one !== 'null');
  if (type === 'array') return isJsonObject(schema['items']) ? [sampleAt(schema['items'], path, uuid)] : [];
  if (type === 'object') return {};
  if (type === 'boolean') return true;
  if (type === 'integer') return 3;
  return type === 'number' ? 12.5 : textAt(schema, path, uuid);
}

function textAt({ format }: JsonObject, path: readonly string[], uuid: () => string): string {
  const person = madeUp(path);
  if (person !== null) return person;
  if (format === 'date-time') return '2026-03-01T00:00:00+01:00';
  if (format === 'uuid') return uuid();
  const words = (path.at(-1) ?? 'text').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words === 'name' ? 'Gold' : words;
}

function givenValue({ const: only, enum: choice, examples }: JsonObject): Json | undefined {
  if (only !== undefined) return only;
  if (Array.isArray(choice)) return choice[0];
  return Array.isArray(examples) ? examples[0] : undefined;
}

/** The members of an object; with branches that are all objects, those of the first one, too. */
function propertiesOf(schema: JsonObject): JsonObject | null {
  const branches = branchesOf(schema);
  const own = isJsonObject(schema['properties']) ? schema['properties'] : null;
  const [first] = branches.map(({ properties }) => properties);
  const further = isJsonObject(first ?? null) && branches.every((one) => isJsonObject(one['properties'] ?? null));
  if (!own && !further) return null;
  return { ...(further ? (first as JsonObject) : {}), ...own };
}

function isChoice(schema: JsonObject): boolean {
  return branchesOf(schema).length > 0;
}

function branchesOf({ oneOf, anyOf }: JsonObject): readonly JsonObject[] {
  const branches = [oneOf, anyOf].find(Array.isArray) ?? [];
  return (branches as readonly Json[]).filter(isJsonObject);
}

function typesOf({ type }: JsonObject): readonly string[] {
  return Array.isArray(type) ? type.map(String) : [String(type)];
}
