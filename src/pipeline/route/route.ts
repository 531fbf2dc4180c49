import type { RoutedEvent } from '../../core/delivery.ts';
import type { StoredEvent } from '../../core/event.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Store } from '../../ports/store.ts';
import { type PersistTools, persist } from '../persist.ts';
import type { ClaimTakers } from '../receive/receive.ts';
import type { Unrouted } from '../receive/unrouted.ts';
import { routedOf, type ShapeTools, type Shaping, shape } from './shape.ts';

/** What routing needs. */
export interface RouteTools extends ShapeTools, PersistTools {
  readonly store: Pick<Store, 'claimEvents' | 'settleRoutes'>;
  /** The rule set of the moment: one snapshot for a whole chunk. */
  readonly ruleSet: () => RuleSet;
  readonly unrouted: Unrouted;
  readonly deliverers: ClaimTakers;
  /** Left out, nothing is counted. */
  readonly meter?: Pick<Meter, 'routed'>;
  /** Told after each commit that may have made deliveries: a hint. */
  readonly onRouted: () => void;
}

/** Routes accepted events. */
export interface Router {
  /** Claims one chunk and starts routing it; how many events it claimed. */
  step(): Promise<number>;
  /** Resolves when everything claimed so far is settled. */
  drained(): Promise<void>;
}

const CHUNK = 200;
/** Events that may be claimed and not settled: bounds memory while a formula is slow. */
const MOST_OPEN = 1_000;

/**
 * Routes chunk after chunk. Transforms of different partitions run side by side; within a partition, results are
 * settled in acceptance order, so that a slow formula delays only its own sixty-fourth of the members.
 */
export function createRouter(tools: RouteTools): Router {
  const tails = new Map<number, Promise<void>>();
  let open = 0;
  let lastId = 0;

  function start(partition: number, events: readonly StoredEvent[]): void {
    open += events.length;
    const routing = routeEvents(events, tools);
    const previous = tails.get(partition) ?? Promise.resolve();
    const tail = previous
      .then(() => routing)
      .then((routed) => settle(routed, tools))
      .then((settled) => {
        if (settled === null) return;
        for (const { id } of events) tools.unrouted.routed(partition, id);
        tools.meter?.routed(events, settled);
      })
      .catch((cause) => report(cause, events.length, tools))
      .finally(() => {
        open -= events.length;
        if (tails.get(partition) === tail) tails.delete(partition);
      });
    tails.set(partition, tail);
  }

  return {
    async step() {
      const room = Math.min(CHUNK, MOST_OPEN - open);
      if (room <= 0) {
        await Promise.race(tails.values());
        return 1;
      }
      const events = await tools.store.claimEvents(room);
      for (const [partition, group] of Map.groupBy(events, (event) => event.partition)) start(partition, group);
      lastId = events.at(-1)?.id ?? lastId;
      if (events.length < room) tools.unrouted.exhausted(lastId, open);
      return events.length;
    },
    async drained() {
      await Promise.all(tails.values());
    },
  };
}

/**
 * Match → shape, for events of one partition. Never rejects: what cannot be routed is `failed`. Empty when it was shut
 * down before the store could be asked: the events are still accepted, and the next start routes them.
 */
async function routeEvents(events: readonly StoredEvent[], tools: RouteTools): Promise<readonly RoutedEvent[]> {
  const rules = tools.ruleSet();
  const nowMs = tools.clock.now();
  const matched = events.map((event) => rules.match(event.source, event.name));
  const shapings = events.map((event, index): readonly Shaping[] =>
    (matched[index] ?? []).map((mapping) => ({ event, mapping, run: 0, waitingSinceMs: nowMs, nowMs })),
  );
  try {
    const shaped = await persist('look-ups', () => shape(shapings.flat(), tools), tools);
    if (shaped === null) return [];
    const drafts = shaped.values();
    return events.map((event, index) => {
      const own = shapings[index] ?? [];
      return routedOf(
        event,
        own.flatMap(() => drafts.next().value ?? []),
        own.length,
      );
    });
  } catch (cause) {
    report(cause, events.length, tools);
    return events.map(({ id }) => failed(id));
  }
}

/**
 * What was written; null when it was shut down before that. Rejects only when not even `failed` can be written: the events
 * are still accepted then.
 */
async function settle(decided: readonly RoutedEvent[], tools: RouteTools): Promise<readonly RoutedEvent[] | null> {
  const { store, clock, deliverers } = tools;
  let routed = decided;
  const write = () => persist('routes', () => store.settleRoutes(routed, clock.now(), deliverers.offers()), tools);
  const settled = await write().catch((cause) => {
    report(cause, routed.length, tools);
    routed = routed.map(({ eventId }) => failed(eventId));
    return write();
  });
  if (settled === null) return null;
  const claimed = settled.flatMap((one) => one.claimed);
  if (claimed.length > 0) deliverers.take(claimed);
  tools.onRouted();
  return routed;
}

function failed(eventId: number): RoutedEvent {
  return { eventId, status: 'failed', code: 'TRANSFORM_CRASHED', deliveries: [] };
}

function report(cause: unknown, n: number, { log }: RouteTools): void {
  const err = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  log.error({ stage: 'route', n, err }, 'routing itself failed');
}
