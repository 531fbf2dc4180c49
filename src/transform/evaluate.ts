import { PointsmanError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Formula } from '../core/mapping.ts';
import { MAX_PARTS } from '../core/mapping.ts';
import type { FormulaValue, TransformJob, TransformPart, TransformResult } from '../ports/transform-engine.ts';
import { FormulaFailure, failureOf, NotInline } from './failure.ts';
import { Budget, isFunctionValue, plainJson } from './plain.ts';
import type { CompiledTemplate, Program } from './program.ts';
import type { Recalls } from './recalls.ts';

/** The element that a part is made of. */
export interface PartItem {
  readonly value: unknown;
  readonly index: number;
}

/** What a job is without its mapping. */
export type ProgramJob = Omit<TransformJob, 'mapping'>;

/** A compiled formula, whichever way it runs. */
export interface Runnable {
  readonly formula: Formula;
}

/** Formulas to evaluate, one after the other; each value goes to `take` before the next is begun. */
export interface Ask<Compiled> {
  readonly formulas: readonly Compiled[];
  /** Null outside of `each`. */
  readonly item: PartItem | null;
  /** Throws `FormulaFailure` for a value that cannot be used. */
  take(formula: Compiled, value: unknown): void;
}

/** What a program needs of the way it runs. */
export interface Desk {
  readonly recalls: Recalls;
  /** Whether JSONata takes a value for true; nothing is false. */
  truth(value: unknown): boolean;
  /** Notes a formula's value where the job asks for it. */
  trace(values: FormulaValue[], formula: Formula, value: unknown): void;
  /** Notes how much text a part was, also where it failed. */
  made(characters: number): void;
}

/** What a program does, in steps: asks for the values of formulas, and makes of them what the job comes to. */
export type Stages<Compiled> = Generator<Ask<Compiled>, TransformResult, void>;

/**
 * Begins a program over one event. Who drives it evaluates what it asks for and throws into it what `evaluate` or `take`
 * throws; what it throws itself ends the job.
 */
export function* stagesOf<Compiled extends Runnable>(program: Program<Compiled>, desk: Desk): Stages<Compiled> {
  const shared: FormulaValue[] = [];
  const skipped = (reason: 'condition' | 'empty') => ({ kind: 'skipped', reason, values: shared }) as const;
  if (program.when) {
    const when = new RawValue(program.when, desk, shared);
    yield when;
    if (!desk.truth(when.value)) return skipped('condition');
  }
  // While a fact is unknown, so is the answer: what follows would ask for facts that may never be needed.
  if (desk.recalls.verdict()) return skipped('condition');
  let items: readonly unknown[] | null = null;
  if (program.each) {
    const each = new RawValue(program.each, desk, shared);
    yield each;
    items = elements(program.each, each.value);
    if (items.length === 0) return skipped('empty');
  }
  const parts: TransformPart[] = [];
  for (let index = 0; index < (items?.length ?? 1); index += 1) {
    const item = items === null ? null : { value: items[index], index };
    parts.push(yield* partOf(program, desk, new PartDraft(program.formulas, item, desk, index === 0 ? shared : [])));
  }
  return { kind: 'parts', parts };
}

/** What a job came to that ended with an error. Throws what only JSONata can word. */
export function resultOf(error: unknown, recalls: Recalls): TransformResult {
  if (error instanceof NotInline) throw error;
  const failure = failureOf(error, null);
  // A formula that stumbles over a fact not yet there says nothing about the mapping.
  return (failure.code === 'TRANSFORM_TIMEOUT' ? null : recalls.verdict()) ?? failure;
}

/** A part's failure is its own; only running out of time, or of what runs inline, ends the whole job. */
function* partOf<Compiled extends Runnable>(
  program: Program<Compiled>,
  desk: Desk,
  draft: PartDraft<Compiled>,
): Generator<Ask<Compiled>, TransformPart, void> {
  try {
    yield draft;
    draft.budget.spend(program.ownCharacters);
    const request = requestOf(rendered(program.template, draft.results));
    desk.made(draft.budget.spent);
    const { emptyKeys, traced: values } = draft;
    if (!program.member) return { kind: 'request', request, emptyKeys, member: null, values };
    const member = draft.also(program.member);
    yield member;
    return { kind: 'request', request, emptyKeys, member: memberOf(member.results[0]), values };
  } catch (error) {
    if (error instanceof NotInline) throw error;
    desk.made(draft.budget.spent);
    const failure = failureOf(error, program.isExpression ? 'transform' : null);
    if (failure.code === 'TRANSFORM_TIMEOUT') throw error;
    return failure;
  }
}

/** Asks for one formula's value as JSONata yields it. */
class RawValue<Compiled extends Runnable> implements Ask<Compiled> {
  readonly formulas: readonly Compiled[];
  readonly item = null;
  readonly #desk: Desk;
  readonly #traced: FormulaValue[];
  value: unknown = undefined;

  constructor(formula: Compiled, desk: Desk, traced: FormulaValue[]) {
    this.formulas = [formula];
    this.#desk = desk;
    this.#traced = traced;
  }

  take({ formula }: Compiled, value: unknown): void {
    this.#desk.trace(this.#traced, formula, value);
    this.value = value;
  }
}

/** Asks for the values that a request is made of, as plain JSON. */
class PartDraft<Compiled extends Runnable> implements Ask<Compiled> {
  readonly formulas: readonly Compiled[];
  readonly item: PartItem | null;
  readonly results: (Json | undefined)[] = [];
  readonly emptyKeys: string[] = [];
  readonly traced: FormulaValue[];
  readonly #desk: Desk;
  readonly budget: Budget;

  constructor(
    formulas: readonly Compiled[],
    item: PartItem | null,
    desk: Desk,
    traced: FormulaValue[],
    budget: Budget = new Budget(),
  ) {
    this.formulas = formulas;
    this.item = item;
    this.traced = traced;
    this.#desk = desk;
    this.budget = budget;
  }

  /** Asks for one more value, within the same limits. */
  also(formula: Compiled): PartDraft<Compiled> {
    return new PartDraft([formula], this.item, this.#desk, this.traced, this.budget);
  }

  take({ formula }: Compiled, value: unknown): void {
    const plain = usable(formula, () => plainJson(value, this.budget));
    this.#desk.trace(this.traced, formula, plain);
    this.results.push(plain ?? undefined);
    if (plain === undefined || plain === null) this.emptyKeys.push(formula.path);
  }
}

function elements({ formula }: Runnable, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return usable(formula, () => {
    if (isFunctionValue(value)) throw new PointsmanError('TRANSFORM_ERROR', 'It yielded a function.');
    const items: unknown[] = Array.isArray(value) ? [...value] : [value];
    if (items.length <= MAX_PARTS) return items;
    const message = `It yielded ${items.length} elements; at most ${MAX_PARTS} requests come from one event.`;
    throw new PointsmanError('TRANSFORM_TOO_MANY_PARTS', message);
  });
}

/** What `read` makes of a formula's value; what it throws is that formula's failure. */
function usable<Value>({ path }: Formula, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new FormulaFailure(failureOf(error, path));
  }
}

/** What a node comes to; undefined for nothing. */
function rendered(node: CompiledTemplate, values: readonly (Json | undefined)[]): Json | undefined {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'formula') return values[node.index];
  if (node.kind === 'array') {
    const items: Json[] = [];
    for (const item of node.items) {
      const inner = rendered(item, values);
      if (inner !== undefined) items.push(inner);
    }
    return items;
  }
  const object: Record<string, Json> = {};
  for (const [key, member] of node.entries) {
    const inner = rendered(member, values);
    if (inner !== undefined) setMember(object, key, inner);
  }
  return object;
}

/** Keys come from a file: one named __proto__ is a key like any other. */
function setMember(object: Record<string, Json>, key: string, value: Json): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function requestOf(value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw new PointsmanError('TRANSFORM_NOT_OBJECT', `The transform yielded ${kindOf(value)} instead of an object.`);
}

function kindOf(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? `a list of ${value.length}` : `a ${typeof value}`;
}

function memberOf(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
