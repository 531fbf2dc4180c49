import type { Json } from '../core/json.ts';
import type { Formula } from '../core/mapping.ts';
import type { FormulaValue, TransformResult } from '../ports/transform-engine.ts';
import { type Ask, type Desk, type PartItem, type ProgramJob, resultOf, type Stages, stagesOf } from './evaluate.ts';
import { eventTree } from './event-tree.ts';
import { FormulaFailure, failureOf } from './failure.ts';
import { type Bindings, functionsFor, type JobFacts } from './functions.ts';
import type { Guard } from './guard.ts';
import { createFormulaCompiler, type FormulaCompiler } from './inline/compile.ts';
import type { Library } from './library.ts';
import { shown } from './plain.ts';
import type { CompiledFormula, Program } from './program.ts';
import { Recalls } from './recalls.ts';

/** What every run of a thread shares. */
export interface Workbench {
  readonly library: Library;
  readonly guard: Guard;
}

/** Runs a program over one event through JSONata, one formula after the other. Never rejects, keeps nothing. */
export async function runProgram(
  program: Program<CompiledFormula>,
  job: ProgramJob,
  bench: Workbench,
): Promise<TransformResult> {
  bench.guard.startJob();
  const recalls = new Recalls(job.input, job.lookups);
  try {
    const runner = new FormulaRunner(job, recalls, bench);
    const stages = stagesOf(program, runner);
    let stage = stages.next();
    while (!stage.done) stage = await answered(stage.value, stages, runner);
    return recalls.verdict() ?? stage.value;
  } catch (error) {
    return resultOf(error, recalls);
  }
}

async function answered(
  ask: Ask<CompiledFormula>,
  stages: Stages<CompiledFormula>,
  runner: FormulaRunner,
): Promise<IteratorResult<Ask<CompiledFormula>, TransformResult>> {
  try {
    for (const formula of ask.formulas) ask.take(formula, await runner.evaluate(formula, ask.item));
  } catch (error) {
    return stages.throw(error);
  }
  return stages.next();
}

/** Evaluates the formulas of one job; a new one for each job. */
class FormulaRunner implements Desk {
  readonly recalls: Recalls;
  readonly #job: ProgramJob;
  readonly #bench: Workbench;
  readonly #facts: JobFacts;
  readonly #functions: Bindings;
  readonly #event: Json;
  /** Made when a job is traced. */
  #compiler: FormulaCompiler | null = null;

  /** Throws what `eventTree` throws. */
  constructor(job: ProgramJob, recalls: Recalls, bench: Workbench) {
    this.#job = job;
    this.#bench = bench;
    this.recalls = recalls;
    this.#facts = { input: job.input, recalls, part: 0 };
    this.#functions = functionsFor(this.#facts, bench.library);
    this.#event = eventTree(job.input.body);
  }

  /** What the formula yields. Throws `FormulaFailure` with its path. */
  async evaluate(formula: CompiledFormula, item: PartItem | null): Promise<unknown> {
    this.#facts.part = item?.index ?? 0;
    const event = formula.marksInput ? eventTree(this.#job.input.body) : this.#event;
    const value = formula.marksInput ? copy(item?.value) : item?.value;
    const bindings = item === null ? this.#functions : { ...this.#functions, item: value, index: item.index };
    try {
      this.#bench.guard.startFormula();
      return await formula.expression.evaluate(event, bindings);
    } catch (error) {
      throw new FormulaFailure(failureOf(error, formula.formula.path));
    }
  }

  truth(value: unknown): boolean {
    return typeof value === 'boolean' ? value : this.#bench.library.native('boolean').implementation(value) === true;
  }

  trace(values: FormulaValue[], formula: Formula, value: unknown): void {
    if (!this.#job.trace) return;
    this.#compiler ??= createFormulaCompiler(this.#bench.library);
    const inline = this.#compiler(formula.text) !== null;
    values.push({ path: formula.path, formula: formula.text, value: shown(value), inline });
  }

  /** The deadline limits it here. */
  made(): void {}
}

function copy(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (shown(value) ?? value) : value;
}
