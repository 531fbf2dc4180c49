import type { Database } from 'better-sqlite3';

/** This process life: the owner of its claims. */
export interface Opening {
  readonly id: number;
  /** Writes a heartbeat. Only inside a transaction. */
  beat(nowMs: number): void;
}

/** Begins a process life; its row also proves that the database can be written. */
export function beginOpening(db: Database, nowMs: number): Opening {
  const id = Number(
    db
      .prepare<[number, number], number>('INSERT INTO opening (opened_ms, seen_ms) VALUES (?, ?) RETURNING id')
      .pluck()
      .get(nowMs, nowMs),
  );
  const beat = db.prepare<[number, number]>('UPDATE opening SET seen_ms = ? WHERE id = ?');
  return { id, beat: (atMs) => void beat.run(atMs, id) };
}
