import type { Database } from 'better-sqlite3';
import { Memo } from './memo.ts';

/** Texts that repeat, each stored once and referred to by number. */
export interface Names {
  /** The number of a text, given to it when it has none. Only inside a transaction. */
  idOf(text: string): number;
  /** The number of a text; null when it has none. */
  known(text: string): number | null;
  /** The text of a number; empty when there is no such number. */
  textOf(id: number): string;
  /** Drops what was learned from rows that are gone again. */
  reset(): void;
}

/** Opens the texts of this database, remembering those in use. */
export function openNames(db: Database): Names {
  const find = db.prepare<[string], number>('SELECT id FROM name WHERE text = ?').pluck();
  const add = db.prepare<[string], number>('INSERT INTO name (text) VALUES (?) RETURNING id').pluck();
  const read = db.prepare<[number], string>('SELECT text FROM name WHERE id = ?').pluck();
  const ids = new Memo<string, number>((text) => find.get(text) ?? Number(add.get(text)));
  const texts = new Memo<number, string>((id) => read.get(id) ?? '');
  return {
    idOf: (text) => ids.of(text),
    known: (text) => find.get(text) ?? null,
    textOf: (id) => texts.of(id),
    reset() {
      ids.reset();
      texts.reset();
    },
  };
}
