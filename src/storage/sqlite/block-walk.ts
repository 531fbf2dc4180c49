import type { Database } from 'better-sqlite3';
import { BLOCK, type Counted, type CountedLog } from './blocks.ts';

/** A value that rows are counted under. */
export interface Wanted {
  readonly what: Counted;
  readonly value: number;
}

/** What every row that is sought has: all these values, and a time in this range (ms; `untilMs` excluded). */
export interface Sought {
  readonly log: CountedLog;
  readonly wanted: readonly Wanted[];
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

/** How much may still be looked at for one page, in rows read one after the other. */
export interface Effort {
  left: number;
}

/** Where a walk came to: rows may be in this block, or the effort is spent and it goes on there. */
interface Reached {
  readonly block: number;
  readonly isFound: boolean;
}

/** Finds the newest block, this one or older, that can hold a row that is sought; null when there is none. */
export type Walk = (sought: Sought, from: number, effort: Effort) => Reached | null;

/** One look for a block, in rows read instead. */
const LOOK = 10;

/** The block that a key belongs to. */
export function blockOf(key: number): number {
  return Math.floor(key / BLOCK);
}

/**
 * Prepares walks over blocks, from the newest down. Each wanted value names the newest block, at or below where the
 * others got to, in which a row has it now; where all agree, rows may be. Blocks without one are never read.
 */
export function blockWalk(db: Database): Walk {
  const counted = db
    .prepare<[CountedLog, Counted, number, number], number>(
      `SELECT block FROM block_count WHERE log = ? AND what = ? AND value = ? AND block <= ? AND n > 0
       ORDER BY block DESC LIMIT 1`,
    )
    .pluck();
  const timed = db
    .prepare<[CountedLog, number, number, number], number>(
      `SELECT block FROM time_block WHERE log = ? AND block <= ? AND max_ms >= ? AND min_ms < ?
       ORDER BY block DESC LIMIT 1`,
    )
    .pluck();
  const looksOf = ({ log, wanted, sinceMs, untilMs }: Sought): readonly Look[] => [
    (block) => timed.get(log, block, sinceMs ?? Number.MIN_SAFE_INTEGER, untilMs ?? Number.MAX_SAFE_INTEGER),
    ...wanted.map(
      ({ what, value }): Look =>
        (block) =>
          counted.get(log, what, value, block),
    ),
  ];
  return (sought, from, effort) => whereAllAgree(looksOf(sought), from, effort);
}

/** The newest block, this one or older, that fits. */
type Look = (block: number) => number | undefined;

function whereAllAgree(looks: readonly Look[], from: number, effort: Effort): Reached | null {
  let block = from;
  let agreeing = 0;
  while (agreeing < looks.length && effort.left > 0) {
    for (const look of looks) {
      const found = look(block);
      if (found === undefined) return null;
      agreeing = found === block ? agreeing + 1 : 1;
      block = found;
      effort.left -= LOOK;
      if (agreeing >= looks.length) break;
    }
  }
  return { block, isFound: agreeing >= looks.length };
}
