import type { AstNode } from '../ast.ts';
import { NotInline } from '../failure.ts';
import { costOf, type Running, type Step } from './running.ts';
import { type Compile, Scope } from './scope.ts';
import { isNumeric, sequenceOf, truth } from './values.ts';

/** Keeps some of what a step yielded: a sequence, or the one list that it picked out. */
export type Filter = (value: unknown, run: Running) => unknown[];

/** More would be refused by JSONata. */
const LONGEST_SLICE = 10_000;

/** Compiles what stands in brackets behind a step: it sees the item alone. */
export function compileFilters(stages: readonly AstNode[], scope: Scope, compile: Compile): readonly Filter[] {
  return stages.map(({ type, expr }) => {
    if (type !== 'filter' || !expr) throw new NotInline('A filter that binds.');
    if (expr.type === 'number') return at(Math.floor(Number(expr.value)));
    return sliceOf(expr) ?? where(compile(expr, new Scope(scope, { perItem: true })), costOf(expr));
  });
}

function at(position: number): Filter {
  return (value) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const item = list[position < 0 ? list.length + position : position];
    if (Array.isArray(item)) return item;
    return sequenceOf(item === undefined ? [] : [item]);
  };
}

/** `[[0..99]]`, the one range that costs nothing: a slice from one fixed place to another. */
function sliceOf({ type, value, expressions = [] }: AstNode): Filter | null {
  const [range, more] = expressions;
  if (type !== 'unary' || value !== '[' || range?.type !== 'binary' || range.value !== '..' || more) return null;
  if (range.lhs?.type !== 'number' || range.rhs?.type !== 'number') return null;
  const [first, last] = [Number(range.lhs.value), Number(range.rhs.value)];
  const isSlice = Number.isInteger(first) && Number.isInteger(last) && first >= 0 && last >= first;
  if (!isSlice || last - first >= LONGEST_SLICE) return null;
  return (found, run) => {
    const list: readonly unknown[] = Array.isArray(found) ? found : [found];
    run.spend(list.length);
    return sequenceOf(list.slice(first, last + 1));
  };
}

function where(condition: Step, cost: number): Filter {
  return (value, run) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    run.spend(list.length * cost);
    const kept: unknown[] = [];
    for (const [index, item] of list.entries()) {
      const answer = condition(item, run);
      const positions = positionsIn(answer, run);
      if (positions === null) {
        if (truth(answer, run)) kept.push(item);
        continue;
      }
      for (const position of positions) {
        const wanted = Math.floor(position);
        if ((wanted < 0 ? list.length + wanted : wanted) === index) kept.push(item);
      }
    }
    return sequenceOf(kept);
  };
}

/** A number, or a list of nothing but numbers, says which places are kept; null = it says something else. */
function positionsIn(answer: unknown, run: Running): readonly number[] | null {
  if (isNumeric(answer)) return [answer];
  if (!Array.isArray(answer)) return null;
  run.spend(answer.length);
  const numbers = answer.filter(isNumeric);
  return numbers.length === answer.length ? numbers : null;
}
