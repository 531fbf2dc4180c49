import { MOST_BYTES_A_CHARACTER } from '../../core/json.ts';
import type { Mapping } from '../../core/mapping.ts';
import type { TransformJob, TransformResult } from '../../ports/transform-engine.ts';
import { loadLibrary } from '../library.ts';
import { programKey } from '../protocol.ts';
import { createFormulaCompiler, type FormulaCompiler } from './compile.ts';
import { compileInline, type InlineProgram, runInline } from './inline-program.ts';

/** Larger events go to a worker, however cheap the mapping (in bytes of UTF-8). */
const LARGEST_BODY = 64 * 1024;

/** Beyond this all are compiled anew: a long life with many edits must not fill the memory. */
const MOST_PROGRAMS = 500;

/** Runs jobs in place where it can, each mapping's version compiled once. */
export class InlineEngine {
  /** Null for a mapping that is not for this engine. */
  readonly #programs = new Map<string, InlineProgram | null>();
  /** The same, by mapping as it is at hand: a reload makes all mappings anew, most of them in the same version. */
  readonly #atHand = new WeakMap<Mapping, InlineProgram | null>();
  /** Made with the first job: commands that run none start faster. */
  #compiler: FormulaCompiler | null = null;

  /** What the job comes to; null when it needs a worker. Never throws. */
  run(job: TransformJob): TransformResult | null {
    const { mapping } = job;
    let program = this.#atHand.get(mapping);
    if (program === undefined) {
      program = this.#programOf(mapping);
      this.#atHand.set(mapping, program);
    }
    return program === null || isLarge(job.input.body) ? null : runInline(program, job);
  }

  #programOf(mapping: Mapping): InlineProgram | null {
    const key = programKey(mapping);
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    if (this.#programs.size >= MOST_PROGRAMS) this.#programs.clear();
    this.#compiler ??= createFormulaCompiler(loadLibrary());
    const program = compileInline(mapping, this.#compiler);
    this.#programs.set(key, program);
    return program;
  }
}

function isLarge(body: string): boolean {
  return body.length * MOST_BYTES_A_CHARACTER > LARGEST_BODY && Buffer.byteLength(body) > LARGEST_BODY;
}
