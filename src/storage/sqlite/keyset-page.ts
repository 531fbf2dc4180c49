import type { Database, Statement } from 'better-sqlite3';
import type { Page, PageRequest } from '../../ports/log.ts';

/** What a statement binds. */
export type Param = string | number | Buffer;

/** One condition of a WHERE clause and what it binds. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly Param[];
}

/** One way into a table: the index it takes (`INDEXED BY …` or `NOT INDEXED`), and what holds only on that way. */
export interface Access {
  readonly via: string;
  readonly where: readonly Condition[];
}

/** A table as a list: its columns, and the name its row has in conditions. */
export interface Listing {
  readonly columns: string;
  readonly table: string;
  readonly alias: string;
}

/** What to list: rows that meet all conditions, found by any of the ways. */
export interface ListQuery {
  readonly listing: Listing;
  readonly conditions: readonly Condition[];
  readonly accesses: readonly Access[];
}

/** Reads one page, newest first. */
export type ReadPage = <Row extends { readonly id: number }>(query: ListQuery, page: PageRequest) => Page<Row>;

/** Rows that one page may have. */
const LONGEST_PAGE = 200;

/** Statements kept ready: filters combine freely, so their number has no small bound. */
const MOST_STATEMENTS = 200;

/** Prepares the reading of pages by key: never an offset, never a sort of more than one page per way. */
export function pageReader(db: Database): ReadPage {
  const prepared = preparedOnce(db);
  return <Row extends { readonly id: number }>(query: ListQuery, { before, limit }: PageRequest): Page<Row> => {
    const size = Math.min(limit, LONGEST_PAGE);
    const found = new Map<number, Row>();
    for (const access of query.accesses) {
      const { sql, params } = listSql(query, access);
      const rows = prepared(sql).all(...params, before ?? Number.MAX_SAFE_INTEGER, size + 1) as Row[];
      for (const row of rows) found.set(row.id, row);
    }
    const rows = [...found.values()].sort((left, right) => right.id - left.id);
    const items = rows.slice(0, size);
    return { items, nextBefore: rows.length > size ? (items.at(-1)?.id ?? null) : null };
  };
}

/** The statement of one way in: the last two parameters are the key to start before and the most rows. */
export function listSql({ listing, conditions }: ListQuery, { via, where }: Access): Condition {
  const { columns, table, alias } = listing;
  const all = [...conditions, ...where];
  const filter = all.map(({ sql }) => `${sql} AND `).join('');
  return {
    sql: `SELECT ${columns} FROM ${table} ${alias} ${via}
      WHERE ${filter}${alias}.id < ? ORDER BY ${alias}.id DESC LIMIT ?`,
    params: all.flatMap(({ params }) => params),
  };
}

function preparedOnce(db: Database): (sql: string) => Statement<unknown[]> {
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
