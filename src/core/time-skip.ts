/** A time that the clock passed over and that nobody lived through: it was set forward, or nothing ran. Times in ms. */
export interface TimeSkip {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a look at the clock told. */
export interface ClockStep {
  readonly skips: readonly TimeSkip[];
  /** Whether the clock was set back by more than a little: times that were written may lie far ahead. */
  readonly isBack: boolean;
}

/** Further apart than this, two looks are a jump or a rest, in ms: it is looked at several times a second. */
export const LONGEST_STEP_MS = 60_000;

/** Skips that are remembered: older ones are longer ago than anything is pending. */
const MOST_SKIPS = 50;

/**
 * What is known after a look at `nowMs`, the one before at `seenMs`. What is still to come again was no skip. A time that
 * is simulated may take longer steps. Pure.
 */
export function clockStep(
  skips: readonly TimeSkip[],
  seenMs: number,
  nowMs: number,
  longestStepMs: number = LONGEST_STEP_MS,
): ClockStep {
  if (nowMs - seenMs > longestStepMs) {
    // After a small step back the last skip reaches a little further than was seen.
    const fromMs = Math.max(seenMs, skips.at(-1)?.toMs ?? seenMs);
    if (fromMs >= nowMs) return { skips, isBack: false };
    return { skips: [...skips, { fromMs, toMs: nowMs }].slice(-MOST_SKIPS), isBack: false };
  }
  if (seenMs - nowMs <= longestStepMs) return { skips, isBack: false };
  const past = skips.filter(({ fromMs }) => fromMs < nowMs);
  return { skips: past.map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, nowMs) })), isBack: true };
}

/** How long of the time from `fromMs` to `toMs` was skipped, in ms. Pure; skips never overlap. */
export function skippedMs(skips: readonly TimeSkip[], fromMs: number, toMs: number): number {
  let sum = 0;
  for (const skip of skips) sum += Math.max(0, Math.min(skip.toMs, toMs) - Math.max(skip.fromMs, fromMs));
  return sum;
}
