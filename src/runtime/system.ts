import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

/** The machine's own clock and chance: the only place that asks the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};

/** A clock that nobody sets, in ms since some moment: for how long something took. */
export const monotonicMs = (): number => performance.now();

/** The process's environment. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;
