import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { TransformResult } from '../ports/transform-engine.ts';
import { type Failure, failureOf } from './failure.ts';
import { runProgram, type Workbench } from './formula-runner.ts';
import { createGuard } from './guard.ts';
import { loadLibrary } from './library.ts';
import { type CompiledFormula, compileFormula, compileProgram, type Program, type ProgramSource } from './program.ts';
import type { RunAnswer, RunMessage, ThreadData, ThreadJob } from './protocol.ts';

const { deadlineMs, progress, yielding } = workerData as ThreadData;
// On Linux 0 means this thread alone, elsewhere the whole process (man 2 setpriority).
if (yielding && platform() === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
const running = new Int32Array(progress);
const bench: Workbench = { library: loadLibrary(), guard: createGuard(deadlineMs) };
const programs = new Map<string, Program<CompiledFormula> | Failure>();

parentPort?.on('message', (message: RunMessage) => {
  void answer(message);
});

async function answer(message: RunMessage): Promise<void> {
  if (message.forget) programs.clear();
  for (const [key, source] of message.programs) programs.set(key, compiled(source));
  const results: TransformResult[] = [];
  for (const [index, job] of message.jobs.entries()) {
    Atomics.store(running, 0, index + 1);
    results.push(await run(job));
  }
  Atomics.store(running, 0, 0);
  parentPort?.postMessage(results satisfies RunAnswer);
}

function compiled(source: ProgramSource): Program<CompiledFormula> | Failure {
  try {
    return compileProgram(source, (formula) => compileFormula(formula, bench.guard));
  } catch (error) {
    return failureOf(error, null);
  }
}

async function run(job: ThreadJob): Promise<TransformResult> {
  const program = programs.get(job.program);
  if (program === undefined) throw new Error(`Program ${job.program} was never sent.`);
  return 'kind' in program ? program : runProgram(program, job, bench);
}
