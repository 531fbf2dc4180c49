import { PointsmanError } from '../core/errors.ts';

/** JSONata's own limits, shared by all formulas of a thread, which evaluates one at a time. */
export interface Guard {
  /** The options every formula is compiled with. */
  readonly options: { readonly timeout: number; readonly stack: number; readonly sequence: number };
  /** Starts the clock of a job. */
  startJob(): void;
  /** Gives the next formula what is left of the job's time. Throws `TRANSFORM_TIMEOUT` when nothing is. */
  startFormula(): void;
}

/**
 * How deep evaluation may nest. JSONata also counts the members of one grouping, which it evaluates side by side, so
 * that a tight limit would refuse long lists; 5,000 fits a thread's stack with room to spare.
 */
const MAX_STACK = 5_000;

/** How many values one sequence may hold. */
const MAX_SEQUENCE = 100_000;

/** Builds the guard of a thread. */
export function createGuard(deadlineMs: number): Guard {
  let startedAt = performance.now();
  let leftMs = deadlineMs;
  return {
    // JSONata reads the time-out at every step; frozen, because a formula can reach this object.
    options: Object.freeze({
      get timeout() {
        return leftMs;
      },
      stack: MAX_STACK,
      sequence: MAX_SEQUENCE,
    }),
    startJob() {
      startedAt = performance.now();
    },
    startFormula() {
      leftMs = deadlineMs - (performance.now() - startedAt);
      if (leftMs <= 0) throw timedOut(deadlineMs);
    },
  };
}

/** The failure of a job that did not end in time. */
function timedOut(deadlineMs: number): PointsmanError {
  return new PointsmanError('TRANSFORM_TIMEOUT', `It did not end within ${deadlineMs} ms.`);
}
