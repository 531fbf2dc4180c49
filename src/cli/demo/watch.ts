import type { DeliveryRow, Log, Stats } from '../../ports/log.ts';

/** A delivery as the demo shows it. */
export interface WatchedDelivery extends DeliveryRow {
  /** The member, as people call her. */
  readonly who: string;
  /** Why it is dead; null for every other. */
  readonly detail: string | null;
  /** Which look saw it in its present state first: the highest changed last. */
  readonly changed: number;
}

/** What the log says at one moment. */
export interface Snapshot {
  readonly stats: Stats;
  /** Newest first. */
  readonly deliveries: readonly WatchedDelivery[];
}

/** How many deliveries are kept in sight: more than the whole demo makes. */
const IN_SIGHT = 200;

/** Looks at the log again and again and remembers what changed; `nameOf` tells who a member's key is. */
export function createWatcher(
  log: Pick<Log, 'deliveries' | 'delivery' | 'stats'>,
  nameOf: (member: string | null) => string,
): () => Promise<Snapshot> {
  let seen: ReadonlyMap<number, WatchedDelivery> = new Map();
  let looks = 0;

  /** An unchanged row keeps its mark and needs no second read. */
  async function watched(row: DeliveryRow): Promise<WatchedDelivery> {
    const before = seen.get(row.id);
    if (before?.status === row.status && before.attempts === row.attempts) return { ...before, ...row };
    const detail = row.status === 'dead' ? ((await log.delivery(row.id))?.detail ?? null) : null;
    return { ...row, detail, who: nameOf(row.member), changed: looks };
  }

  return async () => {
    looks += 1;
    const stats = await log.stats(0);
    const { items } = await log.deliveries({}, { before: null, limit: IN_SIGHT });
    const deliveries = await Promise.all(items.map(watched));
    seen = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
    return { stats, deliveries };
  };
}
