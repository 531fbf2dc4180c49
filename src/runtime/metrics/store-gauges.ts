import type { Registry } from 'prom-client';
import type { Gauges, OpenRows } from '../../ports/gauges.ts';
import { type Label, publishGauge, type Sample } from './publish.ts';

/** What was read of the store for this scrape, and when. */
export interface StoreReading {
  /** Null when the store did not answer: its gauges are left out then. */
  readonly gauges: Gauges | null;
  /** Bytes that are free on the disk of the store; null when the system does not tell. */
  readonly diskFree: number | null;
  readonly nowMs: number;
  /** The destinations of the config in force. */
  readonly configured: Pick<ReadonlyMap<string, unknown>, 'has'>;
}

const MS_PER_SECOND = 1_000;

/** Publishes what the store holds. */
export function publishStore(registry: Registry, reading: () => StoreReading): void {
  const gauge = (name: string, help: string, read: (gauges: Gauges, nowMs: number) => number | null) =>
    publishGauge(registry, {
      ...{ name, help },
      read: () => {
        const { gauges, nowMs } = reading();
        const value = gauges && read(gauges, nowMs);
        return value === null ? [] : [{ value }];
      },
    });
  publishGauge(registry, {
    name: 'store_readable',
    help: '1 = the store answered this scrape; else its gauges are left out.',
    read: () => [{ value: Number(reading().gauges !== null) }],
  });
  gauge(
    'deliveries_pending',
    'Deliveries to be sent, those in retry and in flight included.',
    (at) => at.pending.count,
  );
  gauge('deliveries_pending_oldest_seconds', 'For how long the oldest of them has been.', (at, now) =>
    age(at.pending, now),
  );
  gauge('deliveries_waiting', 'Deliveries that wait for a fact.', (at) => at.waiting.count);
  gauge('deliveries_waiting_oldest_seconds', 'For how long the oldest of them has been.', (at, now) =>
    age(at.waiting, now),
  );
  gauge('events_unrouted', 'Events stored and not routed yet.', (at) => at.unrouted.count);
  gauge('events_unrouted_oldest_seconds', 'For how long the oldest of them has been.', (at, now) =>
    age(at.unrouted, now),
  );
  gauge('store_bytes', 'Size of the database, its free pages included.', (at) => at.bytes.database);
  gauge('store_free_bytes', 'What the next rows take before it grows.', (at) => at.bytes.free);
  gauge('store_wal_bytes', 'Size of the write-ahead log beside it.', (at) => at.bytes.wal);
  gauge('last_load_timestamp_seconds', 'When config and mappings were loaded last.', (at) =>
    at.lastLoad ? at.lastLoad.atMs / MS_PER_SECOND : null,
  );
  publishGauge(registry, {
    name: 'store_disk_free_bytes',
    help: 'What is free on the disk of the store.',
    read: () => {
      const { diskFree } = reading();
      return diskFree === null ? [] : [{ value: diskFree }];
    },
  });
  publishDestinationRows(registry, reading);
}

function publishDestinationRows(registry: Registry, reading: () => StoreReading): void {
  const labels: readonly Label[] = ['destination'];
  const byDestination = (name: string, help: string, read: (of: StoreReading, gauges: Gauges) => readonly Sample[]) =>
    publishGauge(registry, {
      ...{ name, help, labels },
      read: () => {
        const of = reading();
        return of.gauges ? read(of, of.gauges) : [];
      },
    });
  byDestination('lanes_held', 'Members whose deliveries stand behind one in retry.', (_of, { heldLanes }) =>
    heldLanes.map(({ destination, count }) => ({ labels: { destination }, value: count })),
  );
  byDestination(
    'lanes_held_oldest_seconds',
    'For how long the oldest lane has been held.',
    ({ nowMs }, { heldLanes }) =>
      heldLanes.map(({ destination, oldestMs }) => ({ labels: { destination }, value: secondsSince(oldestMs, nowMs) })),
  );
  byDestination('destination_missing', '1 = deliveries wait for it, and it is not configured.', ({ configured }, at) =>
    at.pendingTo.filter((id) => !configured.has(id)).map((destination) => ({ labels: { destination }, value: 1 })),
  );
}

/** 0 when there is none. */
function age({ oldestMs }: OpenRows, nowMs: number): number {
  return oldestMs === null ? 0 : secondsSince(oldestMs, nowMs);
}

function secondsSince(ms: number, nowMs: number): number {
  return Math.max(0, nowMs - ms) / MS_PER_SECOND;
}
