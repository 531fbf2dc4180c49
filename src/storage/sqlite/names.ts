import type { Database } from 'better-sqlite3';

/** Texts that repeat, each stored once and referred to by number. */
export interface Names {
  /** The number of a text, given to it when it has none. Only inside a transaction. */
  idOf(text: string): number;
  /** Drops what was learned from rows that are gone again. */
  reset(): void;
}

/** Names come from outside too: an endless stream of new ones must not fill the memory. */
const MOST_REMEMBERED = 10_000;

/** Opens the texts of this database, remembering those in use. */
export function openNames(db: Database): Names {
  const find = db.prepare<[string], number>('SELECT id FROM name WHERE text = ?').pluck();
  const add = db.prepare<[string], number>('INSERT INTO name (text) VALUES (?) RETURNING id').pluck();
  const known = new Map<string, number>();
  return {
    idOf(text) {
      const remembered = known.get(text);
      if (remembered !== undefined) return remembered;
      const id = find.get(text) ?? Number(add.get(text));
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(text, id);
      return id;
    },
    reset: () => known.clear(),
  };
}
