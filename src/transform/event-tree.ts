import { PointsmanError } from '../core/errors.ts';
import { MAX_DEPTH } from '../core/event.ts';
import type { Json, JsonObject } from '../core/json.ts';

/** Members that JavaScript or JSONata would take for machinery: an event cannot plant them. */
const RESERVED = new Set(['__proto__', '_jsonata_function', '_jsonata_lambda', 'outerWrapper', 'tupleStream']);
const SHORTEST_RESERVED = 9;

/**
 * Parses a body as formulas see it: `null` is absent. Each call returns a tree of its own.
 * Throws `TRANSFORM_ERROR` when it is not JSON, `SOURCE_TOO_DEEP` beyond 64 levels.
 */
export function eventTree(body: string): Json {
  return withoutNulls(parseBody(body));
}

/** A copy of a value without the object members that are null; array elements stay. */
export function withoutNulls(value: Json, depth = 0): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) {
    throw new PointsmanError('SOURCE_TOO_DEEP', `The event is nested more than ${MAX_DEPTH} levels deep.`);
  }
  if (Array.isArray(value)) return value.map((element: Json) => withoutNulls(element, depth + 1));
  const copy: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== null && !isReserved(key)) copy[key] = withoutNulls(member, depth + 1);
  }
  return copy;
}

/**
 * A value without the object members that are null, sharing with it whatever holds none. Throws as `eventTree` does.
 */
export function pruned(value: Json, depth = 0): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return withoutNulls(value, depth);
  return Array.isArray(value) ? prunedArray(value, depth + 1) : prunedObject(value as JsonObject, depth + 1);
}

function prunedArray(list: readonly Json[], depth: number): Json {
  let copy: Json[] | null = null;
  for (let index = 0; index < list.length; index += 1) {
    const element = list[index] ?? null;
    const kept = typeof element === 'object' ? pruned(element, depth) : element;
    if (kept === element) continue;
    copy ??= [...list];
    copy[index] = kept;
  }
  return copy ?? list;
}

function prunedObject(object: JsonObject, depth: number): Json {
  let copy: Record<string, Json> | null = null;
  for (const key in object) {
    const member = object[key] ?? null;
    const isKept = member !== null && !isReserved(key);
    const kept = isKept && typeof member === 'object' ? pruned(member, depth) : member;
    if (copy === null && isKept && kept === member) continue;
    copy ??= upTo(key, object);
    if (isKept) copy[key] = kept;
  }
  return copy ?? object;
}

/** A copy of the members before a key. */
function upTo(end: string, object: JsonObject): Record<string, Json> {
  const copy: Record<string, Json> = {};
  for (const key in object) {
    if (key === end) break;
    copy[key] = object[key] ?? null;
  }
  return copy;
}

function isReserved(key: string): boolean {
  return key.length >= SHORTEST_RESERVED && RESERVED.has(key);
}

/** Parses a body. Throws `TRANSFORM_ERROR` when it is not JSON. */
export function parseBody(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch (cause) {
    throw new PointsmanError('TRANSFORM_ERROR', "The event's body is not JSON.", { cause });
  }
}
