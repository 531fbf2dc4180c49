import { PointsmanError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { isJsonObject } from '../core/json.ts';
import { MAX_PARTS, MAX_REQUEST_BYTES } from '../core/mapping.ts';
import type { FormulaValue, TransformPart, TransformResult } from '../ports/transform-engine.ts';
import { failureOf } from './failure.ts';
import { FormulaRunner, type PartItem, type ProgramJob, type Workbench } from './formula-runner.ts';
import { Budget, isFunctionValue, plainJson } from './plain.ts';
import type { CompiledFormula, CompiledTemplate, Program } from './program.ts';
import { Recalls } from './recalls.ts';

/** One part being made. */
interface PartDraft {
  /** Null without `each`. */
  readonly item: PartItem | null;
  readonly budget: Budget;
  readonly emptyKeys: string[];
  readonly values: FormulaValue[];
}

/** Runs a program over one event, one formula after the other. Never rejects, keeps nothing. */
export async function runProgram(program: Program, job: ProgramJob, bench: Workbench): Promise<TransformResult> {
  bench.guard.startJob();
  const recalls = new Recalls(job.input, job.lookups);
  try {
    const result = await runStages(program, new FormulaRunner(job, recalls, bench));
    return recalls.verdict() ?? result;
  } catch (error) {
    const failure = failureOf(error, null);
    // A formula that stumbles over a fact not yet there says nothing about the mapping.
    return (failure.code === 'TRANSFORM_TIMEOUT' ? null : recalls.verdict()) ?? failure;
  }
}

async function runStages(program: Program, runner: FormulaRunner): Promise<TransformResult> {
  const shared: FormulaValue[] = [];
  const skipped = (reason: 'condition' | 'empty') => ({ kind: 'skipped', reason, values: shared }) as const;
  if (program.when && !(await holds(program.when, runner, shared))) return skipped('condition');
  // While a fact is unknown, so is the answer: what follows would ask for facts that may never be needed.
  if (runner.recalls.verdict()) return skipped('condition');
  const items = program.each ? await elements(program.each, runner, shared) : null;
  if (items?.length === 0) return skipped('empty');
  const parts: TransformPart[] = [];
  for (const [index, value] of (items ?? [undefined]).entries()) {
    const values = index === 0 ? shared : [];
    const item = items === null ? null : { value, index };
    parts.push(await runPart(program, runner, { item, budget: new Budget(), emptyKeys: [], values }));
  }
  return { kind: 'parts', parts };
}

async function holds(when: CompiledFormula, runner: FormulaRunner, values: FormulaValue[]): Promise<boolean> {
  const value = await runner.evaluate(when, null);
  runner.trace(values, when, value);
  return runner.truth(value);
}

async function elements(each: CompiledFormula, runner: FormulaRunner, values: FormulaValue[]): Promise<unknown[]> {
  const value = await runner.evaluate(each, null);
  runner.trace(values, each, value);
  if (value === undefined || value === null) return [];
  if (isFunctionValue(value)) runner.fail(each, new PointsmanError('TRANSFORM_ERROR', 'It yielded a function.'));
  const items: unknown[] = Array.isArray(value) ? [...value] : [value];
  if (items.length > MAX_PARTS) {
    const message = `It yielded ${items.length} elements; at most ${MAX_PARTS} requests come from one event.`;
    runner.fail(each, new PointsmanError('TRANSFORM_TOO_MANY_PARTS', message));
  }
  return items;
}

/** A part's failure is its own; only running out of time ends the whole job. */
async function runPart(program: Program, runner: FormulaRunner, part: PartDraft): Promise<TransformPart> {
  try {
    const request = await render(program.transform, runner, part);
    const text = requestText(request);
    const member = program.member ? memberOf(await formulaValue(program.member, runner, part)) : null;
    return { kind: 'request', text, emptyKeys: part.emptyKeys, member, values: part.values };
  } catch (error) {
    const failure = failureOf(error, program.isExpression ? 'transform' : null);
    if (failure.code === 'TRANSFORM_TIMEOUT') throw error;
    return failure;
  }
}

async function render(node: CompiledTemplate, runner: FormulaRunner, part: PartDraft): Promise<Json | undefined> {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'formula') {
    const value = (await formulaValue(node.formula, runner, part)) ?? undefined;
    if (value === undefined) part.emptyKeys.push(node.formula.formula.path);
    return value;
  }
  if (node.kind === 'array') {
    const list: Json[] = [];
    for (const item of node.items) {
      const value = await render(item, runner, part);
      if (value !== undefined) list.push(value);
    }
    return list;
  }
  // Keys come from a file: without a prototype none of them is special.
  const object: Record<string, Json> = Object.create(null);
  for (const [key, member] of node.entries) {
    const value = member.kind === 'literal' ? member.value : await render(member, runner, part);
    if (value !== undefined) object[key] = value;
  }
  return object;
}

async function formulaValue(
  formula: CompiledFormula,
  runner: FormulaRunner,
  part: PartDraft,
): Promise<Json | undefined> {
  const value = await runner.evaluate(formula, part.item);
  try {
    const plain = plainJson(value, part.budget);
    runner.trace(part.values, formula, plain);
    return plain;
  } catch (error) {
    return runner.fail(formula, error);
  }
}

function requestText(request: Json | undefined): string {
  if (!isJsonObject(request)) {
    throw new PointsmanError('TRANSFORM_NOT_OBJECT', `The transform yielded ${kindOf(request)} instead of an object.`);
  }
  const text = JSON.stringify(request);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_REQUEST_BYTES) return text;
  const limit = `${MAX_REQUEST_BYTES / 1024} kB`;
  throw new PointsmanError('TRANSFORM_TOO_LARGE', `The request is ${Math.ceil(bytes / 1024)} kB; at most ${limit}.`);
}

function kindOf(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? `a list of ${value.length}` : `a ${typeof value}`;
}

function memberOf(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
