import type { Answer } from './attempt.ts';
import type { ErrorCode } from './errors.ts';

/** When a delivery is tried again and when it is given up. All times in ms. */
export interface RetryPolicy {
  /** Extra tries inside one claim, before the schedule is used. */
  readonly quick: number;
  /** The waits between claims. */
  readonly scheduleMs: readonly number[];
  /** 0.2 = each wait is stretched or shrunk by up to 20 %. */
  readonly jitter: number;
  readonly giveUpAfterMs: number;
}

/** What to do when the answer of a try is unknown. */
export type AmbiguousPolicy = 'resend' | 'hold';

/** What becomes of a delivery after a try. */
export type Decision =
  /** The claim goes on: another quick try follows. */
  | { readonly kind: 'keep' }
  /** The claim is given back untouched: nothing was sent. */
  | { readonly kind: 'release'; readonly dueAtMs: number }
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly dueAtMs: number; readonly retries: number; readonly code: ErrorCode }
  | { readonly kind: 'dead'; readonly code: ErrorCode; readonly detail: string };

/** What a decision is taken on. */
export interface TryOutcome {
  readonly answer: Pick<Answer, 'verdict' | 'code' | 'detail' | 'retryAfterMs'>;
  readonly retries: number;
  readonly pendingSinceMs: number;
  /** For how long of that time its destination or endpoint was paused, in ms: it does not age then. */
  readonly pausedMs: number;
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/** The longest wait that a destination may ask for, in ms: a bad header must not stall a lane for a day. */
export const LONGEST_OBEYED_RETRY_AFTER_MS = 60 * 60 * 1000;

/** Decides what becomes of a delivery when its claim ends with this answer. Pure. */
export function decide(outcome: TryOutcome, policy: RetryPolicy, onAmbiguous: AmbiguousPolicy): Decision {
  const { verdict, code, detail } = outcome.answer;
  if (verdict === 'delivered') return { kind: 'delivered' };
  if (verdict === 'rejected') {
    return { kind: 'dead', code: code ?? 'DELIVERY_REJECTED', detail: detail ?? 'The destination refused it.' };
  }
  if (verdict === 'ambiguous' && onAmbiguous === 'hold') {
    return { kind: 'dead', code: 'DELIVERY_HELD', detail: `${detail ?? 'The answer is unknown.'} Held for a person.` };
  }
  // It burns no retry: what is at fault is paused, and tried again when the pause ends.
  if (verdict === 'unauthorized') {
    return { kind: 'retry', dueAtMs: outcome.nowMs, retries: outcome.retries, code: code ?? 'DELIVERY_UNAUTHORIZED' };
  }
  const base = policy.scheduleMs[outcome.retries];
  const lastCause = detail ?? code ?? verdict;
  if (base === undefined) return givenUp(`after ${policy.scheduleMs.length} retries; last: ${lastCause}`);
  const dueAtMs = outcome.nowMs + waitMs(base, outcome, policy);
  if (dueAtMs - outcome.pendingSinceMs - outcome.pausedMs > policy.giveUpAfterMs) {
    return givenUp(`the next try would come later than giveUpAfter allows; last: ${lastCause}`);
  }
  return { kind: 'retry', dueAtMs, retries: outcome.retries + 1, code: code ?? 'DELIVERY_UNAVAILABLE' };
}

/** Whether another quick try inside the same claim makes sense: not for refusals, unknown answers or rate limits. */
export function mayTryQuickly(answer: Pick<Answer, 'verdict' | 'retryAfterMs' | 'code'>): boolean {
  return answer.verdict === 'transient' && answer.retryAfterMs === null && answer.code !== 'DELIVERY_RATE_LIMITED';
}

function givenUp(why: string): Decision {
  return { kind: 'dead', code: 'DELIVERY_GIVEN_UP', detail: `Given up ${why}` };
}

/** The jittered wait; `Retry-After` may lengthen it, up to an hour or the step itself, so that a bad header cannot stall a lane. */
function waitMs(base: number, outcome: TryOutcome, policy: RetryPolicy): number {
  const jittered = base * (1 + policy.jitter * (2 * outcome.random - 1));
  const asked = Math.min(outcome.answer.retryAfterMs ?? 0, LONGEST_OBEYED_RETRY_AFTER_MS);
  return Math.round(Math.max(jittered, asked));
}
