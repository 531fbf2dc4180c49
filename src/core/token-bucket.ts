/** Leave to make calls, gained at a steady rate and kept up to a limit. Times in ms. */
export interface TokenBucket {
  /** May be a fraction: a call takes a whole one. */
  readonly tokens: number;
  /** When it was counted. */
  readonly atMs: number;
}

/** How fast it fills, and how much it holds. */
export interface BucketLimits {
  readonly ratePerSecond: number;
  /** At least 1, or no call could ever be made. */
  readonly capacity: number;
}

/** What was gained since it was counted. A clock set back gains nothing, and goes on from there. Pure. */
export function refilled({ tokens, atMs }: TokenBucket, limits: BucketLimits, nowMs: number): TokenBucket {
  const gained = (Math.max(0, nowMs - atMs) * limits.ratePerSecond) / 1_000;
  return { tokens: Math.min(limits.capacity, tokens + gained), atMs: nowMs };
}

/** How long to wait for a whole token, in whole ms; 0 when there is one. Pure. */
export function tokenDelayMs({ tokens }: TokenBucket, { ratePerSecond }: BucketLimits): number {
  return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 1_000) / ratePerSecond);
}
