/** Whether calls are worth making: closed, they are; open, they are not for a while; half open, one call tries. */
export type Breaker =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly sinceMs: number; readonly openedAtMs: number }
  | { readonly kind: 'half-open'; readonly sinceMs: number };

/** When a breaker opens, and for how long. */
export interface BreakerLimits {
  /** Failed calls in a row. */
  readonly breakerFailures: number;
  /** How long it stays open before one call tries, in ms. */
  readonly probeMs: number;
}

/** A breaker without a failure. */
export const CLOSED: Breaker = { kind: 'closed', failures: 0 };

/** What it is at this moment: half open once its time is over, or once the clock was set back before it. Pure. */
export function breakerAt(breaker: Breaker, { probeMs }: BreakerLimits, nowMs: number): Breaker {
  if (breaker.kind !== 'open') return breaker;
  const isWaiting = nowMs >= breaker.openedAtMs && nowMs < breaker.openedAtMs + probeMs;
  return isWaiting ? breaker : { kind: 'half-open', sinceMs: breaker.sinceMs };
}

/**
 * After a call. Success closes it, whatever it was. `sinceMs` is when it opened first, so that a dead destination shows
 * since when it is dead. Pure.
 */
export function breakerAfter(breaker: Breaker, failed: boolean, limits: BreakerLimits, nowMs: number): Breaker {
  if (!failed) return CLOSED;
  // A call that left before it opened says nothing new.
  if (breaker.kind === 'open') return breaker;
  if (breaker.kind === 'half-open') return { kind: 'open', sinceMs: breaker.sinceMs, openedAtMs: nowMs };
  const failures = breaker.failures + 1;
  if (failures < limits.breakerFailures) return { kind: 'closed', failures };
  return { kind: 'open', sinceMs: nowMs, openedAtMs: nowMs };
}
