import type { Json, JsonObject } from '../core/json.ts';

/** What people see in the place of a redacted value. */
export const REDACTED = '[redacted]';

/**
 * Puts `standIn` in the place of the values at these dotted paths, in every element of an array on the way. Returns the
 * same object when no path leads anywhere. Depth must be bounded.
 */
export function redact(body: JsonObject, paths: readonly string[], standIn: Json = REDACTED): JsonObject {
  return paths.reduce((redacted, path) => replaceAt(redacted, path.split('.'), standIn) as JsonObject, body);
}

function replaceAt(value: Json, path: readonly string[], standIn: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value === null ? null : standIn;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => replaceAt(item, path, standIn));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const members = value as JsonObject;
  if (!Object.hasOwn(members, key)) return value;
  const replaced = replaceAt(members[key] ?? null, rest, standIn);
  return replaced === members[key] ? value : withMember(members, key, replaced);
}

/** A copy with one member replaced; safe for a member named `__proto__`. */
function withMember(members: JsonObject, key: string, member: Json): JsonObject {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, name === key ? member : value]));
}
