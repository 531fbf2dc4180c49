import type { Lookup } from '../../core/delivery.ts';
import type { Fact, FactKey } from '../../core/event.ts';
import type { TransformEngine, TransformJob, TransformResult } from '../../ports/transform-engine.ts';

/** What recalling needs. */
export interface RecallTools {
  readonly engine: Pick<TransformEngine, 'run'>;
  /** The facts of these keys, in order; null where there is none. */
  readonly facts: (keys: readonly FactKey[]) => Promise<readonly (Fact | null)[]>;
}

/** Formulas may recall by what they recalled before; nobody needs more rounds than this. */
const MOST_RECALL_ROUNDS = 8;

/** A job's result with the look-ups it was reached with. */
export interface RecalledResult {
  readonly result: TransformResult;
  readonly lookups: readonly Lookup[];
}

/** Runs jobs, looking up the facts they ask for, until none asks for more. */
export async function runRecalling(
  jobs: readonly TransformJob[],
  tools: RecallTools,
): Promise<readonly RecalledResult[]> {
  const results = await tools.engine.run(jobs);
  const settled = jobs.map((job, index) => ({ result: results[index] ?? LOST.result, lookups: job.lookups }));
  return recallRound(jobs, settled, tools, MOST_RECALL_ROUNDS);
}

async function recallRound(
  jobs: readonly TransformJob[],
  settled: readonly RecalledResult[],
  tools: RecallTools,
  roundsLeft: number,
): Promise<readonly RecalledResult[]> {
  const asking = settled.flatMap(({ result }, index) =>
    result.kind === 'needs' ? [{ index, facts: result.facts }] : [],
  );
  if (asking.length === 0) return settled;
  if (roundsLeft === 0) return settled.map((one) => (one.result.kind === 'needs' ? { ...one, result: endless } : one));
  const found = await tools.facts(asking.flatMap(({ facts }) => facts));
  const values = found.values();
  const again = asking.flatMap(({ index, facts }) => {
    const job = jobs[index];
    const learned = facts.map(({ kind, key }) => ({ kind, key, value: values.next().value?.value ?? null }));
    return job ? [{ index, job: { ...job, lookups: [...job.lookups, ...learned] } }] : [];
  });
  const results = await tools.engine.run(again.map(({ job }) => job));
  const nextJobs = [...jobs];
  const nextSettled = [...settled];
  for (const [position, { index, job }] of again.entries()) {
    nextJobs[index] = job;
    nextSettled[index] = { result: results[position] ?? LOST.result, lookups: job.lookups };
  }
  return recallRound(nextJobs, nextSettled, tools, roundsLeft - 1);
}

/** The result of a job that the engine said nothing about. */
export const LOST: RecalledResult = {
  result: { kind: 'failed', code: 'TRANSFORM_CRASHED', message: 'The engine gave no result', path: null },
  lookups: [],
};

const endless: TransformResult = {
  kind: 'failed',
  code: 'TRANSFORM_ERROR',
  message: `$recall asked for further facts more than ${MOST_RECALL_ROUNDS} times over`,
  path: null,
};
