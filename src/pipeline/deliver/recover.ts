import type { AttemptDraft } from '../../core/attempt.ts';
import type { ClaimedDelivery } from '../../core/delivery.ts';
import { decide, type RetryPolicy } from '../../core/retry-policy.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Meter } from '../../ports/meter.ts';
import type { SettledAttempt, Store } from '../../ports/store.ts';
import type { Pauses } from './pauses.ts';
import { policiesOf } from './policies.ts';

/** What recovering claims needs. */
export interface RecoverTools {
  readonly store: Pick<Store, 'expiredClaims' | 'settleAttempts'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Left out, nothing is counted. */
  readonly meter?: Pick<Meter, 'interrupted'>;
  readonly ruleSet: () => RuleSet;
  /** The retry policy of a destination; null when it is not configured any more. */
  readonly retryOf: (destination: string) => RetryPolicy | null;
  readonly pauses: Pick<Pauses, 'pausedMs'>;
  /** Whether a deliverer of this process has the claim in hand: a clock that jumped makes nothing lost. */
  readonly isHeld: (claim: ClaimedDelivery) => boolean;
}

/** Which claims are lost: those whose lease ended, or (at a start) all of them. */
export type LostClaims = 'expired' | 'all';

const CHUNK = 500;
const INTERRUPTED = { verdict: 'ambiguous', code: 'DELIVERY_INTERRUPTED' } as const;

/**
 * Turns claims nobody will settle into `ambiguous` attempts: the bytes may or may not have left. Returns how many.
 */
export async function recoverClaims(lost: LostClaims, tools: RecoverTools): Promise<number> {
  const nowMs = tools.clock.now();
  const found = await tools.store.expiredClaims(nowMs, CHUNK, lost === 'all');
  const claims = found.filter((claim) => !tools.isHeld(claim));
  if (claims.length === 0) return 0;
  const lostNow = claims.map((delivery) => ({ claim: { delivery }, settled: interrupted(delivery, nowMs, tools) }));
  await tools.store.settleAttempts(lostNow.map(({ settled }) => settled));
  const tries = lostNow.map(({ claim, settled }) => ({ claim, answer: INTERRUPTED, decision: settled.decision }));
  tools.meter?.interrupted(tries);
  const fields = { stage: 'deliver', code: 'DELIVERY_INTERRUPTED', n: claims.length };
  tools.log.warn(fields, 'deliveries were interrupted in mid-send; their answers are unknown');
  return claims.length;
}

function interrupted(claim: ClaimedDelivery, nowMs: number, tools: RecoverTools): SettledAttempt {
  const attempt: AttemptDraft = {
    ...INTERRUPTED,
    httpStatus: null,
    detail: 'The process ended while it was being sent',
    response: null,
    retryAfterMs: null,
    startedAtMs: nowMs,
    durationMs: 0,
  };
  const { id: deliveryId, claimNo, shareLimit, retries, pendingSinceMs } = claim;
  const base = tools.retryOf(claim.destination);
  // Deliveries of a destination that is not configured any more wait for its return.
  const settled = { deliveryId, claimNo, attempt, shareLimit, nowMs };
  if (!base) return { ...settled, decision: { kind: 'release', dueAtMs: nowMs } };
  const { retry, onAmbiguous } = policiesOf(claim.mapping, base, tools.ruleSet());
  const pausedMs = tools.pauses.pausedMs(claim, pendingSinceMs, nowMs);
  const outcome = { answer: attempt, retries, pendingSinceMs, pausedMs, nowMs, random: tools.clock.random() };
  return { ...settled, decision: decide(outcome, retry, onAmbiguous) };
}
