import { describe, expect, it } from 'vitest';
import type { TransformEngine, TransformJob, TransformResult } from '../../../src/ports/transform-engine.ts';
import { meteredEngine, newTransformTimes } from '../../../src/runtime/metrics/metered-engine.ts';

/** Only what the fake engine looks at. */
const job = (body: string) => ({ input: { body } }) as TransformJob;
const result = (body: string): TransformResult => ({
  kind: 'failed',
  code: 'TRANSFORM_ERROR',
  message: body,
  path: null,
});

/** Runs inline what begins with `inline`; each run takes so many ms of the clock. */
function engineWith(clock: { ms: number }): TransformEngine {
  return {
    runInline({ input }) {
      if (!input.body.startsWith('inline')) return null;
      clock.ms += 2;
      return result(input.body);
    },
    async run(jobs) {
      clock.ms += 500;
      return jobs.map(({ input }) => result(input.body));
    },
    close: async () => {},
  };
}

describe('meteredEngine', () => {
  it('keeps the order of results, whichever way each job runs', async () => {
    const clock = { ms: 0 };
    const engine = meteredEngine(engineWith(clock), newTransformTimes(), () => clock.ms);
    const bodies = ['worker 1', 'inline 1', 'worker 2', 'inline 2'];
    expect(await engine.run(bodies.map(job))).toEqual(bodies.map(result));
    expect(await engine.run([])).toEqual([]);
  });

  it('times what runs in place apart from what runs in workers', async () => {
    const clock = { ms: 0 };
    const times = newTransformTimes();
    const engine = meteredEngine(engineWith(clock), times, () => clock.ms);
    await engine.run(['worker 1', 'inline 1', 'worker 2'].map(job));
    expect(engine.runInline(job('worker'))).toBeNull();
    expect(engine.runInline(job('inline'))).toEqual(result('inline'));
    expect(times.inline.sum).toBeCloseTo(0.004);
    expect(times.inline.cumulative().at(-1)).toBe(2);
    expect(times.worker.sum).toBeCloseTo(1);
    expect(times.worker.cumulative().at(-1)).toBe(2);
  });
});
