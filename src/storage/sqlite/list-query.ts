import type { Statement } from 'better-sqlite3';
import type { Sought, Wanted } from './block-walk.ts';

/** What a statement binds. */
export type Param = string | number | Buffer;

/** One condition of a WHERE clause and what it binds. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly Param[];
}

/** One way into a table that yields its rows by key: the index it takes (`INDEXED BY …` or `NOT INDEXED`), and what holds on it. */
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

/** What finds the rows of a list, before its conditions are checked. */
export type Lead =
  /** Any of these ways, each of which finds few. */
  | { readonly by: 'accesses'; readonly accesses: readonly Access[] }
  /** The index of dead deliveries, whose columns these conditions are about; `counted` says where they lie. */
  | {
      readonly by: 'dead';
      readonly conditions: readonly Condition[];
      readonly counted: Wanted;
      /** Entries in all. */
      readonly entries: number;
    }
  /** The blocks that can hold such rows, row by row. */
  | { readonly by: 'blocks' };

/** What to list. */
export interface ListQuery {
  readonly listing: Listing;
  readonly conditions: readonly Condition[];
  /** Whether a condition looks into other tables. */
  readonly isCostly: boolean;
  readonly lead: Lead;
  /** Where such rows can be; null where rows are not counted. */
  readonly sought: Sought | null;
}

/** A row with its key. */
export interface Keyed {
  readonly id: number;
}

/** A statement, prepared once and kept ready. */
export type Prepared = (sql: string) => Statement<unknown[]>;
