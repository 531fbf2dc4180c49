import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/ports/clock.ts';

/** 2026-02-11T08:30:00Z: what a manual clock shows at first. */
export const NOON_MS = Date.UTC(2026, 1, 11, 8, 30);

/** A clock whose time moves only when a test says so. */
export interface ManualClock extends Clock {
  /** Moves time on, wakes whoever has slept long enough, and lets them act. */
  advance(ms: number): Promise<void>;
  /** What `random` yields from now on. */
  setRandom(value: number): void;
  /** How many sleep now. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly wakeAtMs: number;
  wake(): void;
}

/** Builds a clock that stands at `startMs`; its `random` yields 0.5: no jitter. */
export function createManualClock(startMs = NOON_MS): ManualClock {
  let nowMs = startMs;
  let random = 0.5;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => nowMs,
    random: () => random,
    setRandom: (value) => {
      random = value;
    },
    get sleepers() {
      return sleepers.size;
    },
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const leave = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
        };
        const abort = () => {
          leave();
          reject(signal?.reason);
        };
        const wake = () => {
          leave();
          resolve();
        };
        const sleeper: Sleeper = { wakeAtMs: nowMs + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', abort);
      });
    },
    async advance(ms) {
      nowMs += ms;
      for (const sleeper of sleepers) if (sleeper.wakeAtMs <= nowMs) sleeper.wake();
      await nextTurn();
    },
  };
}

/** Lets everything run that waits for no time and no input: one turn of the event loop. */
export function turn(): Promise<void> {
  return nextTurn();
}
