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
  const defaults: [string, Json][] = [
    [timeKey, clockMs / 1000],
    ...emptyByDefault.map((key): [string, Json] => [key, {}]),
  ];
  const ids = request['customer_ids'];
  const completed = { ...Object.fromEntries(defaults), ...request };
  return isJsonObject(ids) ? { ...completed, customer_ids: completeIds(ids) } : completed;
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
