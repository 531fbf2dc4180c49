import type { Database } from 'better-sqlite3';
import { blockOf, type Effort, type Sought, type Walk } from './block-walk.ts';
import { BLOCK } from './blocks.ts';
import type { Keyed, Lead, Listing, ListQuery, Prepared } from './list-query.ts';
import { deadSql, keysSql, rangeSql, rowsSql } from './list-sql.ts';

/** A stretch of a list: its rows, newest first, and the key it goes on below; null = nothing is left. */
interface Stretch {
  readonly rows: readonly Keyed[];
  readonly below: number | null;
}

/** Reads the next stretch below a key: at most `want` rows, at the cost of some effort. */
export type Ways = (query: ListQuery, below: number, want: number, effort: Effort) => Stretch;

/** Keys that are found in an index before their rows are looked at. */
const KEYS = 1_000;

/** The cost of a row that is looked up by its key, of one that a costly condition looks at, of a statement: in rows. */
const LOOKED_UP = 8;
const COSTLY = 16;
const STATEMENT = 15;

/** Entries of the index of dead deliveries that are passed in the time of one row. */
const PASSED = 6;

type By<Name extends Lead['by']> = Extract<Lead, { readonly by: Name }>;

/** Prepares the ways that lead to the rows of a list. */
export function listWays(prepared: Prepared, walk: Walk, db: Database): Ways {
  const tools = { prepared, walk, deadKeys: deadKeys(prepared, db) };
  return (query, below, want, effort) => {
    const { lead } = query;
    if (lead.by === 'accesses') return viaAccesses(query, lead, tools, { below, want, effort });
    if (lead.by === 'dead') return viaDead(query, lead, tools, { below, want, effort });
    return viaBlocks(query, tools, { below, want, effort });
  };
}

interface Tools {
  readonly prepared: Prepared;
  readonly walk: Walk;
  readonly deadKeys: FindDead;
}

interface Position {
  readonly below: number;
  readonly want: number;
  readonly effort: Effort;
}

/** Reads the next block that can hold such rows; a list without conditions is read at once. */
function viaBlocks(query: ListQuery, { prepared, walk }: Tools, at: Position): Stretch {
  const { below, want, effort } = at;
  const { sql, params } = rangeSql(query);
  const read = (from: number, to: number) => prepared(sql).all(...params, from, to, want) as Keyed[];
  if (query.sought === null || query.conditions.length === 0) return { rows: read(0, below), below: null };
  const reached = walk(query.sought, blockOf(below - 1), effort);
  if (reached === null) return END;
  const [from, to] = [reached.block * BLOCK, Math.min(below, (reached.block + 1) * BLOCK)];
  if (!reached.isFound) return { rows: [], below: to };
  effort.left -= BLOCK * (query.isCostly ? COSTLY : 1);
  return { rows: read(from, to), below: from > 0 ? from : null };
}

/** Reads the newest keys that the ways find, then their rows; goes on where such rows can be. */
function viaAccesses(query: ListQuery, { accesses }: By<'accesses'>, { prepared, walk }: Tools, at: Position): Stretch {
  const { below, want, effort } = at;
  const most = Math.max(Math.ceil(KEYS / accesses.length), want);
  const found = new Set<number>();
  let floor = 0;
  for (const access of accesses) {
    const { sql, params } = keysSql(query.listing, access);
    const keys = prepared(sql)
      .pluck()
      .all(...params, below, most) as number[];
    if (keys.length === most) floor = Math.max(floor, keys[most - 1] ?? 0);
    for (const key of keys) found.add(key);
  }
  const keys = [...found].filter((key) => key >= floor).sort((left, right) => right - left);
  effort.left -= keys.length * costOf(query) + accesses.length * STATEMENT;
  return { rows: rowsOf(query, keys, want, prepared), below: belowWhereSought(query.sought, floor, walk, effort) };
}

/** Reads the dead deliveries of the newest blocks that have some. */
function viaDead(query: ListQuery, lead: By<'dead'>, { prepared, walk, deadKeys }: Tools, at: Position): Stretch {
  const { below, want, effort } = at;
  const top = belowWhereSought(query.sought, below, walk, effort);
  if (top === null) return END;
  const { keys, floor } = deadKeys(lead, query.listing, top);
  effort.left -= keys.length * costOf(query) + Math.ceil(lead.entries / PASSED) + STATEMENT;
  return { rows: rowsOf(query, keys, want, prepared), below: floor > 0 ? floor : null };
}

function costOf({ isCostly }: ListQuery): number {
  return LOOKED_UP + (isCostly ? COSTLY : 0);
}

const END: Stretch = { rows: [], below: null };

/** The key below which such rows can be, at or before this one: blocks without are left out. */
function belowWhereSought(sought: Sought | null, below: number, walk: Walk, effort: Effort): number | null {
  if (below === 0) return null;
  if (sought === null) return below;
  const reached = walk(sought, blockOf(below - 1), effort);
  return reached === null ? null : Math.min(below, (reached.block + 1) * BLOCK);
}

function rowsOf(query: ListQuery, keys: readonly number[], want: number, prepared: Prepared): readonly Keyed[] {
  if (keys.length === 0) return [];
  const { sql, params } = rowsSql(query);
  return prepared(sql).all(JSON.stringify(keys), ...params, want) as Keyed[];
}

interface DeadKeys {
  readonly keys: readonly number[];
  /** Every one from here on was found; 0 = every one at all. */
  readonly floor: number;
}

type FindDead = (lead: By<'dead'>, listing: Listing, below: number) => DeadKeys;

/** The index is not in the order of keys: so many of the newest blocks are asked for that enough are found. */
function deadKeys(prepared: Prepared, db: Database): FindDead {
  const blocks = db
    .prepare<[string, number, number], [block: number, n: number]>(
      `SELECT block, n FROM block_count WHERE log = 'delivery' AND what = ? AND value = ? AND block <= ? AND n > 0
       ORDER BY block DESC`,
    )
    .raw();
  return ({ conditions, counted }, listing, below) => {
    let [floor, sum] = [0, 0];
    for (const [block, n] of blocks.iterate(counted.what, counted.value, blockOf(below - 1))) {
      sum += n;
      if (sum < KEYS) continue;
      floor = block * BLOCK;
      break;
    }
    if (sum === 0) return { keys: [], floor };
    const { sql, params } = deadSql(listing, conditions);
    const keys = prepared(sql)
      .pluck()
      .all(...params, floor, below) as number[];
    return { keys, floor };
  };
}
