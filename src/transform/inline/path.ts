import type { AstNode } from '../ast.ts';
import { NotInline } from '../failure.ts';
import { compileFilters, type Filter } from './filter.ts';
import { costOf, type Running, type Sequence, type Step } from './running.ts';
import { type Compile, Scope } from './scope.ts';
import { isSequence, sequenceOf, settled } from './values.ts';

interface PathStep {
  readonly run: Step;
  readonly filters: readonly Filter[];
  /** Units for each item. */
  readonly cost: number;
}

/** Compiles `a.b.c`, with filters and whatever else may follow a dot. */
export function compilePath({ steps = [] }: AstNode, scope: Scope, compile: Compile): Step {
  const [first] = steps;
  if (!first || steps.some(isListConstructor)) throw new NotInline('A path through a list constructor.');
  const isAbsolute = first.type === 'variable';
  const compiled = steps.map((step, index) =>
    compileStep(step, index === 0 && seesOutside(first, scope), scope, compile),
  );
  const walked = walk(compiled, isAbsolute);
  const names = steps.slice(isAbsolute ? 1 : 0);
  if (!names.every(isPlainName)) return walked;
  const head = isAbsolute && (first.stages ?? []).length === 0 ? compile(first, scope) : null;
  if (isAbsolute && head === null) return walked;
  return straight(
    head,
    names.map(({ value }) => member(String(value))),
    walked,
  );
}

/** Reads the member of a value that is no list; machinery such as `constructor` is no member. */
function member(name: string): (value: object) => unknown {
  if (!(name in Object.prototype)) return (value) => (value as Readonly<Record<string, unknown>>)[name];
  return (value) => (Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined);
}

function compileStep(step: AstNode, outside: boolean, scope: Scope, compile: Compile): PathStep {
  const within = outside ? scope : new Scope(scope, { perItem: true });
  const run = step.type === 'name' ? named(String(step.value)) : compile(step, within);
  return { run, filters: compileFilters(step.stages ?? [], scope, compile), cost: costOf(step) };
}

/** What comes first is worked through once, unless the context may itself be a list. */
function seesOutside(first: AstNode, scope: Scope): boolean {
  return first.type === 'variable' || !scope.isPerItem;
}

function isListConstructor({ type, value }: AstNode): boolean {
  return type === 'unary' && value === '[';
}

function isPlainName({ type, stages = [] }: AstNode): boolean {
  return type === 'name' && stages.length === 0;
}

/** A path of names through objects; where it meets a list, `walked` does all of it. */
function straight(head: Step | null, names: readonly ReturnType<typeof member>[], walked: Step): Step {
  return (input, run) => {
    let value = head === null ? input : head(input, run);
    for (const name of names) {
      if (typeof value !== 'object' || value === null) return undefined;
      if (Array.isArray(value)) return walked(input, run);
      value = name(value);
    }
    return value;
  };
}

/** One step after the other, each over all that the one before it yielded. */
function walk(steps: readonly PathStep[], isAbsolute: boolean): Step {
  return (input, run) => {
    let values: readonly unknown[] = Array.isArray(input) && !isAbsolute ? input : [input];
    for (const [index, step] of steps.entries()) {
      values = stepOver(step, values, run, index === steps.length - 1);
      if (values.length === 0) break;
    }
    return settled(values);
  };
}

function stepOver(step: PathStep, input: readonly unknown[], run: Running, isLast: boolean): unknown[] {
  run.spend(input.length * step.cost);
  const results: unknown[] = [];
  for (const item of input) {
    let result = step.run(item, run);
    for (const filter of step.filters) result = filter(result, run);
    if (result !== undefined) results.push(result);
  }
  const [only] = results;
  if (isLast && results.length === 1 && Array.isArray(only) && !isSequence(only)) return only;
  return flattened(results, run);
}

function flattened(results: readonly unknown[], run: Running): Sequence {
  const flat: unknown[] = [];
  for (const result of results) {
    if (!Array.isArray(result)) {
      flat.push(result);
      continue;
    }
    run.spend(result.length);
    for (const element of result) flat.push(element);
  }
  return sequenceOf(flat);
}

/** A name after a dot: lists in lists are searched through. */
function named(name: string): Step {
  const read = member(name);
  const search = (value: unknown, run: Running): unknown => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Array.isArray(value)) return read(value);
    run.spend(value.length);
    const found = value.map((element) => search(element, run)).filter((element) => element !== undefined);
    return flattened(found, run);
  };
  return (input, run) => settled(search(input, run));
}
