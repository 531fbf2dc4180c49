import type { AstNode } from '../ast.ts';
import { NotInline } from '../failure.ts';
import { concatenate } from '../text-limits.ts';
import type { Running, Step } from './running.ts';
import type { Compile, Scope } from './scope.ts';
import { equal, isNumeric, truth } from './values.ts';

type Operation = (left: unknown, right: unknown, run: Running) => unknown;

/** Compiles an operator between two operands; `toText` is what `&` takes them for. */
export function compileBinary(
  { value, lhs, rhs }: AstNode,
  scope: Scope,
  compile: Compile,
  toText: (value: unknown) => string,
): Step {
  if (!lhs || !rhs) throw new NotInline('An operator without operands.');
  const left = compile(lhs, scope);
  const right = compile(rhs, scope);
  if (value === 'and') return (input, run) => truth(left(input, run), run) && truth(right(input, run), run);
  if (value === 'or') return (input, run) => truth(left(input, run), run) || truth(right(input, run), run);
  const operation = value === '&' ? joining(toText) : OPERATIONS.get(String(value));
  if (!operation) throw new NotInline(`The operator ${String(value)}.`);
  return (input, run) => operation(left(input, run), right(input, run), run);
}

/** Compiles a minus before something that is no number. */
export function compileMinus({ expression }: AstNode, scope: Scope, compile: Compile): Step {
  if (!expression) throw new NotInline('A minus before nothing.');
  const operand = compile(expression, scope);
  return (input, run) => {
    const value = operand(input, run);
    return value === undefined ? undefined : -numeric(value);
  };
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['=', (left, right, run) => left !== undefined && right !== undefined && equal(left, right, run)],
  ['!=', (left, right, run) => left !== undefined && right !== undefined && !equal(left, right, run)],
  ['in', isIn],
  ['+', arithmetic((left, right) => left + right)],
  ['-', arithmetic((left, right) => left - right)],
  ['*', arithmetic((left, right) => left * right)],
  ['/', arithmetic((left, right) => left / right)],
  ['%', arithmetic((left, right) => left % right)],
  ['<', ordered((left, right) => left < right)],
  ['<=', ordered((left, right) => left <= right)],
  ['>', ordered((left, right) => left > right)],
  ['>=', ordered((left, right) => left >= right)],
] satisfies [string, Operation][]);

function arithmetic(calculate: (left: number, right: number) => number): Operation {
  return (left, right) => {
    if (left !== undefined) numeric(left);
    if (right !== undefined) numeric(right);
    return left === undefined || right === undefined ? undefined : calculate(left as number, right as number);
  };
}

function numeric(value: unknown): number {
  if (isNumeric(value)) return value;
  throw new NotInline('An operand is no number.');
}

/** Numbers with numbers, texts with texts; nothing has no order. */
function ordered(compare: (left: number | string, right: number | string) => boolean): Operation {
  return (left, right, run) => {
    if (!isComparable(left) || !isComparable(right)) throw new NotInline('An operand has no order.');
    if (left === undefined || right === undefined) return undefined;
    if (typeof left !== typeof right) throw new NotInline('The operands are of two kinds.');
    if (typeof left === 'string') run.spendText(left.length);
    return compare(left, right);
  };
}

function isComparable(value: unknown): value is number | string | undefined {
  return value === undefined || typeof value === 'number' || typeof value === 'string';
}

function isIn(left: unknown, right: unknown, run: Running): boolean {
  if (left === undefined || right === undefined) return false;
  if (!Array.isArray(right)) return left === right;
  run.spend(right.length);
  return right.includes(left) && !Number.isNaN(left);
}

function joining(toText: (value: unknown) => string): Operation {
  return (left, right, run) => {
    if (typeof left === 'object') run.weigh(left);
    if (typeof right === 'object') run.weigh(right);
    const text = concatenate(left, right, toText);
    run.spendText(text.length);
    return text;
  };
}
