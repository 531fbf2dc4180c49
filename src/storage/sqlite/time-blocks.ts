import type { Database } from 'better-sqlite3';

/** The logs that are filtered by time. */
type TimedLog = 'event' | 'delivery';

/** Rows in one block. */
const BLOCK = 1024;

/** Times are widened to whole steps, in ms: a block is written again once a step, not once a commit. */
const STEP_MS = 10_000;

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
 * Keeps between which times the rows of every block of 1,024 came, so that a time filter becomes a range of keys and
 * works with every other index. Right whatever the clock did: a row is never left out, only looked at in vain.
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
      const isSame = last.block === block;
      if (isSame && atMs >= last.minMs && atMs <= last.maxMs) return;
      if (!isSame) flushLog(log);
      const minMs = Math.floor(atMs / STEP_MS) * STEP_MS;
      const maxMs = minMs + STEP_MS;
      last.block = block;
      last.minMs = isSame ? Math.min(last.minMs, minMs) : minMs;
      last.maxMs = isSame ? Math.max(last.maxMs, maxMs) : maxMs;
      last.isWritten = false;
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
