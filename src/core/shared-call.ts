import type { Answer } from './attempt.ts';
import { type AmbiguousPolicy, type Decision, decide, mayTryQuickly, type RetryPolicy } from './retry-policy.ts';

/** What one delivery's part in a call is judged on. */
export interface CallOutcome {
  /** The delivery's own answer. */
  readonly answer: Pick<Answer, 'verdict' | 'code' | 'detail' | 'retryAfterMs'>;
  /** Whether the call came to nothing, carried several, and one of them may be at fault for all. */
  readonly isDivided: boolean;
  /** Whether a quick try is left in this claim. */
  readonly hasQuickTry: boolean;
  readonly retries: number;
  readonly pendingSinceMs: number;
  /** For how long of that time its destination or endpoint was paused, in ms. */
  readonly pausedMs: number;
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/**
 * Decides what becomes of one delivery of a call. Nobody is refused or given up for what a neighbour may have done: such
 * a delivery goes on in smaller calls, at once, until it answers for itself. Pure.
 */
export function decideInCall(outcome: CallOutcome, policy: RetryPolicy, onAmbiguous: AmbiguousPolicy): Decision {
  const { answer, isDivided, hasQuickTry } = outcome;
  if (isDivided && answer.verdict === 'rejected') return { kind: 'keep' };
  if (hasQuickTry && mayTryQuickly(answer)) return { kind: 'keep' };
  const decision = decide(outcome, policy, onAmbiguous);
  const isGivenUp = decision.kind === 'dead' && decision.code === 'DELIVERY_GIVEN_UP';
  return isDivided && isGivenUp ? { kind: 'keep' } : decision;
}

/** How many may share the next call, after one of `size` failed: half as many, and after a second failure one alone. Pure. */
export function shareLimitAfter(size: number, before: number | null): number {
  return before === null ? Math.max(1, Math.ceil(size / 2)) : 1;
}
