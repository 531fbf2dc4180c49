import type { Database, Statement } from 'better-sqlite3';
import type { Page, PageRequest } from '../../ports/log.ts';
import { blockWalk, type Effort } from './block-walk.ts';
import type { Keyed, ListQuery, Prepared } from './list-query.ts';
import { listWays } from './list-ways.ts';

/** Reads one page, newest first. */
export type ReadPage = <Row extends Keyed>(query: ListQuery, page: PageRequest) => Page<Row>;

/** Rows that one page may have. */
const LONGEST_PAGE = 200;

/** Statements kept ready: filters combine freely, so their number has no small bound. */
const MOST_STATEMENTS = 200;

/** What is looked at for one page, in rows read one after the other: some 5 to 10 ms. */
const MOST_EFFORT = 32_000;

/**
 * Prepares the reading of pages by key, each as of one moment: never an offset, and never more than so much work, after
 * which a page ends where it got to.
 */
export function pageReader(db: Database, prepared: Prepared, mostEffort: number = MOST_EFFORT): ReadPage {
  const ways = listWays(prepared, blockWalk(db), db);
  const read = (query: ListQuery, { before, limit }: PageRequest): Page<Keyed> => {
    const size = Math.min(limit, LONGEST_PAGE);
    const effort: Effort = { left: mostEffort };
    const rows: Keyed[] = [];
    let below = before ?? Number.MAX_SAFE_INTEGER;
    while (effort.left > 0) {
      const stretch = ways(query, below, size + 1 - rows.length, effort);
      rows.push(...stretch.rows);
      if (rows.length > size) return { items: rows.slice(0, size), nextBefore: rows[size - 1]?.id ?? null };
      if (stretch.below === null) return { items: rows, nextBefore: null };
      below = stretch.below;
    }
    return { items: rows, nextBefore: below };
  };
  return db.transaction(read) as unknown as ReadPage;
}

/** Prepares each statement once, and keeps those in use ready. */
export function preparedOnce(db: Database): Prepared {
  const statements = new Map<string, Statement<unknown[]>>();
  return (sql) => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    const statement = db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
}
