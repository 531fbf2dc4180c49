import type { ErrorCode } from './errors.ts';

/** What one try came to. `ambiguous`: the answer is unknown. `unauthorized`: the credentials are at fault, not the delivery. */
export type Verdict = 'delivered' | 'rejected' | 'transient' | 'ambiguous' | 'unauthorized';

/** How a destination judged one try. */
export interface Answer {
  readonly verdict: Verdict;
  /** Null for `delivered`. */
  readonly code: ErrorCode | null;
  /** Null when no answer came. */
  readonly httpStatus: number | null;
  /** One line for people; null for `delivered`. */
  readonly detail: string | null;
  /** At most 4 kB of the answer's body, kept of failures only. */
  readonly response: string | null;
  /** How long the destination asked us to wait, in ms; null when it did not say. */
  readonly retryAfterMs: number | null;
  /** What `unauthorized` puts at fault, and so is paused; null for every other verdict. */
  readonly atFault: 'destination' | 'endpoint' | null;
}

/** One try, as it is logged. */
export interface AttemptDraft extends Omit<Answer, 'atFault'> {
  readonly startedAtMs: number;
  readonly durationMs: number;
}
