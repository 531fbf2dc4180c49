import type { Database } from 'better-sqlite3';

/** The logs that are filtered by time. */
type TimedLog = 'event' | 'delivery';

/** Rows in one block. */
const BLOCK = 1024;

/** The times of new rows, noted in memory until they are written, before the commit. */
export interface TimeBlocks {
  /** Notes the time of a new row. Only inside a transaction. */
  note(log: TimedLog, id: number, atMs: number): void;
  /** Writes what was noted. */
  flush(): void;
  /** Drops what was noted and not written, and what was learned from rows that are gone again. */
  reset(): void;
}

/** The last block that something was noted in. */
interface Noted {
  block: number;
  minMs: number;
  maxMs: number;
  isWritten: boolean;
}

/**
 * Keeps the earliest and latest time of every 1,024 rows, so that a time filter becomes a range of keys and works
 * with every other index. Exact whatever the clock did: a row is never left out, only looked at in vain.
 */
export function openTimeBlocks(db: Database): TimeBlocks {
  const widen = db.prepare<[TimedLog, number, number, number]>(
    `INSERT INTO time_block (log, block, min_ms, max_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET min_ms = min(min_ms, excluded.min_ms), max_ms = max(max_ms, excluded.max_ms)`,
  );
  const noted: Readonly<Record<TimedLog, Noted>> = { event: nothing(), delivery: nothing() };
  const flushLog = (log: TimedLog): void => {
    const last = noted[log];
    if (last.isWritten) return;
    widen.run(log, last.block, last.minMs, last.maxMs);
    last.isWritten = true;
  };
  return {
    note(log, id, atMs) {
      const last = noted[log];
      const block = Math.floor(id / BLOCK);
      if (last.block !== block) {
        flushLog(log);
        Object.assign(last, { block, minMs: atMs, maxMs: atMs, isWritten: false });
      } else if (atMs < last.minMs || atMs > last.maxMs) {
        last.minMs = Math.min(last.minMs, atMs);
        last.maxMs = Math.max(last.maxMs, atMs);
        last.isWritten = false;
      }
    },
    flush() {
      flushLog('event');
      flushLog('delivery');
    },
    reset() {
      Object.assign(noted.event, nothing());
      Object.assign(noted.delivery, nothing());
    },
  };
}

function nothing(): Noted {
  return { block: -1, minMs: 0, maxMs: 0, isWritten: true };
}
