import type { ClaimedDelivery } from '../../src/core/delivery.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { type RuleSet, ruleSetOf } from '../../src/core/rule-set.ts';
import { createDeliverer, type Deliverer } from '../../src/pipeline/deliver/deliver.ts';
import { createPauses, type Pauses } from '../../src/pipeline/deliver/pauses.ts';
import { recoverClaims } from '../../src/pipeline/deliver/recover.ts';
import { type Receipted, receive } from '../../src/pipeline/receive/receive.ts';
import { Unrouted } from '../../src/pipeline/receive/unrouted.ts';
import { awaitFacts } from '../../src/pipeline/route/await-facts.ts';
import { createRouter, type Router } from '../../src/pipeline/route/route.ts';
import type { DeliveryDetail } from '../../src/ports/log.ts';
import type { Source } from '../../src/ports/source.ts';
import type { Store } from '../../src/ports/store.ts';
import { createMemoryStore } from '../../src/storage/memory/memory-store.ts';
import { createFakeEngine, type FakeEngine } from './fake-engine.ts';
import { createFakeSource } from './fake-source.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { aMapping } from './samples.ts';
import { createScriptedDestination, type ScriptedDestination } from './scripted-destination.ts';
import { createSilentLogger, type SilentLogger } from './silent-logger.ts';

/** The whole corridor over a store in memory: nothing moves unless a test moves it. */
export interface Corridor {
  readonly clock: ManualClock;
  readonly log: SilentLogger;
  readonly source: Source;
  readonly engine: FakeEngine;
  readonly destination: ScriptedDestination;
  /** What the steps see; a test may replace its methods to make it fail. */
  readonly store: Store;
  readonly router: Router;
  readonly deliverer: Deliverer;
  readonly pauses: Pauses;
  /** Ends claiming, as an orderly shutdown does. */
  readonly stopping: AbortController;
  /** Aborts what a forced shutdown aborts. */
  readonly shutdown: AbortController;
  /** How often each hint was given. */
  readonly hints: { accepted: number; routed: number; settled: number };
  /** What is in force. */
  ruleSet(): RuleSet;
  /** Puts other mappings in force. */
  useMappings(...mappings: readonly Mapping[]): void;
  receive(body: JsonObject | string | Uint8Array, redact?: readonly string[]): Promise<Receipted>;
  /** Routes everything that was accepted. */
  route(): Promise<void>;
  /** Sends everything that is due, until nothing is. */
  deliver(): Promise<void>;
  awaitFacts(): Promise<number>;
  recover(lost: 'expired' | 'all'): Promise<number>;
  /** The newest delivery, with all that led to it. */
  newest(): Promise<DeliveryDetail>;
  /** Every delivery, oldest first, with all that led to it. */
  all(): Promise<readonly DeliveryDetail[]>;
}

/** What a corridor may be given instead of its own. */
export interface CorridorParts {
  readonly destination?: ScriptedDestination;
  readonly source?: Source;
  readonly mappings?: readonly Mapping[];
  /** Whether deliveries are claimed in the commit that makes them. */
  readonly claimsAtOnce?: boolean;
}

/** Builds a corridor with one mapping of every event, unless told otherwise. */
export function createCorridor(parts: CorridorParts = {}): Corridor {
  const clock = createManualClock();
  const log = createSilentLogger();
  const engine = createFakeEngine();
  const store = createMemoryStore();
  const destination = parts.destination ?? createScriptedDestination();
  const source = parts.source ?? createFakeSource();
  const stopping = new AbortController();
  const shutdown = new AbortController();
  const pauses = createPauses([], { store, clock, log, signal: shutdown.signal });
  const hints = { accepted: 0, routed: 0, settled: 0 };
  const unrouted = new Unrouted();
  let rules: RuleSet = ruleSetOf(parts.mappings ?? [aMapping()]);
  const shared = {
    clock,
    log,
    engine,
    store,
    destination,
    pauses,
    stopping: AbortSignal.any([stopping.signal, shutdown.signal]),
    signal: shutdown.signal,
    isHeld: (claim: ClaimedDelivery) => deliverer.holds(claim),
    ruleSet: () => rules,
    unrouted,
    deliverers: {
      offers: () => {
        const offer = parts.claimsAtOnce ? deliverer.offer() : null;
        return offer ? [offer] : [];
      },
      take: (claimed: readonly ClaimedDelivery[]) => deliverer.take(claimed),
    },
    memberIdKind: 'email' as const,
    facts: (...of: Parameters<Store['facts']>) => store.facts(...of),
    endpoint: (id: string, name: string) => (id === destination.id ? (destination.endpoints.get(name) ?? null) : null),
    retryOf: (id: string) => (id === destination.id ? destination.retry : null),
    onAccepted: () => void hints.accepted++,
    onRouted: () => void hints.routed++,
    onSettled: () => void hints.settled++,
  };
  const router = createRouter(shared);
  const deliverer = createDeliverer(shared);
  const all = async () => {
    const { items } = await store.deliveries({}, { before: null, limit: 200 });
    const found = await Promise.all(items.map(({ id }) => store.delivery(id)));
    return found.flatMap((detail) => (detail ? [detail] : [])).reverse();
  };
  return {
    ...{ clock, log, source, engine, destination, store, router, deliverer, pauses, stopping, shutdown, hints, all },
    ruleSet: () => rules,
    useMappings: (...mappings) => {
      rules = ruleSetOf(mappings);
    },
    receive: (body, redact = []) =>
      receive({ source, body: bytesOf(body), receivedAtMs: clock.now(), signature: null }, { ...shared, redact }),
    async route() {
      while ((await router.step()) > 0);
      await router.drained();
    },
    async deliver() {
      await deliverer.drained();
      while ((await deliverer.step()) > 0) await deliverer.drained();
    },
    awaitFacts: () => awaitFacts(shared),
    recover: (lost) => recoverClaims(lost, shared),
    async newest() {
      const detail = (await all()).at(-1);
      if (!detail) throw new Error('There is no delivery');
      return detail;
    },
  };
}

function bytesOf(body: JsonObject | string | Uint8Array): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
