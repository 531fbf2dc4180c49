import type { Database } from 'better-sqlite3';
import { memo } from './memo.ts';

/** Texts that repeat, each stored once and referred to by number. */
export interface Names {
  /** The number of a text, given to it when it has none. Only inside a transaction. */
  idOf(text: string): number;
  /** Drops what was learned from rows that are gone again. */
  reset(): void;
}

/** Opens the texts of this database, remembering those in use. */
export function openNames(db: Database): Names {
  const find = db.prepare<[string], number>('SELECT id FROM name WHERE text = ?').pluck();
  const add = db.prepare<[string], number>('INSERT INTO name (text) VALUES (?) RETURNING id').pluck();
  const ids = memo<number>();
  return {
    idOf: (text) => ids.of(text, () => find.get(text) ?? Number(add.get(text))),
    reset: ids.reset,
  };
}
