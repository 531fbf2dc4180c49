import type { Database } from 'better-sqlite3';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { EventStatus } from '../../core/event.ts';
import type { Stats, UnmatchedName } from '../../ports/log.ts';
import { type CountedLog, statusNumber } from './blocks.ts';
import { type Happening, hourOf } from './counters.ts';
import { sumOf } from './list-plan.ts';

/** Prepares the totals: counters since an hour, and what is open now; never a count over history. */
export function totals(db: Database): (sinceMs: number) => Stats {
  const counted = db
    .prepare<[number], [Happening, number]>('SELECT what, sum(n) FROM counter WHERE hour >= ? GROUP BY what')
    .raw();
  const sum = sumOf(db);
  const now = (log: CountedLog, status: DeliveryStatus | EventStatus): number =>
    sum(log, { what: 'status', value: statusNumber(status) });
  return db.transaction((sinceMs: number): Stats => {
    const sums = new Map(counted.all(hourOf(sinceMs)));
    const open = { waiting: now('delivery', 'waiting'), pending: now('delivery', 'pending') };
    return statsOf((what) => sums.get(what) ?? 0, open, now('event', 'accepted'));
  });
}

function statsOf(
  sum: (what: Happening) => number,
  open: Pick<Stats['deliveries'], 'waiting' | 'pending'>,
  unrouted: number,
): Stats {
  return {
    received: sum('received'),
    duplicates: sum('duplicates'),
    unmatched: sum('unmatched'),
    failed: sum('failed'),
    deliveries: {
      ...open,
      delivered: sum('delivery delivered'),
      dead: sum('delivery dead'),
      skipped: sum('delivery skipped'),
      shadowed: sum('delivery shadowed'),
      canceled: sum('delivery canceled'),
    },
    retried: sum('retried'),
    attempts: {
      delivered: sum('attempt delivered'),
      rejected: sum('attempt rejected'),
      transient: sum('attempt transient'),
      ambiguous: sum('attempt ambiguous'),
      unauthorized: sum('attempt unauthorized'),
    },
    unrouted,
  };
}

/** Prepares the list of event names that no mapping took, the last seen first. */
export function unmatchedNames(db: Database): (limit: number) => readonly UnmatchedName[] {
  const list = db.prepare<[number], UnmatchedName>(
    `SELECT n.text AS name, s.text AS source, u.n AS count, u.first_seen_ms AS firstSeenMs, u.last_seen_ms AS lastSeenMs
     FROM unmatched u JOIN name n ON n.id = u.name JOIN name s ON s.id = u.source
     ORDER BY u.last_seen_ms DESC, n.text LIMIT ?`,
  );
  return (limit) => list.all(limit);
}
