import { awaitFacts } from '../pipeline/await-facts.ts';
import { createDeliverer, type Deliverer } from '../pipeline/deliver.ts';
import { recoverClaims } from '../pipeline/recover.ts';
import { createRouter, type Router } from '../pipeline/route.ts';
import type { LiveRules } from './live-rules.ts';
import type { Parts } from './parts.ts';
import { startWorkLoop, type WorkLoop } from './work-loop.ts';

/** The loops that move events along. */
export interface Workers {
  /** A hint that an event was accepted. */
  eventAccepted(): void;
  /** Claims nothing more and resolves when all that was claimed is settled, or the limit is over. */
  stop(): Promise<void>;
  /** Cuts a `stop` short: what is in flight is left to the next start. */
  force(): void;
}

const POLL_MS = 250;
const FACTS_POLL_MS = 1_000;
const RECOVER_POLL_MS = 5_000;
const RELOAD_POLL_MS = 1_000;
/** How long a stop waits for what is in flight, in ms. */
const DRAIN_LIMIT_MS = 20_000;

/** Settles what a process that died left claimed, then starts the loops. */
export async function startWorkers(parts: Parts, rules: LiveRules): Promise<Workers> {
  const stopping = new AbortController();
  const forced = new AbortController();
  const ruleSet = () => rules.current();
  const recover = { ...parts, ruleSet, retryOf: (id: string) => parts.destinations.get(id)?.retry ?? null };
  while ((await recoverClaims('all', recover)) > 0);

  const loops: WorkLoop[] = [];
  const loop = (name: string, pollMs: number, step: () => Promise<number>) => {
    const started = startWorkLoop({ name, step, pollMs, clock: parts.clock, log: parts.log, signal: stopping.signal });
    loops.push(started);
    return started;
  };
  const deliveries: WorkLoop[] = [];
  const shared = {
    ...parts,
    ruleSet,
    signal: forced.signal,
    memberIdKind: parts.config.mappings.memberId,
    facts: parts.store.facts.bind(parts.store),
    onRouted: () => {
      for (const one of deliveries) one.wake();
    },
  };
  const router = createRouter(shared);
  const routing = loop('route', POLL_MS, () => router.step());
  loop('recall', FACTS_POLL_MS, () => awaitFacts(shared));
  loop('recover', RECOVER_POLL_MS, () => recoverClaims('expired', recover));
  if (parts.config.mappings.watch) loop('reload', RELOAD_POLL_MS, () => rules.refresh().then(() => 0));
  const deliverers = [...parts.destinations.values()].map((destination) => {
    const deliverer = createDeliverer({ ...shared, destination, onSettled: () => delivering.wake() });
    const delivering = loop('deliver', POLL_MS, () => deliverer.step());
    deliveries.push(delivering);
    return deliverer;
  });

  return {
    eventAccepted: () => routing.wake(),
    force: () => forced.abort(),
    async stop() {
      stopping.abort();
      const timer = setTimeout(() => forced.abort(), DRAIN_LIMIT_MS);
      await Promise.all(loops.map(({ ended }) => ended));
      await drain(router, deliverers);
      clearTimeout(timer);
    },
  };
}

function drain(router: Router, deliverers: readonly Deliverer[]): Promise<unknown> {
  return Promise.all([router.drained(), ...deliverers.map((deliverer) => deliverer.drained())]);
}
