import pRetry from 'p-retry';
import type { Answer } from '../core/attempt.ts';
import type { ClaimedDelivery } from '../core/delivery.ts';
import { type AmbiguousPolicy, type Decision, decide, mayTryQuickly, type RetryPolicy } from '../core/retry-policy.ts';
import type { RuleSet } from '../core/rule-set.ts';
import type { Destination } from '../ports/destination.ts';
import type { Store } from '../ports/store.ts';
import { type PersistTools, persist } from './persist.ts';

/** What delivering to one destination needs. */
export interface DeliverTools extends PersistTools {
  readonly destination: Pick<Destination, 'id' | 'concurrency' | 'timeoutMs' | 'retry' | 'send'>;
  readonly store: Pick<Store, 'claimDeliveries' | 'settleAttempts'>;
  readonly ruleSet: () => RuleSet;
  /** Told after each settled claim: a lane may have a new head. A hint. */
  readonly onSettled: () => void;
}

/** Delivers what is due to one destination. */
export interface Deliverer {
  /** Claims what is due, up to the free places, and starts sending it; how many it claimed. */
  step(): Promise<number>;
  /** Resolves when nothing is in flight. */
  drained(): Promise<void>;
}

/** The policies in force for one delivery. */
interface Policies {
  readonly retry: RetryPolicy;
  readonly onAmbiguous: AmbiguousPolicy;
}

/** What a lease allows beyond the tries themselves: pauses between quick tries and a slow disk. */
const LEASE_MARGIN_MS = 60_000;
const QUICK_PAUSE_MS = 200;
const LONGEST_QUICK_PAUSE_MS = 1_000;

/** Delivers claim by claim, each in its own call. */
export function createDeliverer(tools: DeliverTools): Deliverer {
  const inFlight = new Set<Promise<void>>();
  const { destination, clock } = tools;

  function start(delivery: ClaimedDelivery): void {
    const sending = deliver(delivery, tools).finally(() => {
      inFlight.delete(sending);
      tools.onSettled();
    });
    inFlight.add(sending);
  }

  return {
    async step() {
      const limit = destination.concurrency - inFlight.size;
      if (limit <= 0 || tools.signal.aborted) return 0;
      const nowMs = clock.now();
      const leaseEndMs = nowMs + destination.timeoutMs * mostTries(tools) + LEASE_MARGIN_MS;
      const claimed = await tools.store.claimDeliveries({ destination: destination.id, limit, nowMs, leaseEndMs });
      for (const delivery of claimed) start(delivery);
      return claimed.length;
    },
    async drained() {
      await Promise.all(inFlight);
    },
  };
}

/** The policies of a delivery's mapping over those of its destination. A mapping that is gone overrides nothing. */
export function policiesOf(mapping: string, destinationRetry: RetryPolicy, rules: RuleSet): Policies {
  const current = rules.byId.get(mapping);
  return { retry: { ...destinationRetry, ...current?.retry }, onAmbiguous: current?.onAmbiguous ?? 'resend' };
}

/** The most tries that one claim may take: a mapping may ask for more than its destination. */
function mostTries({ destination, ruleSet }: DeliverTools): number {
  return 1 + Math.max(destination.retry.quick, ...ruleSet().mappings.map(({ retry }) => retry.quick ?? 0));
}

/** A quick try that asks for another. */
class TryAgain extends Error {}

/** Sends one delivery, quick tries included, and settles it. Never rejects. */
async function deliver(delivery: ClaimedDelivery, tools: DeliverTools): Promise<void> {
  const policies = policiesOf(delivery.mapping, tools.destination.retry, tools.ruleSet());
  const quick = policies.retry.quick;
  try {
    await pRetry((attempt) => tryOnce(delivery, { policies, last: attempt > quick }, tools), {
      retries: quick,
      minTimeout: QUICK_PAUSE_MS,
      maxTimeout: LONGEST_QUICK_PAUSE_MS,
      randomize: true,
      shouldRetry: ({ error }) => error instanceof TryAgain,
    });
  } catch (cause) {
    // A bug: the claim stays as it is, and recovering finds it when its lease is over.
    const err = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    tools.log.error({ stage: 'deliver', delivery: delivery.id, err }, 'a delivery ended unexpectedly');
  }
}

/**
 * One try, recorded before anything follows from it; after a shutdown, also between two tries, the claim goes back.
 * Throws `TryAgain` when another quick try is worth it.
 */
async function tryOnce(
  delivery: ClaimedDelivery,
  { policies, last }: { readonly policies: Policies; readonly last: boolean },
  tools: DeliverTools,
): Promise<void> {
  const startedAtMs = tools.clock.now();
  const answers = await tools.destination.send([delivery], tools.signal);
  const answer = answers?.[0];
  if (!answer) return release(delivery, tools);
  const again = !last && mayTryQuickly(answer) && !tools.signal.aborted;
  await settle(
    delivery,
    { answer, startedAtMs, decision: again ? { kind: 'keep' } : decisionOf(delivery, answer, policies, tools) },
    tools,
  );
  if (again) throw new TryAgain(answer.detail ?? answer.verdict);
}

function decisionOf(delivery: ClaimedDelivery, answer: Answer, policies: Policies, { clock }: DeliverTools): Decision {
  const { retries, pendingSinceMs } = delivery;
  const outcome = { answer, retries, pendingSinceMs, nowMs: clock.now(), random: clock.random() };
  return decide(outcome, policies.retry, policies.onAmbiguous);
}

async function settle(
  { id, claimNo, ...delivery }: ClaimedDelivery,
  tried: { readonly answer: Answer; readonly startedAtMs: number; readonly decision: Decision },
  tools: DeliverTools,
): Promise<void> {
  const nowMs = tools.clock.now();
  const { answer, startedAtMs, decision } = tried;
  const attempt = { ...answer, startedAtMs, durationMs: nowMs - startedAtMs };
  await persist(
    'an attempt',
    () => tools.store.settleAttempts([{ deliveryId: id, claimNo, attempt, decision, nowMs }]),
    tools,
  );
  const fields = {
    stage: 'deliver',
    delivery: id,
    mapping: delivery.mapping,
    destination: delivery.destination,
    verdict: answer.verdict,
    status: decision.kind,
    code: answer.code,
    ms: attempt.durationMs,
  };
  if (decision.kind === 'dead') tools.log.error(fields, 'a delivery is dead and waits for a person');
  else if (answer.verdict === 'delivered') tools.log.debug(fields, 'delivered');
  else tools.log.warn(fields, 'not delivered yet');
}

/** Gives a claim back: nothing was sent. */
async function release({ id, claimNo }: ClaimedDelivery, tools: DeliverTools): Promise<void> {
  const nowMs = tools.clock.now();
  const released = {
    deliveryId: id,
    claimNo,
    attempt: null,
    decision: { kind: 'release', dueAtMs: nowMs } as const,
    nowMs,
  };
  await persist('a released claim', () => tools.store.settleAttempts([released]), tools);
}
