import type { Database } from 'better-sqlite3';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { EventStatus } from '../../core/event.ts';

/** The logs whose rows are counted per block. */
export type CountedLog = 'event' | 'delivery';

/** What rows are counted by, exactly; `mapping status` is both at once, see `mappingStatus`. */
type Tallied = 'status' | 'mapping status';

/** What a block only remembers that a row has or had. */
type Marked = 'name' | 'source' | 'mapping' | 'destination' | 'endpoint';

/** What blocks are found by. */
export type Counted = Tallied | Marked;

/** Rows in one block. */
export const BLOCK = 1024;

/**
 * What rows of each block have. Only inside a transaction; what is noted is written by `flush`, before the commit, so that
 * a group pays once for all its rows.
 */
export interface Blocks {
  /** Counts row `id` under a value: `by` is 1, or -1 when it has the value no longer. */
  count(log: CountedLog, what: Tallied, value: number, id: number, by: 1 | -1): void;
  /** Marks the block of row `id` as one where a row has this value. */
  mark(log: CountedLog, what: Marked, value: number, id: number): void;
  flush(): void;
  /** Drops what was noted and not written, and what was learned from rows that are gone again. */
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

/** Opens what is known of the blocks of this database. */
export function openBlocks(db: Database): Blocks {
  const counts = new Sums<Tallied>();
  const marks = new Sums<Marked>();
  const written = new Sums<Marked>();
  const add = db.prepare<[CountedLog, Tallied, number, number, number]>(
    `INSERT INTO block_count (log, what, value, block, n) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET n = n + excluded.n`,
  );
  const set = db.prepare<[CountedLog, Marked, number, number]>(
    'INSERT INTO block_count (log, what, value, block, n) VALUES (?, ?, ?, ?, 1) ON CONFLICT DO NOTHING',
  );
  return {
    count: (log, what, value, id, by) => counts.add(log, what, keyOf(value, id), by),
    mark(log, what, value, id) {
      const key = keyOf(value, id);
      if (!written.has(log, what, key)) marks.add(log, what, key, 1);
    },
    flush() {
      counts.drain((log, what, key, n) => {
        if (n !== 0) add.run(log, what, Math.floor(key / BLOCKS), key % BLOCKS, n);
      });
      marks.drain((log, what, key) => {
        set.run(log, what, Math.floor(key / BLOCKS), key % BLOCKS);
        written.add(log, what, key, 1);
      });
      if (written.size > MOST_WRITTEN) written.reset();
    },
    reset() {
      for (const sums of [counts, marks, written]) sums.reset();
    },
  };
}

/** Marks that are remembered as written: those of the newest blocks are asked for with every row. */
const MOST_WRITTEN = 10_000;

function keyOf(value: number, id: number): number {
  return value * BLOCKS + Math.floor(id / BLOCK);
}

/** Numbers by log, what they are about, and key. */
class Sums<What extends Counted> {
  readonly #sums: Readonly<Record<CountedLog, Map<What, Map<number, number>>>> = {
    event: new Map(),
    delivery: new Map(),
  };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(log: CountedLog, what: What, key: number): boolean {
    return this.#sums[log].get(what)?.has(key) ?? false;
  }

  add(log: CountedLog, what: What, key: number, by: number): void {
    const sums = this.#of(log, what);
    const known = sums.get(key);
    if (known === undefined) this.#size += 1;
    sums.set(key, (known ?? 0) + by);
  }

  /** Hands each sum over once. */
  drain(take: (log: CountedLog, what: What, key: number, sum: number) => void): void {
    if (this.#size === 0) return;
    for (const log of ['event', 'delivery'] as const) {
      for (const [what, sums] of this.#sums[log]) for (const [key, sum] of sums) take(log, what, key, sum);
    }
    this.reset();
  }

  reset(): void {
    for (const log of ['event', 'delivery'] as const) for (const sums of this.#sums[log].values()) sums.clear();
    this.#size = 0;
  }

  #of(log: CountedLog, what: What): Map<number, number> {
    const known = this.#sums[log].get(what);
    if (known) return known;
    const sums = new Map<number, number>();
    this.#sums[log].set(what, sums);
    return sums;
  }
}
