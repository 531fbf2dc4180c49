import type { TransformEngine, TransformJob, TransformResult } from '../../ports/transform-engine.ts';
import { Buckets } from './buckets.ts';

/** How long transforms take, in seconds. */
export interface TransformTimes {
  /** In place. */
  readonly inline: Buckets;
  /** In worker threads: from the asking to the answer of its chunk, the queue included. */
  readonly worker: Buckets;
}

const INLINE_BOUNDS = [0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.001, 0.005, 0.025];
const WORKER_BOUNDS = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const MS_PER_SECOND = 1_000;

/** Nothing was timed yet. */
export function newTransformTimes(): TransformTimes {
  return { inline: new Buckets(INLINE_BOUNDS), worker: new Buckets(WORKER_BOUNDS) };
}

/** The same engine, timed; `monotonicMs` is a clock that nobody sets. */
export function meteredEngine(
  engine: TransformEngine,
  times: TransformTimes,
  monotonicMs: () => number,
): TransformEngine {
  function runInline(job: TransformJob): TransformResult | null {
    const startedMs = monotonicMs();
    const result = engine.runInline(job);
    if (result !== null) times.inline.add((monotonicMs() - startedMs) / MS_PER_SECOND);
    return result;
  }

  async function runInWorkers(jobs: readonly TransformJob[]): Promise<readonly TransformResult[]> {
    if (jobs.length === 0) return [];
    const startedMs = monotonicMs();
    const results = await engine.run(jobs);
    times.worker.addSame((monotonicMs() - startedMs) / MS_PER_SECOND, jobs.length);
    return results;
  }

  return {
    runInline,
    async run(jobs) {
      const inline = jobs.map(runInline);
      const rest = (await runInWorkers(jobs.filter((_, index) => inline[index] === null))).values();
      return inline.map((result) => result ?? rest.next().value ?? LOST);
    },
    close: () => engine.close(),
  };
}

const LOST: TransformResult = {
  kind: 'failed',
  code: 'TRANSFORM_CRASHED',
  message: 'The engine gave no result.',
  path: null,
};
