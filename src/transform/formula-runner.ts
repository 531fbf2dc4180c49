import type { Json } from '../core/json.ts';
import type { FormulaValue, TransformJob } from '../ports/transform-engine.ts';
import { eventTree } from './event-tree.ts';
import { FormulaFailure, failureOf } from './failure.ts';
import { type Bindings, functionsFor, type JobFacts } from './functions.ts';
import type { Guard } from './guard.ts';
import type { Library } from './library.ts';
import { Budget, plainJson } from './plain.ts';
import type { CompiledFormula } from './program.ts';
import type { Recalls } from './recalls.ts';

/** The element that a part is made of. */
export interface PartItem {
  readonly value: unknown;
  readonly index: number;
}

/** What a job is without its mapping. */
export type ProgramJob = Omit<TransformJob, 'mapping'>;

/** What every run of a thread shares. */
export interface Workbench {
  readonly library: Library;
  readonly guard: Guard;
}

/** Evaluates the formulas of one job; a new one for each job. */
export class FormulaRunner {
  readonly recalls: Recalls;
  readonly #job: ProgramJob;
  readonly #bench: Workbench;
  readonly #facts: JobFacts;
  readonly #functions: Bindings;
  readonly #event: Json;

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
      return this.fail(formula, error);
    }
  }

  /** Whether JSONata takes a value for true; nothing is false. */
  truth(value: unknown): boolean {
    return typeof value === 'boolean' ? value : this.#bench.library.native('boolean').implementation(value) === true;
  }

  /** Throws the error as this formula's failure. */
  fail(formula: CompiledFormula, error: unknown): never {
    throw new FormulaFailure(failureOf(error, formula.formula.path));
  }

  /** Notes a formula's value where the job asks for it; what JSON cannot hold counts as nothing. */
  trace(values: FormulaValue[], { formula }: CompiledFormula, value: unknown): void {
    if (this.#job.trace) values.push({ path: formula.path, formula: formula.text, value: shown(value) });
  }
}

function copy(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (shown(value) ?? value) : value;
}

function shown(value: unknown): Json | undefined {
  try {
    return plainJson(value, new Budget());
  } catch {
    return undefined;
  }
}
