import type { Gauges, HeldLanes, OpenRows } from '../../ports/gauges.ts';
import type { Stats } from '../../ports/log.ts';
import { hourOf, type MemoryState } from './memory-state.ts';

/** Totals since an hour, and what is open now. */
export function statsOf(state: MemoryState, sinceMs: number): Stats {
  const since = hourOf(sinceMs);
  const counted = (what: string): number =>
    state.counts.filter((happening) => happening.hour >= since && happening.what === what).length;
  const open = (status: string): number => [...state.open].filter((record) => record.status === status).length;
  return {
    received: counted('received'),
    duplicates: counted('duplicates'),
    unmatched: counted('unmatched'),
    failed: counted('failed'),
    deliveries: {
      waiting: open('waiting'),
      pending: open('pending'),
      delivered: counted('delivered'),
      dead: counted('dead'),
      skipped: counted('skipped'),
      shadowed: counted('shadowed'),
      canceled: counted('canceled'),
    },
    retried: counted('retried'),
    attempts: {
      delivered: counted('attempt delivered'),
      rejected: counted('attempt rejected'),
      transient: counted('attempt transient'),
      ambiguous: counted('attempt ambiguous'),
      unauthorized: counted('attempt unauthorized'),
    },
    unrouted: [...state.events.values()].filter(({ status }) => status === 'accepted').length,
  };
}

/** What is open now; nothing of it is on disk. */
export function gaugesOf(state: MemoryState): Gauges {
  const since = (status: string) =>
    [...state.open].filter((one) => one.status === status).map(({ sinceMs }) => sinceMs);
  const unrouted = [...state.events.values()].filter(({ status }) => status === 'accepted');
  const lastLoad = state.receipts.at(-1);
  return {
    pending: openRows(since('pending')),
    waiting: openRows(since('waiting')),
    unrouted: openRows(unrouted.map(({ receivedAtMs }) => receivedAtMs)),
    heldLanes: heldLanes(state),
    pendingTo: pendingTo(state),
    bytes: { database: 0, free: 0, wal: 0 },
    lastLoad: lastLoad ? { atMs: lastLoad.atMs, outcome: lastLoad.outcome } : null,
  };
}

/** The destinations that anything is pending to, by name. */
export function pendingTo(state: MemoryState): readonly string[] {
  const pending = [...state.open].filter(({ status }) => status === 'pending');
  return [...new Set(pending.map(({ draft }) => draft.destination))].sort();
}

function openRows(times: readonly number[]): OpenRows {
  return { count: times.length, oldestMs: times.length === 0 ? null : Math.min(...times) };
}

function heldLanes(state: MemoryState): readonly HeldLanes[] {
  const heads = [...state.lanes.values()].flatMap(([head]) => (head && head.retries > 0 ? [head] : []));
  const held = [...Map.groupBy(heads, ({ draft }) => draft.destination)].map(([destination, records]) => {
    return { destination, count: records.length, oldestMs: Math.min(...records.map(({ sinceMs }) => sinceMs)) };
  });
  return held.sort((left, right) => (left.destination < right.destination ? -1 : 1));
}
