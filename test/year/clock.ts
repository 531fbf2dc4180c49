import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/ports/clock.ts';
import { forkRandom } from '../../src/sandbox/open-loyalty/random.ts';

/** A clock that runs like any other and can be put ahead: a year passes in minutes. */
export interface YearClock extends Clock {
  /** Puts it ahead to this time, in Unix ms; never back. */
  moveTo(ms: number): void;
}

/** How much shorter every sleep is than it says: whoever polls must not hold the year up. */
const SHRINK = 20;

/** Builds a clock that shows `startMs` now. */
export function createYearClock(startMs: number, random: () => number): YearClock {
  let [baseMs, sinceMs] = [startMs, performance.now()];
  const now = () => Math.floor(baseMs + performance.now() - sinceMs);
  return {
    now,
    random: forkRandom(random),
    sleep: (ms, signal) => delay(ms / SHRINK, undefined, signal ? { signal } : {}),
    moveTo(ms) {
      [baseMs, sinceMs] = [Math.max(ms, now()), performance.now()];
    },
  };
}
