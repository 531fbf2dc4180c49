import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { RequestShape } from './shapes.ts';

/**
 * Fills in what a mapping may leave out: the time, from the event's clock in decimal Unix seconds; empty `properties`;
 * ids as text, without those that are null or empty. Completing twice changes nothing more.
 */
export function complete(
  request: JsonObject,
  { timeKey, emptyByDefault }: Pick<RequestShape, 'timeKey' | 'emptyByDefault'>,
  clockMs: number,
): JsonObject {
  const completed: Record<string, Json> = { ...request };
  if (!Object.hasOwn(completed, timeKey)) completed[timeKey] = clockMs / 1000;
  for (const key of emptyByDefault) if (!Object.hasOwn(completed, key)) completed[key] = {};
  const ids = completed['customer_ids'];
  if (isJsonObject(ids)) completed['customer_ids'] = isComplete(ids) ? ids : completeIds(ids);
  return completed;
}

/** Most are: then nothing is made anew. */
function isComplete(ids: JsonObject): boolean {
  for (const name in ids) if (typeof ids[name] !== 'string' || isBlank(ids[name])) return false;
  return true;
}

function completeIds(ids: JsonObject): JsonObject {
  const present = Object.entries(ids).filter(([, value]) => value !== null && !isBlank(value));
  return Object.fromEntries(present.map(([name, value]) => [name, asText(value)]));
}

function isBlank(value: Json): boolean {
  return typeof value === 'string' && value.trim() === '';
}

/** Numbers become text: Bloomreach keeps ids as strings. One beyond 2^53 stays, to be refused: its digits are lost. */
function asText(value: Json): Json {
  if (typeof value !== 'number' || Math.abs(value) > Number.MAX_SAFE_INTEGER) return value;
  return String(value);
}
