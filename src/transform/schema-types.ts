import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import {
  type Alternative,
  ANY,
  listOf,
  NOTHING,
  type ObjectType,
  type ScalarType,
  type Type,
  typeOf,
  unionOf,
} from './types.ts';

/** Keywords after which nothing more can be said without solving them. */
const OPAQUE = ['$ref', '$dynamicRef', 'allOf', 'if', 'not', 'patternProperties', 'prefixItems'];

/**
 * What a JSON Schema says of a value. An object is closed when it names its properties and does not speak of others;
 * what the schema leaves open is unknown. `null` is absent to formulas. `secrets` are dotted paths of one-time secrets.
 */
export function typeOfSchema(schema: Json | undefined, secrets: readonly string[] = []): Type {
  if (!isJsonObject(schema) || OPAQUE.some((keyword) => keyword in schema)) return marked(ANY, secrets, '');
  const { oneOf, anyOf, ...own } = schema;
  const branches = oneOf ?? anyOf;
  if (Array.isArray(branches) && !(oneOf && anyOf)) {
    return unionOf([NOTHING, ...branches.map((branch: Json) => typeOfSchema(joined(own, branch), secrets))]);
  }
  const kinds = kindsOf(own);
  if (kinds === null) return marked(ANY, secrets, '');
  return unionOf([NOTHING, ...kinds.map((kind) => typeOfKind(kind, own, secrets))]);
}

/** A branch of a choice holds together with what stands around it. */
function joined(own: JsonObject, branch: Json): Json {
  if (!isJsonObject(branch)) return branch;
  const properties = { ...objectAt(own, 'properties'), ...objectAt(branch, 'properties') };
  const hasProperties = 'properties' in own || 'properties' in branch;
  return { ...own, ...branch, ...(hasProperties && { properties }) };
}

function kindsOf(schema: JsonObject): readonly string[] | null {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((kind: Json) => typeof kind === 'string');
  const values = valuesOf(schema);
  if (values) return [...new Set(values.map((value) => typeof value))];
  return 'properties' in schema ? ['object'] : null;
}

function typeOfKind(kind: string, schema: JsonObject, secrets: readonly string[]): Type {
  switch (kind) {
    case 'string':
    case 'boolean':
      return marked(typeOf(scalar(kind, schema)), secrets, '');
    case 'number':
    case 'integer':
      return marked(typeOf(scalar('number', schema)), secrets, '');
    case 'array':
      return listOf(typeOfSchema(schema['items'], secrets));
    case 'object':
      return objectType(schema, secrets);
    default:
      return kind === 'null' ? NOTHING : ANY;
  }
}

function scalar(kind: ScalarType['kind'], schema: JsonObject): Alternative {
  const values = valuesOf(schema)?.filter((value) => typeof value === kind) ?? null;
  return { kind, values };
}

function valuesOf({ enum: list, const: only }: JsonObject): readonly (string | number | boolean)[] | null {
  const values = only === undefined ? list : [only];
  if (!Array.isArray(values)) return null;
  return values.filter((value: Json) => ['string', 'number', 'boolean'].includes(typeof value));
}

function objectType(schema: JsonObject, secrets: readonly string[]): Type {
  const properties = Object.entries(objectAt(schema, 'properties'));
  const others = schema['additionalProperties'];
  const open = properties.length === 0 || (others !== undefined && others !== false);
  const fields = properties.map(([name, value]) => {
    const inner = secrets.flatMap((path) => (path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : []));
    return [name, marked(typeOfSchema(value, inner), secrets, name)] as const;
  });
  const type: ObjectType = { kind: 'object', fields: new Map(fields), open };
  const secret = fields.map(([, field]) => field.secret).find((origin) => origin !== null) ?? null;
  return { ...typeOf(type), secret };
}

/** Marks a value as secret when its name is one of the paths. */
function marked(type: Type, secrets: readonly string[], name: string): Type {
  return secrets.includes(name) ? { ...type, secret: { at: -1, name } } : type;
}

function objectAt(schema: JsonObject, key: string): JsonObject {
  const value = schema[key];
  return isJsonObject(value) ? value : {};
}
