import type { Json } from '../../../src/core/json.ts';
import type { TransformJob, TransformResult } from '../../../src/ports/transform-engine.ts';
import { createFormulaCompiler } from '../../../src/transform/inline/compile.ts';
import { compileInline, runInline } from '../../../src/transform/inline/inline-program.ts';
import { loadLibrary } from '../../../src/transform/library.ts';
import { jobOf, mappingOf, runHere } from '../support.ts';

/** Compiles one formula; null outside of the fragment. */
export const compileFormula = createFormulaCompiler(loadLibrary());

/** What both ways make of a job; `inline` is null where only a worker can say. */
export interface BothWays {
  readonly inline: TransformResult | null;
  readonly worker: TransformResult;
}

/** Runs a job inline and through JSONata. */
export async function bothWays(job: TransformJob): Promise<BothWays> {
  const program = compileInline(job.mapping, compileFormula);
  return { inline: program && runInline(program, job), worker: await runHere({ ...job, trace: false }) };
}

/** Runs one formula over a body both ways. */
export function formulaBothWays(text: string, body: Json): Promise<BothWays> {
  return bothWays(jobOf(mappingOf({ value: `=${text}` }), body));
}

/** Whether a job, or a part of it, failed: inline runs leave the wording to JSONata. */
export function hasFailed(result: TransformResult): boolean {
  return result.kind === 'parts' ? result.parts.some(({ kind }) => kind === 'failed') : result.kind === 'failed';
}
