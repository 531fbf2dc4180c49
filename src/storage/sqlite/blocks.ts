import type { Database } from 'better-sqlite3';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { EventStatus } from '../../core/event.ts';

/** The logs whose rows are counted per block. */
export type CountedLog = 'event' | 'delivery';

/** What rows are counted by; `mapping status` is both at once, see `mappingStatus`. */
export type Counted = 'status' | 'name' | 'source' | 'mapping' | 'mapping status' | 'destination' | 'endpoint';

/** Rows in one block. */
export const BLOCK = 1024;

/**
 * How many rows of each block have a value now. Only inside a transaction; what is counted is written by `flush`, before
 * the commit, so that a group pays once for all its rows.
 */
export interface Blocks {
  /** Counts row `id` under a value: `by` is 1, or -1 when it has the value no longer. */
  count(log: CountedLog, what: Counted, value: number, id: number, by: 1 | -1): void;
  flush(): void;
  /** Drops what was counted and not written. */
  reset(): void;
}

const STATUSES: readonly (DeliveryStatus | EventStatus)[] = [
  'accepted',
  'routed',
  'unmatched',
  'failed',
  'waiting',
  'pending',
  'delivered',
  'dead',
  'skipped',
  'shadowed',
  'canceled',
];

/** The number a status is counted under. */
export function statusNumber(status: DeliveryStatus | EventStatus): number {
  return STATUSES.indexOf(status);
}

/** The number a mapping (by its name's number) and a status are counted under together. */
export function mappingStatus(mapping: number, status: DeliveryStatus): number {
  return mapping * 16 + statusNumber(status);
}

/** Value and block in one number: below 2^53 for 2^27 values and 2^36 rows. */
const BLOCKS = 2 ** 26;

/** Opens the counts of this database. */
export function openBlocks(db: Database): Blocks {
  const add = db.prepare<[CountedLog, Counted, number, number, number]>(
    `INSERT INTO block_count (log, what, value, block, n) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET n = n + excluded.n`,
  );
  const sums: Readonly<Record<CountedLog, Map<Counted, Map<number, number>>>> = {
    event: new Map(),
    delivery: new Map(),
  };
  const flushLog = (log: CountedLog): void => {
    for (const [what, changes] of sums[log]) {
      for (const [key, n] of changes) {
        if (n !== 0) add.run(log, what, Math.floor(key / BLOCKS), key % BLOCKS, n);
      }
      changes.clear();
    }
  };
  const changesOf = (log: CountedLog, what: Counted): Map<number, number> => {
    const known = sums[log].get(what);
    if (known) return known;
    const changes = new Map<number, number>();
    sums[log].set(what, changes);
    return changes;
  };
  return {
    count(log, what, value, id, by) {
      const changes = changesOf(log, what);
      const key = value * BLOCKS + Math.floor(id / BLOCK);
      changes.set(key, (changes.get(key) ?? 0) + by);
    },
    flush() {
      flushLog('event');
      flushLog('delivery');
    },
    reset() {
      for (const changes of sums.event.values()) changes.clear();
      for (const changes of sums.delivery.values()) changes.clear();
    },
  };
}
