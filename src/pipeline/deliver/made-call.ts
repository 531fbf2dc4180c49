import type { Answer } from '../../core/attempt.ts';
import type { Decision } from '../../core/retry-policy.ts';
import type { CallResult } from '../../ports/destination.ts';
import type { OpenClaim } from './open-claim.ts';

/** A call that came back, and what it carried. Times in ms. */
export interface MadeCall {
  readonly claims: readonly OpenClaim[];
  readonly result: CallResult;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** One delivery of a call, and what becomes of it. */
export interface JudgedClaim {
  readonly claim: OpenClaim;
  readonly answer: Answer;
  readonly decision: Decision;
}
