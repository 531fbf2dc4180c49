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

/** Counts one happening in the hour of `atMs`; `mapping` is its name's number, 0 = of no mapping. */
export type Count = (what: Happening, atMs: number, mapping: number) => void;

const HOUR_MS = 3_600_000;

/** The hour that a time belongs to. */
export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

/** Opens the counters, kept in the transaction of what they count. */
export function openCounters(db: Database): Count {
  const add = db.prepare<[number, Happening, number]>(
    'INSERT INTO counter (hour, what, mapping, n) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1',
  );
  return (what, atMs, mapping) => void add.run(hourOf(atMs), what, mapping);
}
