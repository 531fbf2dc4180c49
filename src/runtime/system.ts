import type { Clock } from '../ports/clock.ts';

/** The machine's own clock and chance: the only place that asks the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep,
};

/** Node's own makes an error with a stack for each rest that a hint cuts short: dear where hints come by the thousand. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

/** A clock that nobody sets, in ms since some moment: for how long something took. */
export const monotonicMs = (): number => performance.now();

/** The process's environment. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;
