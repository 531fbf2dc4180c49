import type { Database } from 'better-sqlite3';
import type { Wanted } from './block-walk.ts';
import type { Counted, CountedLog } from './blocks.ts';
import { type FindMembers, knownAs, memberFinder, memberIsOneOf } from './identifier-search.ts';
import type { Access, Condition, Lead, Listing, ListQuery } from './list-query.ts';
import { type Search, type Searched, searcher } from './log-search.ts';

/** The filters that every list of the log has. */
export interface CommonFilter {
  readonly member?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly q?: string;
}

/** A filter by a name: its column, and what rows are counted under. */
interface NamedFilter<Filter> {
  readonly filter: keyof Filter;
  readonly column: string;
  readonly counted: Counted;
}

/** A filter as it reads in conditions: the number of a name, or a text. */
export interface Given {
  readonly column: string;
  readonly value: string | number;
}

/** How one list of the log is filtered. */
export interface ListShape<Filter extends CommonFilter> {
  readonly listing: Listing;
  readonly searched: Searched;
  readonly log: CountedLog;
  readonly timeColumn: string;
  readonly named: readonly NamedFilter<Filter>[];
  /** Filters by a text that is stored as it is. */
  readonly plain: readonly (readonly [filter: keyof Filter, column: string])[];
  /** What all rows are counted under, given what the named filters are. */
  readonly wanted: (filter: Filter, named: readonly Wanted[]) => readonly Wanted[];
  /** The rows of an own, small index; null when the filters name none. */
  readonly leading: (filter: Filter, given: readonly Given[], wanted: readonly Wanted[], sum: Sum) => Lead | null;
}

/** How many rows are counted under a value now. */
export type Sum = (log: CountedLog, wanted: Wanted) => number;

/** Plans a list; null when nothing can match. */
export type Plan<Filter> = (filter: Filter) => ListQuery | null;

interface Tools {
  readonly search: Search;
  readonly findMembers: FindMembers;
  readonly nameId: (text: string) => number | undefined;
  readonly sum: Sum;
}

/** Prepares the choice of ways: what is named leads, then a small index, then the blocks; the rest is checked by row. */
export function listPlanner<Filter extends CommonFilter>(db: Database, shape: ListShape<Filter>): Plan<Filter> {
  const nameId = db.prepare<[string], number>('SELECT id FROM name WHERE text = ?').pluck();
  const tools: Tools = {
    search: searcher(db),
    findMembers: memberFinder(db),
    nameId: (text) => nameId.get(text),
    sum: sumOf(db),
  };
  return (filter) => {
    const named = namedOf(filter, shape, tools.nameId);
    if (named === null) return null;
    const { log, listing } = shape;
    const wanted = shape.wanted(filter, named.wanted);
    const { sinceMs, untilMs } = filter;
    const sought = { log, wanted, sinceMs, untilMs };
    const given = [...named.given, ...plainOf(filter, shape)];
    const ways = waysOf(filter, shape, tools);
    const small = ways.accesses === null ? shape.leading(filter, given, wanted, tools.sum) : null;
    const lead: Lead = ways.accesses ? { by: 'accesses', accesses: ways.accesses } : (small ?? { by: 'blocks' });
    const conditions = [...given.map(equals), ...timesOf(filter, shape.timeColumn), ...ways.conditions];
    return { listing, conditions, isCostly: ways.isCostly, lead, sought };
  };
}

/** How many rows of a log have a value now: a sum over its blocks. */
export function sumOf(db: Database): Sum {
  const sum = db
    .prepare<[CountedLog, Counted, number], number>(
      'SELECT coalesce(sum(n), 0) FROM block_count WHERE log = ? AND what = ? AND value = ?',
    )
    .pluck();
  return (log, { what, value }) => sum.get(log, what, value) ?? 0;
}

/** The condition that a column has a value. */
export function equals({ column, value }: Given): Condition {
  return { sql: `${column} = ?`, params: [value] };
}

interface Named {
  readonly given: readonly Given[];
  readonly wanted: readonly Wanted[];
}

/** Null when a name is in no row. */
function namedOf<Filter extends CommonFilter>(
  filter: Filter,
  { named }: ListShape<Filter>,
  nameId: Tools['nameId'],
): Named | null {
  const [given, wanted]: [Given[], Wanted[]] = [[], []];
  for (const { filter: name, column, counted } of named) {
    const text = filter[name];
    if (typeof text !== 'string') continue;
    const value = nameId(text);
    if (value === undefined) return null;
    given.push({ column, value });
    wanted.push({ what: counted, value });
  }
  return { given, wanted };
}

function plainOf<Filter extends CommonFilter>(filter: Filter, { plain }: ListShape<Filter>): readonly Given[] {
  return plain.flatMap(([name, column]) => {
    const value = filter[name];
    return typeof value === 'string' ? [{ column, value }] : [];
  });
}

interface FoundWays {
  /** Null when none leads. */
  readonly accesses: readonly Access[] | null;
  /** What is checked row by row. */
  readonly conditions: readonly Condition[];
  readonly isCostly: boolean;
}

/** A search leads before a member; what would find too many is checked row by row. */
function waysOf<Filter extends CommonFilter>(filter: Filter, { searched }: ListShape<Filter>, tools: Tools): FoundWays {
  const found = filter.q === undefined ? NOT_SEARCHED : tools.search(filter.q, searched);
  const checked = found.accesses === null ? found : { conditions: [], isCostly: false };
  const search = { ...checked, accesses: found.accesses };
  if (filter.member === undefined) return search;
  const identifiers = knownAs(filter.member);
  const isMember = memberIsOneOf(searched.member, identifiers);
  if (search.accesses) return { accesses: search.accesses, conditions: [isMember], isCostly: true };
  const members = tools.findMembers(identifiers);
  if (members === null) return { accesses: null, conditions: [...search.conditions, isMember], isCostly: true };
  const column = searched.member;
  const accesses = members.map((value) => ({ via: searched.viaMember, where: [equals({ column, value })] }));
  return { ...search, accesses };
}

const NOT_SEARCHED = { accesses: null, conditions: [], isCostly: false } as const;

function timesOf({ sinceMs, untilMs }: CommonFilter, column: string): readonly Condition[] {
  return [
    ...(sinceMs === undefined ? [] : [{ sql: `${column} >= ?`, params: [sinceMs] }]),
    ...(untilMs === undefined ? [] : [{ sql: `${column} < ?`, params: [untilMs] }]),
  ];
}
