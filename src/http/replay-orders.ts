import { PointsmanError } from '../core/errors.ts';
import { type IdKind, rowKey } from '../core/id.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { ReplayMode } from '../core/replay.ts';
import { suggest } from '../core/suggest.ts';
import { parseDuration, parseRate } from '../core/units.ts';
import type { ReplayChoice, ReplaySelection } from '../ports/replays.ts';
import { DELIVERY_FILTERS, deliveryFilterOf, EVENT_FILTERS, eventFilterOf } from './filters.ts';
import type { Query } from './paging.ts';

/** What is asked of replays. */
export interface ReplayRequest {
  readonly choice: ReplayChoice;
  readonly ratePerSecond: number | null;
  readonly dryRun: boolean;
}

const FIELDS = ['ids', 'filter', 'as', 'rate', 'dryRun'];
const MODES: readonly ReplayMode[] = ['redeliver', 'reprocess'];
const EVENT_STATUSES = ['accepted', 'routed', 'unmatched', 'failed'];
/** What only deliveries have. */
const OF_DELIVERIES = ['destination', 'endpoint', 'code'];

/**
 * Reads `{ids` or `filter, as, rate?, dryRun?}`. Of a `reprocess`, `mapping` in the filter also says which mapping is run,
 * and alone with what events have too, it chooses among all events. Throws `API_BAD_REQUEST` or `API_BAD_FILTER`.
 */
export function replayRequestOf(body: Json | undefined, nowMs: number): ReplayRequest {
  if (!isJsonObject(body)) throw bad('The body is not a JSON object');
  const stranger = Object.keys(body).find((name) => !FIELDS.includes(name));
  if (stranger !== undefined) throw bad(`There is no field "${stranger.slice(0, 50)}"${hint(stranger, FIELDS)}`);
  const mode = MODES.find((one) => one === body['as']);
  if (mode === undefined) throw bad(`as is ${said(body['as'])}; it takes ${MODES.join(' or ')}`);
  const { dryRun = false } = body;
  if (typeof dryRun !== 'boolean') throw bad('dryRun is neither true nor false');
  return { choice: choiceOf(body, mode, nowMs), ratePerSecond: rateOf(body['rate'] ?? null), dryRun };
}

function choiceOf({ ids, filter }: JsonObject, mode: ReplayMode, nowMs: number): ReplayChoice {
  if ((ids === undefined) === (filter === undefined)) throw bad('Give either ids or filter');
  if (ids !== undefined) return { mode, selection: idsOf(ids), mapping: null };
  const query = queryOf(filter, nowMs);
  if (Object.keys(query).length === 0) {
    throw bad(`The filter is empty: name what to ${mode}, as status: ${mode === 'redeliver' ? 'dead' : 'unmatched'}`);
  }
  if (mode === 'redeliver') return { mode, selection: deliveries(query), mapping: null };
  const { mapping, ...rest } = query;
  const isOfDeliveries =
    Object.keys(query).some((name) => OF_DELIVERIES.includes(name)) ||
    (query['status'] !== undefined && !EVENT_STATUSES.includes(query['status']));
  const selection: ReplaySelection = isOfDeliveries
    ? deliveries(query)
    : { kind: 'event-filter', filter: eventFilterOf(rest) };
  return { mode, selection, mapping: mapping ?? null };
}

function deliveries(query: Query): ReplaySelection {
  return { kind: 'delivery-filter', filter: deliveryFilterOf(query) };
}

function idsOf(ids: Json): ReplaySelection {
  if (!Array.isArray(ids)) throw bad('ids is not a list of dlv_… or evt_…');
  const kind: Extract<IdKind, 'dlv' | 'evt'> = String(ids[0]).startsWith('evt') ? 'evt' : 'dlv';
  const keys = ids.map((id: Json) => {
    const key = typeof id === 'string' ? rowKey(kind, id) : null;
    if (key === null) throw bad(`${said(id)} is no ${kind}_… id; ids are all of deliveries, or all of events`);
    return key;
  });
  return { kind: kind === 'dlv' ? 'deliveries' : 'events', ids: [...new Set(keys)] };
}

/** The filter's texts; an age such as `7d` becomes a time. */
function queryOf(filter: Json | undefined, nowMs: number): Query {
  if (!isJsonObject(filter)) throw bad('filter is not a JSON object');
  const known = [...new Set([...DELIVERY_FILTERS, ...EVENT_FILTERS])];
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]) => {
      if (!known.some((one) => one === name)) {
        throw new PointsmanError('API_BAD_FILTER', `There is no filter "${name.slice(0, 50)}"${hint(name, known)}`);
      }
      if (typeof value !== 'string') throw new PointsmanError('API_BAD_FILTER', `${name} is not a text`);
      const age = name === 'since' || name === 'until' ? parseDuration(value) : null;
      return [name, age === null ? value : new Date(nowMs - age).toISOString()];
    }),
  );
}

function rateOf(rate: Json): number | null {
  if (rate === null) return null;
  const perSecond = typeof rate === 'string' ? parseRate(rate) : null;
  if (perSecond !== null) return perSecond;
  throw bad(`rate is ${said(rate)}; it takes a rate such as 50/s or 600/m`);
}

function hint(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === null ? `; known: ${known.join(', ')}` : `; did you mean ${meant}?`;
}

function said(value: Json | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 50);
}

function bad(message: string): PointsmanError {
  return new PointsmanError('API_BAD_REQUEST', message);
}
