import { ERRORS, type ErrorCode, PointsmanError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { DeliveryFilter, EventFilter, FactFilter } from '../ports/log.ts';
import type { Query } from './paging.ts';

const DELIVERY_STATUSES = ['waiting', 'pending', 'delivered', 'dead', 'skipped', 'shadowed', 'canceled'] as const;
const EVENT_STATUSES = ['accepted', 'routed', 'unmatched', 'failed'] as const;

/** The names of the filters of deliveries. */
export const DELIVERY_FILTERS = [
  'status',
  'mapping',
  'event',
  'member',
  'destination',
  'endpoint',
  'code',
  'since',
  'until',
  'q',
] as const;

/** The names of the filters of events. */
export const EVENT_FILTERS = ['status', 'event', 'source', 'member', 'since', 'until', 'q'] as const;

/** The names of the filters of facts. */
export const FACT_FILTERS = ['source', 'storeCode', 'kind', 'key', 'member'] as const;

/** Reads the filters of deliveries from text. Throws `API_BAD_FILTER` with the first that is off. */
export function deliveryFilterOf(query: Query): DeliveryFilter {
  refuseUnknown(query, DELIVERY_FILTERS);
  const { status, code, since, until, ...plain } = query;
  return {
    ...plain,
    ...(status !== undefined && { status: oneOf('status', status, DELIVERY_STATUSES) }),
    ...(code !== undefined && { code: codeOf(code) }),
    ...timesOf(since, until),
  };
}

/** Reads the filters of causes of death: those of deliveries, all of which are dead. Throws `API_BAD_FILTER`. */
export function causeFilterOf(query: Query): DeliveryFilter {
  const filter = deliveryFilterOf(query);
  if (filter.status === undefined || filter.status === 'dead') return filter;
  throw new PointsmanError('API_BAD_FILTER', `status is "${filter.status}"; only dead deliveries have a cause`);
}

/** Reads the filters of events from text. Throws `API_BAD_FILTER` with the first that is off. */
export function eventFilterOf(query: Query): EventFilter {
  refuseUnknown(query, EVENT_FILTERS);
  const { status, since, until, ...plain } = query;
  return {
    ...plain,
    ...(status !== undefined && { status: oneOf('status', status, EVENT_STATUSES) }),
    ...timesOf(since, until),
  };
}

/** Reads the filters of facts from text. Throws `API_BAD_FILTER` for one that does not exist. */
export function factFilterOf(query: Query): FactFilter {
  refuseUnknown(query, FACT_FILTERS);
  return query;
}

function timesOf(since: string | undefined, until: string | undefined): Pick<DeliveryFilter, 'sinceMs' | 'untilMs'> {
  return {
    ...(since !== undefined && { sinceMs: timeOf('since', since) }),
    ...(until !== undefined && { untilMs: timeOf('until', until) }),
  };
}

function timeOf(name: string, text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  throw new PointsmanError('API_BAD_FILTER', `${name} is "${text}"; it takes a time such as 2026-02-11T09:30:00Z`);
}

function codeOf(text: string): ErrorCode {
  if (Object.hasOwn(ERRORS, text)) return text as ErrorCode;
  throw new PointsmanError('API_BAD_FILTER', `code is "${text}"${didYouMean(text, Object.keys(ERRORS))}`);
}

function oneOf<Value extends string>(name: string, text: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new PointsmanError('API_BAD_FILTER', `${name} is "${text}"; it takes ${values.join(', ')}`);
}

function refuseUnknown(query: Query, known: readonly string[]): void {
  const stranger = Object.keys(query).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw new PointsmanError('API_BAD_FILTER', `There is no filter "${stranger}"${didYouMean(stranger, known)}`);
}

function didYouMean(word: string, candidates: readonly string[]): string {
  const meant = suggest(word, candidates);
  return meant === null ? `; known: ${candidates.join(', ')}` : `; did you mean ${meant}?`;
}
