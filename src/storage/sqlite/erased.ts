import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { EventDraft } from '../../core/event.ts';

/** What tells a repeat of an event. */
type RepeatKey = Pick<EventDraft, 'source' | 'storeCode' | 'name' | 'messageId' | 'dedupeKey'>;

/** Events that were erased, by a hash of what tells their repeats. Only inside a transaction. */
export interface Erased {
  /** The erased event that this one repeats; null when there is none. */
  find(event: RepeatKey): number | null;
  /** Makes repeats of an event known when it is erased. */
  add(id: number, event: RepeatKey): void;
  /** Drops what was learned from rows that are gone again. */
  reset(): void;
}

/** Opens the hashes of erased events: nothing is looked up while there are none, as in nearly every store. */
export function openErased(db: Database): Erased {
  const some = db.prepare<[], number>('SELECT 1 FROM erased_event LIMIT 1').pluck();
  const find = db.prepare<[Buffer], number>('SELECT event FROM erased_event WHERE dedupe_hash = ?').pluck();
  const add = db.prepare<[Buffer, number]>(
    'INSERT INTO erased_event (dedupe_hash, event) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  let isEmpty: boolean | null = null;
  return {
    find(event) {
      isEmpty ??= some.get() === undefined;
      if (isEmpty) return null;
      const hash = hashOf(event);
      return hash === null ? null : (find.get(hash) ?? null);
    },
    add(id, event) {
      const hash = hashOf(event);
      if (hash === null) return;
      add.run(hash, id);
      isEmpty = false;
    },
    reset() {
      isEmpty = null;
    },
  };
}

function hashOf({ source, storeCode, name, messageId, dedupeKey }: RepeatKey): Buffer | null {
  const key = messageId === null ? dedupeKey : JSON.stringify([source, storeCode, name, messageId]);
  return key === null ? null : createHash('sha256').update(key).digest();
}
