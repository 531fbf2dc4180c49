import type { JsonObject } from '../../core/json.ts';
import { isLegacy } from './envelope.ts';

/**
 * One body per event. Never throws. A legacy reminder names up to 1,000 members in one array: each element becomes a
 * body of its own, with the element as its `data`. AchievementsWereProcessed is one event about many and stays whole.
 * The number of elements is bounded by the size of the body alone, so that no reminder is lost.
 */
export function split(body: JsonObject): readonly JsonObject[] {
  if (!isLegacy(body) || !Object.hasOwn(body, 'data')) return [body];
  const { data } = body;
  if (!Array.isArray(data) || data.length === 0) return [body];
  return data.map((element) => ({ ...body, data: element }));
}
