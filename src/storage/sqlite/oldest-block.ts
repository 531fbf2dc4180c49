import type { Database } from 'better-sqlite3';
import type { Sought } from './block-walk.ts';

/** Finds the oldest block, this one or newer, that can hold a row that is sought; null when there is none. */
export type OldestBlock = (sought: Sought, from: number) => number | null;

/** Prepares the look: each wanted value names the oldest block in which a row has it now; where all agree, rows may be. */
export function oldestBlock(db: Database): OldestBlock {
  const counted = db
    .prepare<[string, string, number, number], number>(
      `SELECT block FROM block_count WHERE log = ? AND what = ? AND value = ? AND block >= ? AND n > 0
       ORDER BY block LIMIT 1`,
    )
    .pluck();
  const timed = db
    .prepare<[string, number, number, number], number>(
      `SELECT block FROM time_block WHERE log = ? AND block >= ? AND max_ms >= ? AND min_ms < ? ORDER BY block LIMIT 1`,
    )
    .pluck();
  return ({ log, wanted, sinceMs, untilMs }, from) => {
    let block = from;
    for (let moved = true; moved; ) {
      moved = false;
      const found = [
        timed.get(log, block, sinceMs ?? -Infinity, untilMs ?? Infinity),
        ...wanted.map(({ what, value }) => counted.get(log, what, value, block)),
      ];
      for (const one of found) {
        if (one === undefined) return null;
        if (one > block) [block, moved] = [one, true];
      }
    }
    return block;
  };
}
