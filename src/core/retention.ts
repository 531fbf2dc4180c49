/** What is known of the clock, kept over restarts. Times in ms. */
export interface ClockWatch {
  /** The latest time that was seen. */
  readonly seenMs: number;
  /** Since when it has gone on without a jump. */
  readonly steadySinceMs: number;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** How often the clock must be looked at for its jumps to be seen, in ms. */
export const WATCH_EVERY_MS = 10 * 60 * 1000;

/** Further apart than this, two looks are a jump, or a long rest: the time in between is not known to have passed. */
const LONGEST_STEP_MS = DAY_MS;
/** Clocks are set back a little by those who keep them right. */
const LONGEST_STEP_BACK_MS = HOUR_MS;

/**
 * What is known of the clock after another look. A jump by more than a day ahead or an hour back begins anew, since what
 * a wrong clock calls old may be all there is. Pure.
 */
export function watchedClock(watch: ClockWatch | null, nowMs: number): ClockWatch {
  if (!watch) return { seenMs: nowMs, steadySinceMs: nowMs };
  const stepMs = nowMs - watch.seenMs;
  const isJump = stepMs > LONGEST_STEP_MS || stepMs < -LONGEST_STEP_BACK_MS;
  return { seenMs: nowMs, steadySinceMs: isJump ? nowMs : Math.min(watch.steadySinceMs, nowMs) };
}

/**
 * Before which time events are old enough to go; null while the clock has not gone steadily for a day, or for the whole
 * retention where that is shorter. Pure.
 */
export function pruneBeforeMs(watch: ClockWatch, retentionMs: number, nowMs: number): number | null {
  const trustedAfterMs = Math.min(DAY_MS, retentionMs);
  return nowMs - watch.steadySinceMs < trustedAfterMs ? null : nowMs - retentionMs;
}
