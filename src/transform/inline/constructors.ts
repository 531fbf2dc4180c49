import { type AstNode, pairsOf } from '../ast.ts';
import { NotInline } from '../failure.ts';
import type { Running, Step } from './running.ts';
import { type Compile, Scope } from './scope.ts';

/** Keys that JSONata refuses, or takes for marks of its own. */
const REFUSED_KEYS = new Set(['_jsonata_lambda', '_jsonata_function', 'outerWrapper', 'tupleStream']);

/** Compiles `[a, b]`: lists in it become part of it, unless they are written as lists. */
export function compileList({ expressions = [] }: AstNode, scope: Scope, compile: Compile): Step {
  const within = expressions.length > 1 ? new Scope(scope, { sideBySide: true }) : scope;
  const items = expressions.map((item) => ({ run: compile(item, within), isWhole: item.value === '[' }));
  return (input, run) => {
    run.spend(items.length);
    const list: unknown[] = [];
    for (const item of items) {
      const value = items.length > 1 ? alone(item.run, input, run) : item.run(input, run);
      if (value === undefined) continue;
      if (item.isWhole || !Array.isArray(value)) list.push(value);
      else append(list, value, run);
    }
    return list;
  };
}

/** Compiles `{key: value}` over one item; over a list it would group. */
export function compileObject(node: AstNode, scope: Scope, compile: Compile): Step {
  const pairs = pairsOf(node);
  const within = pairs.length > 1 ? new Scope(scope, { sideBySide: true }) : scope;
  const members = pairs.map(([key, value]) => ({ key: compile(key, scope), value: compile(value, within) }));
  return (input, run) => {
    if (Array.isArray(input)) throw new NotInline('An object of a list groups.');
    run.spend(members.length);
    const values = new Map<string, Step>();
    for (const { key, value } of members) {
      const name = key(input, run);
      if (name === undefined) continue;
      if (typeof name !== 'string' || REFUSED_KEYS.has(name) || values.has(name))
        throw new NotInline('A key is refused.');
      values.set(name, value);
    }
    return objectOf(values, input, run);
  };
}

function objectOf(values: ReadonlyMap<string, Step>, input: unknown, run: Running): object {
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, step] of values) {
    const value = values.size > 1 ? alone(step, input, run) : step(input, run);
    if (value !== undefined) object[name] = value;
  }
  return object;
}

/** JSONata evaluates members side by side: which of two faults it meets first, only it can tell. */
function alone(step: Step, input: unknown, run: Running): unknown {
  try {
    return step(input, run);
  } catch (cause) {
    throw new NotInline('A member fails beside others.', { cause });
  }
}

function append(list: unknown[], values: readonly unknown[], run: Running): void {
  run.spend(values.length);
  for (const value of values) list.push(value);
}
