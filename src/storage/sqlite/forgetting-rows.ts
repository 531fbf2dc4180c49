import type { Database } from 'better-sqlite3';
import type { ForgetCounts } from '../../ports/upkeep.ts';

/** A forgetting as it is kept: under the number of its member's row, so that it says nothing of whom. */
export interface KeptForgetting {
  readonly id: number;
  /** `searching`: her events are gone; deliveries to nobody that recalled her facts are looked for, up to `after`. */
  readonly stage: 'erasing' | 'searching' | 'purging';
  readonly after: number;
  readonly counts: ForgetCounts;
}

/** The forgettings that are not done, kept among the checkpoints. Writes only inside a transaction. */
export interface ForgettingRows {
  find(id: number): KeptForgetting | null;
  /** Oldest member first. */
  all(): readonly KeptForgetting[];
  keep(forgetting: KeptForgetting): KeptForgetting;
  drop(id: number): void;
}

const PREFIX = 'forget:';
const NOTHING_ERASED: ForgetCounts = { events: 0, deliveries: 0, attempts: 0, facts: 0, aliases: 0 };

/** A forgetting that has not begun. */
export function newForgetting(id: number): KeptForgetting {
  return { id, stage: 'erasing', after: 0, counts: NOTHING_ERASED };
}

/** Opens the forgettings of this database. */
export function openForgettingRows(db: Database): ForgettingRows {
  const find = db.prepare<[string], string>('SELECT value FROM checkpoint WHERE name = ?').pluck();
  const all = db.prepare<[string, string], string>('SELECT value FROM checkpoint WHERE name >= ? AND name < ?').pluck();
  const keep = db.prepare<[string, string]>(
    'INSERT INTO checkpoint (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const drop = db.prepare<[string]>('DELETE FROM checkpoint WHERE name = ?');
  const parse = (text: string): KeptForgetting => JSON.parse(text) as KeptForgetting;
  return {
    find(id) {
      const text = find.get(`${PREFIX}${id}`);
      return text === undefined ? null : parse(text);
    },
    all: () => all.all(PREFIX, `${PREFIX}~`).map(parse),
    keep(forgetting) {
      keep.run(`${PREFIX}${forgetting.id}`, JSON.stringify(forgetting));
      return forgetting;
    },
    drop: (id) => void drop.run(`${PREFIX}${id}`),
  };
}
