import pRetry from 'p-retry';
import type { Answer } from '../../core/attempt.ts';
import type { Decision } from '../../core/retry-policy.ts';
import { decideInCall, shareLimitAfter } from '../../core/shared-call.ts';
import type { CallResult, Destination } from '../../ports/destination.ts';
import type { Meter } from '../../ports/meter.ts';
import type { SettledAttempt } from '../../ports/store.ts';
import { persist } from '../persist.ts';
import { logCall } from './deliver-log.ts';
import type { DeliveryGate } from './delivery-gate.ts';
import type { JudgedClaim, MadeCall } from './made-call.ts';
import { type GiveBackTools, giveBack, type OpenClaim } from './open-claim.ts';
import type { Pauses } from './pauses.ts';

/** What making a call needs. */
export interface CallTools extends GiveBackTools {
  readonly destination: Pick<Destination, 'id' | 'send'>;
  readonly pauses: Pick<Pauses, 'isPaused' | 'pausedMs'>;
  readonly gate: DeliveryGate;
  /** Left out, nothing is counted. */
  readonly meter?: Pick<Meter, 'called'>;
  /** Takes back what goes on in smaller calls. */
  readonly regather: (claims: readonly OpenClaim[]) => void;
}

const QUICK_PAUSE_MS = 200;
const LONGEST_QUICK_PAUSE_MS = 1_000;
const MOST_DIVISIONS = 2;

/** A try after which some ask for another. */
class TryAgain extends Error {}

/**
 * Sends claims in one call, its quick tries included, and settles each. Resolves with the last try's result; null when
 * nothing was sent. Rejects only for a bug.
 */
export async function makeCall(claims: readonly OpenClaim[], tools: CallTools): Promise<CallResult | null> {
  let left = claims;
  let last: CallResult | null = null;
  const tryOnce = async (attempt: number) => {
    if (attempt > 1) left = await goingOn(left, tools);
    if (left.length === 0) return;
    const tried = await tryCall(left, tools);
    if (tried === null) return;
    last = tried.result;
    left = tried.again;
    if (left.length > 0) throw new TryAgain('some deliveries of the call are tried again');
  };
  await pRetry(tryOnce, {
    // Nobody asks for more: a call can be divided twice until each is alone.
    retries: mostQuickTries(claims) + MOST_DIVISIONS,
    minTimeout: QUICK_PAUSE_MS,
    maxTimeout: LONGEST_QUICK_PAUSE_MS,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof TryAgain,
  });
  return last;
}

function mostQuickTries(claims: readonly OpenClaim[]): number {
  let most = 0;
  for (const { policies } of claims) most = Math.max(most, policies.retry.quick);
  return most;
}

/**
 * Those who travel together again, after a pause. What must go on in smaller calls queues anew; all are given back when
 * nothing may be sent any more.
 */
async function goingOn(claims: readonly OpenClaim[], tools: CallTools): Promise<readonly OpenClaim[]> {
  const { gate, clock, pauses } = tools;
  const nowMs = clock.now();
  const isClosed = gate.closedBy(nowMs) !== null || tools.signal.aborted;
  const stopped = claims.filter(({ delivery }) => isClosed || pauses.isPaused(delivery));
  if (stopped.length > 0) {
    await giveBack(stopped, tools);
    return goingOn(
      claims.filter((claim) => !stopped.includes(claim)),
      tools,
    );
  }
  if (claims.some(({ shareLimit }) => shareLimit !== null && shareLimit < claims.length)) {
    tools.regather(claims);
    return [];
  }
  gate.pass(nowMs);
  return claims;
}

/** One try, recorded before anything follows from it; null when it was stopped before anything left. */
async function tryCall(
  claims: readonly OpenClaim[],
  tools: CallTools,
): Promise<{ readonly result: CallResult; readonly again: readonly OpenClaim[] } | null> {
  const { clock, destination, gate } = tools;
  const startedAtMs = clock.now();
  const result = await destination.send(
    claims.map(({ delivery }) => delivery),
    tools.signal,
  );
  if (result === null) {
    await giveBack(claims, tools);
    return null;
  }
  const call = { claims, result, startedAtMs, nowMs: clock.now() };
  const judged = judgeAll(call, tools);
  const settled = judged.map((one) => settledOf(one, call));
  // What the gate learns holds from now on; both are in the store before anything follows.
  await Promise.all([gate.learn(call), persist('attempts', () => tools.store.settleAttempts(settled), tools)]);
  tools.meter?.called(call, judged);
  logCall(call, judged, tools);
  return { result, again: judged.filter(({ decision }) => decision.kind === 'keep').map(({ claim }) => claim) };
}

function judgeAll(call: MadeCall, tools: CallTools): readonly JudgedClaim[] {
  const { claims, result } = call;
  const isDivided = result.divisible && claims.length > 1;
  return claims.map((claim, index) => {
    const answer = result.answers[index] ?? MISSING_ANSWER;
    claim.tries += 1;
    if (isDivided) claim.shareLimit = shareLimitAfter(claims.length, claim.shareLimit);
    return { claim, answer, decision: decisionOf({ claim, answer, isDivided, nowMs: call.nowMs }, tools) };
  });
}

interface Try {
  readonly claim: OpenClaim;
  readonly answer: Answer;
  readonly isDivided: boolean;
  readonly nowMs: number;
}

function decisionOf({ claim, answer, isDivided, nowMs }: Try, { pauses, clock, signal }: CallTools): Decision {
  const { delivery, policies, tries } = claim;
  if (answer.verdict === 'delivered') return DELIVERED;
  const hasQuickTry = tries <= policies.retry.quick && !signal.aborted;
  const { retries, pendingSinceMs } = delivery;
  const paused = pauses.pausedMs(delivery, pendingSinceMs, nowMs);
  const times = { retries, pendingSinceMs, pausedMs: paused, nowMs, random: clock.random() };
  return decideInCall({ answer, isDivided, hasQuickTry, ...times }, policies.retry, policies.onAmbiguous);
}

const DELIVERED: Decision = { kind: 'delivered' };

/** For a destination that forgot one: what became of it is unknown. */
const MISSING_ANSWER: Answer = {
  verdict: 'ambiguous',
  code: 'DELIVERY_UNREADABLE',
  httpStatus: null,
  detail: 'The answer says nothing of this delivery',
  response: null,
  retryAfterMs: null,
  atFault: null,
};

function settledOf({ claim, answer, decision }: JudgedClaim, { startedAtMs, nowMs }: MadeCall): SettledAttempt {
  const { verdict, code, httpStatus, detail, response, retryAfterMs } = answer;
  const durationMs = Math.max(0, nowMs - startedAtMs);
  return {
    deliveryId: claim.delivery.id,
    claimNo: claim.delivery.claimNo,
    attempt: { verdict, code, httpStatus, detail, response, retryAfterMs, startedAtMs, durationMs },
    decision,
    shareLimit: claim.shareLimit,
    nowMs,
  };
}
