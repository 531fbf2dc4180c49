import { LONGEST_OBEYED_RETRY_AFTER_MS } from './retry-policy.ts';
import { type BucketLimits, refilled, type TokenBucket, tokenDelayMs } from './token-bucket.ts';

/** How calls to one destination are spaced: by its rate, slower for a while after a 429, not at all while it asks to wait. */
export interface Pace {
  readonly ratePerSecond: number;
  readonly bucket: TokenBucket;
  readonly slowdown: Slowdown | null;
  readonly hold: Hold | null;
}

interface Slowdown {
  /** 2 = half the rate. */
  readonly divisor: number;
  readonly sinceMs: number;
}

interface Hold {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A call that was answered with 429. */
interface RateLimited {
  /** When it was sent. */
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** How long a 429 slows calls down, in ms. */
const SLOWDOWN_MS = 60_000;
/** The slowest it gets: a quarter of the rate. */
const MOST_DIVISOR = 4;
/** What may be saved up, in seconds: with 80/s, eight calls leave at once after a rest. */
const BURST_SECONDS = 0.1;

/** The pace of a destination that rested. */
export function restedPace(ratePerSecond: number, nowMs: number): Pace {
  const tokens = Math.max(1, ratePerSecond * BURST_SECONDS);
  return { ratePerSecond, bucket: { tokens, atMs: nowMs }, slowdown: null, hold: null };
}

/** The same pace after the clock was set back: what was gained by then stays, and more is gained from now on. Pure. */
export function rebasedPace(pace: Pace, nowMs: number): Pace {
  return pace.bucket.atMs <= nowMs ? pace : { ...pace, bucket: { ...pace.bucket, atMs: nowMs } };
}

/** Calls a second now. */
export function rateNow({ ratePerSecond, slowdown }: Pace, nowMs: number): number {
  return isSlowed(slowdown, nowMs) ? ratePerSecond / slowdown.divisor : ratePerSecond;
}

/** How long the next call must wait, in ms; 0 = it may leave now. Pure. */
export function callDelayMs(pace: Pace, nowMs: number): number {
  const held = (heldUntil(pace, nowMs) ?? nowMs) - nowMs;
  const limits = limitsAt(pace, nowMs);
  return Math.max(held, tokenDelayMs(refilled(pace.bucket, limits, nowMs), limits));
}

/** Until when the destination asked us to wait; null when it did not, or the time is over. Pure. */
export function heldUntil({ hold }: Pace, nowMs: number): number | null {
  return hold !== null && nowMs >= hold.sinceMs && nowMs < hold.untilMs ? hold.untilMs : null;
}

/** After a call has left. */
export function afterCall(pace: Pace, nowMs: number): Pace {
  const { tokens } = refilled(pace.bucket, limitsAt(pace, nowMs), nowMs);
  return { ...pace, bucket: { tokens: tokens - 1, atMs: nowMs } };
}

/**
 * After a 429: half the rate for a minute. One more halves it again, down to a quarter, only when its call left after
 * the last halving: those that were in flight together say the same thing once. Pure.
 */
export function afterRateLimit(pace: Pace, { startedAtMs, nowMs }: RateLimited): Pace {
  const { slowdown } = pace;
  if (!isSlowed(slowdown, nowMs)) return { ...pace, slowdown: { divisor: 2, sinceMs: nowMs } };
  if (startedAtMs <= slowdown.sinceMs) return pace;
  return { ...pace, slowdown: { divisor: Math.min(MOST_DIVISOR, slowdown.divisor * 2), sinceMs: nowMs } };
}

/** After an answer that asks to wait: for an hour at most, and never shorter than it was asked before. Pure. */
export function afterRetryAfter(pace: Pace, retryAfterMs: number, nowMs: number): Pace {
  const untilMs = nowMs + Math.min(retryAfterMs, LONGEST_OBEYED_RETRY_AFTER_MS);
  if ((heldUntil(pace, nowMs) ?? 0) >= untilMs) return pace;
  return { ...pace, hold: { sinceMs: nowMs, untilMs } };
}

function limitsAt(pace: Pace, nowMs: number): BucketLimits {
  const ratePerSecond = rateNow(pace, nowMs);
  return { ratePerSecond, capacity: Math.max(1, ratePerSecond * BURST_SECONDS) };
}

/** Over as well when the clock was set back to before it began: nothing lasts longer than it should. */
function isSlowed(slowdown: Slowdown | null, nowMs: number): slowdown is Slowdown {
  return slowdown !== null && nowMs >= slowdown.sinceMs && nowMs < slowdown.sinceMs + SLOWDOWN_MS;
}
