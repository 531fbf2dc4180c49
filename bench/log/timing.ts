import { monotonicMs } from '../clock.ts';
import { percentile } from '../statistics.ts';

/** How long something took, in ms, over many times. */
export interface Timing {
  readonly times: number;
  readonly p50: number;
  readonly p99: number;
}

/** What was timed at one size of the log, by title. */
export type Timings = ReadonlyMap<string, Timing>;

/** Gathers how long things take, each under a title. */
export interface Stopwatch {
  /** Does it, and notes how long it took. */
  time<Result>(title: string, act: () => Promise<Result>): Promise<Result>;
  timings(): Timings;
}

/** A stopwatch on which nothing is noted yet. */
export function createStopwatch(): Stopwatch {
  const noted = new Map<string, number[]>();
  return {
    async time(title, act) {
      const startedAt = monotonicMs();
      const result = await act();
      const ms = monotonicMs() - startedAt;
      const times = noted.get(title);
      if (times) times.push(ms);
      else noted.set(title, [ms]);
      return result;
    },
    timings: () => new Map([...noted].map(([title, times]) => [title, timingOf(times)])),
  };
}

function timingOf(times: readonly number[]): Timing {
  return { times: times.length, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
