import type { Database } from 'better-sqlite3';
import { type FindMembers, knownAs, memberFinder, memberIsOneOf } from './identifier-search.ts';
import type { Access, Condition, Listing, ListQuery } from './keyset-page.ts';
import { type Search, type Searched, searcher } from './log-search.ts';
import { type FindKeys, keysByTime, type TimedLog } from './time-blocks.ts';

/** The filters that every list of the log has. */
export interface CommonFilter {
  readonly member?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly q?: string;
}

/** How one list of the log is filtered. */
export interface ListShape<Filter extends CommonFilter> {
  readonly listing: Listing;
  readonly searched: Searched;
  readonly log: TimedLog;
  readonly timeColumn: string;
  /** The condition of each other filter, which binds its value. */
  readonly columns: readonly (readonly [filter: Exclude<keyof Filter, keyof CommonFilter>, sql: string])[];
  /** The way that leaves the fewest rows when neither a member nor a search leads. */
  readonly leadingIndex: (filter: Filter) => string;
}

/** Plans a list; null when nothing can match. */
export type Plan<Filter> = (filter: Filter) => ListQuery | null;

interface Tools {
  readonly search: Search;
  readonly findMembers: FindMembers;
  readonly keys: FindKeys;
}

interface Ways {
  readonly accesses: readonly Access[];
  readonly conditions: readonly Condition[];
}

/** Prepares the choice of ways: the most selective filter leads, the rest is checked row by row. */
export function listPlanner<Filter extends CommonFilter>(db: Database, shape: ListShape<Filter>): Plan<Filter> {
  const tools = { search: searcher(db), findMembers: memberFinder(db), keys: keysByTime(db) };
  return (filter) => {
    const times = timeConditions(filter, shape, tools.keys);
    if (!times) return null;
    const { accesses, conditions } = ways(filter, shape, tools);
    const columns = shape.columns.flatMap(([name, sql]) => condition(sql, filter[name]));
    return { listing: shape.listing, conditions: [...columns, ...times, ...conditions], accesses };
  };
}

function ways<Filter extends CommonFilter>(filter: Filter, shape: ListShape<Filter>, tools: Tools): Ways {
  const { searched } = shape;
  const identifiers = filter.member === undefined ? [] : knownAs(filter.member);
  const checked = identifiers.length === 0 ? [] : [memberIsOneOf(searched.member, identifiers)];
  if (filter.q !== undefined) return { accesses: tools.search(filter.q, searched), conditions: checked };
  const members = identifiers.length === 0 ? null : tools.findMembers(identifiers);
  if (!members) return { accesses: [{ via: shape.leadingIndex(filter), where: [] }], conditions: checked };
  const accesses = members.map((member) => {
    return { via: searched.viaMember, where: condition(`${searched.member} = ?`, member) };
  });
  return { accesses, conditions: [] };
}

function timeConditions<Filter extends CommonFilter>(
  { sinceMs, untilMs }: Filter,
  { log, timeColumn, searched }: ListShape<Filter>,
  keys: FindKeys,
): readonly Condition[] | null {
  if (sinceMs === undefined && untilMs === undefined) return [];
  const range = keys(log, sinceMs, untilMs);
  if (!range) return null;
  return [
    { sql: `${searched.key} BETWEEN ? AND ?`, params: [range.from, range.to] },
    ...condition(`${timeColumn} >= ?`, sinceMs),
    ...condition(`${timeColumn} < ?`, untilMs),
  ];
}

function condition(sql: string, value: unknown): readonly Condition[] {
  return typeof value === 'string' || typeof value === 'number' ? [{ sql, params: [value] }] : [];
}
