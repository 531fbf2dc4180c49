import type { Database } from 'better-sqlite3';
import { BLOCK, statusNumber } from './blocks.ts';

/** Blocks of one step: some thousand rows are looked at. */
const BLOCKS = 4;

/**
 * Prepares the making due of what is open; only inside a transaction. A moment that lies ahead is no time since when
 * anything stands there, either.
 */
export function hastening(db: Database): (after: number, nowMs: number) => number | null {
  const open = db
    .prepare<[number, number, number], number>(
      `SELECT DISTINCT block FROM block_count WHERE log = 'delivery' AND what = 'status' AND value IN (?, ?) AND n > 0
         AND block >= ? ORDER BY block LIMIT ${BLOCKS + 1}`,
    )
    .pluck();
  const hasten = db.prepare<[number, number, number, number, number]>(
    `UPDATE delivery NOT INDEXED SET due_ms = ?, since_ms = min(since_ms, ?)
     WHERE status IN ('pending', 'waiting') AND owner IS NULL AND due_ms > ? AND id >= ? AND id < ?`,
  );
  const values = [statusNumber('pending'), statusNumber('waiting')] as const;
  return (after, nowMs) => {
    const blocks = open.all(...values, Math.floor((after + 1) / BLOCK));
    for (const block of blocks.slice(0, BLOCKS)) hasten.run(nowMs, nowMs, nowMs, block * BLOCK, (block + 1) * BLOCK);
    const next = blocks[BLOCKS];
    return next === undefined ? null : next * BLOCK - 1;
  };
}
