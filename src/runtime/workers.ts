import type { Delivering } from '../http/destination-routes.ts';
import { loadPauses } from '../pipeline/deliver/pauses.ts';
import { recoverClaims } from '../pipeline/deliver/recover.ts';
import type { ClaimTakers } from '../pipeline/receive/receive.ts';
import { Unrouted } from '../pipeline/receive/unrouted.ts';
import { awaitFacts } from '../pipeline/route/await-facts.ts';
import { createRouter } from '../pipeline/route/route.ts';
import type { Endpoint } from '../ports/destination.ts';
import type { Parts } from './parts.ts';
import { createDeliverers } from './reload/deliverers.ts';
import type { Reloader } from './reload/reloader.ts';
import { startUpkeep, type Upkeep } from './upkeep.ts';
import { startWorkLoop, type WorkLoop } from './work-loop.ts';

/** The loops that move events along. */
export interface Workers {
  /** What the door shares with them. */
  readonly shared: DoorShare;
  /** How each destination is served, and what is paused. */
  readonly delivering: Delivering;
  /** Replays, retention and forgetting. */
  readonly upkeep: Upkeep;
  /** A hint that an event was accepted. */
  eventAccepted(): void;
  /** A hint that deliveries were made. */
  deliveriesMade(): void;
  /** Claims nothing more and resolves when all that was claimed is settled, or the limit is over. */
  stop(): Promise<void>;
  /** Cuts a `stop` short: what is in flight is left to the next start. */
  force(): void;
}

/** What the door needs of the loops to route where it stands, and hand over what it claims. */
interface DoorShare {
  readonly unrouted: Unrouted;
  readonly deliverers: ClaimTakers;
  readonly endpoint: (destination: string, endpoint: string) => Endpoint | null;
}

const POLL_MS = 250;
const FACTS_POLL_MS = 1_000;
const CLOCK_POLL_MS = 1_000;
const RECOVER_POLL_MS = 5_000;
/** How long a stop waits for what is in flight, in ms. */
const DRAIN_LIMIT_MS = 20_000;

/** Settles what a process that died left claimed, then starts the loops. */
export async function startWorkers(parts: Parts, reloader: Reloader): Promise<Workers> {
  const stopping = new AbortController();
  const forced = new AbortController();
  const ruleSet = () => reloader.current().ruleSet;
  const retryOf = (id: string) => reloader.current().destinations.get(id)?.retry ?? null;
  const skipped = parts.clockWatch;
  await skipped.begin(parts);
  const pauses = await loadPauses({ ...parts, skipped, signal: forced.signal });
  const recover = { ...parts, ruleSet, retryOf, pauses };
  while ((await recoverClaims('all', { ...recover, isHeld: () => false })) > 0);

  const loops: WorkLoop[] = [];
  const loop = (name: string, pollMs: number, step: () => Promise<number>) => {
    const started = startWorkLoop({ name, step, pollMs, clock: parts.clock, log: parts.log, signal: stopping.signal });
    loops.push(started);
    return started;
  };
  const unrouted = new Unrouted();
  const endpoint = endpointsOf(reloader);
  const takers: ClaimTakers = {
    offers: () => deliverers.offers(),
    take: (claimed) => deliverers.take(claimed),
  };
  const shared = {
    ...parts,
    ruleSet,
    skipped,
    endpoint,
    unrouted,
    deliverers: takers,
    signal: forced.signal,
    memberIdKind: parts.config.mappings.memberId,
    facts: parts.store.facts.bind(parts.store),
    onRouted: () => deliverers.wake(),
  };
  const deliverers = createDeliverers({ ...shared, pauses, stopping: stopping.signal, pollMs: POLL_MS });
  const router = createRouter(shared);
  const routing = loop('route', POLL_MS, () => router.step());
  loop('recall', FACTS_POLL_MS, () => awaitFacts(shared));
  loop('recover', RECOVER_POLL_MS, () =>
    recoverClaims('expired', { ...recover, isHeld: deliverers.holds.bind(deliverers) }),
  );
  loop('clock', CLOCK_POLL_MS, () => skipped.step({ ...parts, onHastened: () => deliverers.wake() }));
  deliverers.use(reloader.current().destinations);
  reloader.onSwap((next) => deliverers.use(next.destinations));
  const retentionMs = () => reloader.current().config.store.retentionMs;
  const upkeep = startUpkeep({ ...shared, retentionMs, stopping: stopping.signal });

  return {
    upkeep,
    shared: { unrouted, deliverers: takers, endpoint },
    delivering: { pauses, statuses: () => deliverers.statuses(), wake: () => deliverers.wake() },
    eventAccepted: () => routing.wake(),
    deliveriesMade: () => deliverers.wake(),
    force: () => forced.abort(),
    async stop() {
      stopping.abort();
      const timer = setTimeout(() => forced.abort(), DRAIN_LIMIT_MS);
      await Promise.all([...loops.map(({ ended }) => ended), upkeep.ended]);
      await router.drained();
      await deliverers.ended();
      clearTimeout(timer);
    },
  };
}

/** Endpoints by address. One whose destination went is still known: what began with the old rules ends with them. */
function endpointsOf(reloader: Reloader): (destination: string, endpoint: string) => Endpoint | null {
  const known = new Map(reloader.current().destinations);
  reloader.onSwap(({ destinations }) => {
    for (const [id, destination] of destinations) known.set(id, destination);
  });
  return (id, name) => known.get(id)?.endpoints.get(name) ?? null;
}
