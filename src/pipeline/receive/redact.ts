import type { Json, JsonObject } from '../../core/json.ts';

/**
 * Takes out the values at these dotted paths, in every element of an array on the way: null stands in their place, which
 * identifies nobody and is absent to formulas. Returns the same object when no path leads anywhere. Depth must be bounded.
 */
export function redact(body: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce((redacted, path) => takeOut(redacted, path.split('.')) as JsonObject, body);
}

function takeOut(value: Json, path: readonly string[]): Json {
  const [key, ...rest] = path;
  if (key === undefined) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => takeOut(item, path));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const members = value as JsonObject;
  if (!Object.hasOwn(members, key)) return value;
  const left = takeOut(members[key] ?? null, rest);
  return left === members[key] ? value : withMember(members, key, left);
}

/** A copy with one member replaced; safe for a member named `__proto__`. */
function withMember(members: JsonObject, key: string, member: Json): JsonObject {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, name === key ? member : value]));
}
