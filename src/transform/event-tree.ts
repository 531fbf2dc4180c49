import { PointsmanError } from '../core/errors.ts';
import { MAX_DEPTH } from '../core/event.ts';
import type { Json } from '../core/json.ts';

/** Members that JavaScript or JSONata would take for machinery: an event cannot plant them. */
const RESERVED = new Set(['__proto__', '_jsonata_function', '_jsonata_lambda']);

/**
 * Parses a body as formulas see it: `null` is absent. Each call returns a tree of its own.
 * Throws `TRANSFORM_ERROR` when it is not JSON, `SOURCE_TOO_DEEP` beyond 64 levels.
 */
export function eventTree(body: string): Json {
  return withoutNulls(parse(body));
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
    if (member !== null && !RESERVED.has(key)) copy[key] = withoutNulls(member, depth + 1);
  }
  return copy;
}

function parse(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch (cause) {
    throw new PointsmanError('TRANSFORM_ERROR', "The event's body is not JSON.", { cause });
  }
}
