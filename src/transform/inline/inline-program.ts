import { PointsmanError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Formula } from '../../core/mapping.ts';
import type { FormulaValue, TransformResult } from '../../ports/transform-engine.ts';
import { type Ask, type Desk, type PartItem, type ProgramJob, resultOf, type Stages, stagesOf } from '../evaluate.ts';
import { parseBody, pruned } from '../event-tree.ts';
import { FormulaFailure, failureOf, NotInline } from '../failure.ts';
import type { JobFacts } from '../functions.ts';
import { shown } from '../plain.ts';
import { compileProgram, type Program, type ProgramSource } from '../program.ts';
import { Recalls } from '../recalls.ts';
import type { FormulaCompiler } from './compile.ts';
import { Running, type Step } from './running.ts';
import { truth } from './values.ts';

/** A formula that runs inline. */
interface InlineFormula {
  readonly formula: Formula;
  readonly step: Step;
}

/** A mapping whose formulas all run inline. */
export type InlineProgram = Program<InlineFormula>;

/** Compiles what of a mapping runs; null when any formula is outside of the fragment. */
export function compileInline(source: ProgramSource, compile: FormulaCompiler): InlineProgram | null {
  try {
    return compileProgram(source, (formula) => {
      const step = compile(formula.text);
      if (step === null) throw new NotInline(formula.path);
      return { formula, step };
    });
  } catch (error) {
    if (error instanceof NotInline) return null;
    throw error;
  }
}

/** Runs a program over one event, in place. Null = only a worker can say what it comes to. Never throws. */
export function runInline(program: InlineProgram, job: ProgramJob): TransformResult | null {
  const recalls = new Recalls(job.input, job.lookups);
  try {
    const run = new InlineRun(job, recalls);
    const stages = stagesOf(program, run);
    let stage = stages.next();
    while (!stage.done) stage = answered(stage.value, stages, run);
    return recalls.verdict() ?? stage.value;
  } catch (error) {
    return error instanceof NotInline ? null : resultOf(error, recalls);
  }
}

function answered(
  ask: Ask<InlineFormula>,
  stages: Stages<InlineFormula>,
  run: InlineRun,
): IteratorResult<Ask<InlineFormula>, TransformResult> {
  try {
    for (const formula of ask.formulas) ask.take(formula, run.evaluate(formula, ask.item));
  } catch (error) {
    return stages.throw(error);
  }
  return stages.next();
}

/** Evaluates the formulas of one job; a new one for each job. */
class InlineRun implements Desk {
  readonly recalls: Recalls;
  readonly #facts: JobFacts;
  readonly #running: Running;
  readonly #isTraced: boolean;

  /** Throws what `eventTree` throws, and `NotInline` for an event that is no object. */
  constructor({ input, trace }: ProgramJob, recalls: Recalls) {
    const event = pruned(input.parsed ?? parseBody(input.body));
    if (!isJsonObject(event)) throw new NotInline('The event is no object.');
    this.recalls = recalls;
    this.#facts = { input, recalls, part: 0 };
    this.#running = new Running(this.#facts, event);
    this.#isTraced = trace;
  }

  /** What the formula yields. Throws `FormulaFailure` with its path, or `NotInline` for what JSONata itself words. */
  evaluate({ formula, step }: InlineFormula, item: PartItem | null): unknown {
    const running = this.#running;
    this.#facts.part = item?.index ?? 0;
    running.item = item?.value;
    running.index = item?.index;
    try {
      return step(running.event, running);
    } catch (cause) {
      if (cause instanceof PointsmanError) throw new FormulaFailure(failureOf(cause, formula.path));
      throw new NotInline('The formula failed.', { cause });
    }
  }

  truth(value: unknown): boolean {
    return truth(value, this.#running);
  }

  trace(values: FormulaValue[], { path, text }: Formula, value: unknown): void {
    if (this.#isTraced) values.push({ path, formula: text, value: shown(value), inline: true });
  }

  made(characters: number): void {
    this.#running.spendText(characters);
  }
}
