import type { Database } from 'better-sqlite3';
import type { Verdict } from '../../core/attempt.ts';
import type { DeliveryStatus } from '../../core/delivery.ts';

/** What is counted per hour: deliveries by the final state they reach, attempts by verdict, events by what they met. */
export type Happening =
  | 'received'
  | 'duplicates'
  | 'unmatched'
  | 'failed'
  | 'retried'
  | `delivery ${DeliveryStatus}`
  | `attempt ${Verdict}`;

const HOUR_MS = 3_600_000;

/** The hour that a time belongs to. */
export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

/** Hour and mapping in one number: below 2^53 for 2^21 hours and 2^32 mappings. */
const MAPPINGS = 2 ** 32;

/** Happenings, counted in memory until they are written, before the commit: a group pays once for all its items. */
export class Counters {
  readonly #write;
  readonly #sums = new Map<Happening, Map<number, number>>();

  constructor(db: Database) {
    this.#write = db.prepare<[number, Happening, number, number]>(
      `INSERT INTO counter (hour, what, mapping, n) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET n = n + excluded.n`,
    );
  }

  /** Counts one happening in the hour of `atMs`; `mapping` is its name's number, 0 = of no mapping. */
  count(what: Happening, atMs: number, mapping: number): void {
    const sums = this.#sums.get(what) ?? this.#add(what);
    const key = hourOf(atMs) * MAPPINGS + mapping;
    sums.set(key, (sums.get(key) ?? 0) + 1);
  }

  /** Writes what was counted. */
  flush(): void {
    for (const [what, sums] of this.#sums) {
      for (const [key, n] of sums) this.#write.run(Math.floor(key / MAPPINGS), what, key % MAPPINGS, n);
      sums.clear();
    }
  }

  /** Drops what was counted and not written. */
  reset(): void {
    for (const sums of this.#sums.values()) sums.clear();
  }

  #add(what: Happening): Map<number, number> {
    const sums = new Map<number, number>();
    this.#sums.set(what, sums);
    return sums;
  }
}
