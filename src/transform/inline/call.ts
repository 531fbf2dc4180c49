import type { AstNode } from '../ast.ts';
import { NotInline } from '../failure.ts';
import { type Callable, fits } from './callables.ts';
import type { Running, Step } from './running.ts';
import type { Compile, Scope } from './scope.ts';
import { settled } from './values.ts';

/** Patterns for times and numbers that are written out: a longer one, or a width after a comma, can ask for any length. */
const LONGEST_PICTURE = 100;

/** Which argument is a picture. */
const PICTURES: Readonly<Record<string, number>> = { now: 0, fromMillis: 1, formatNumber: 1 };

/** Most arguments, where fewer than the function takes. */
const MOST: Readonly<Record<string, number>> = { toMillis: 1, formatNumber: 2 };

/** Compiles the call of a function of the fragment. */
export function compileCall(
  { procedure, arguments: args = [] }: AstNode,
  scope: Scope,
  compile: Compile,
  callables: ReadonlyMap<string, Callable>,
): Step {
  const name = String(procedure?.value);
  const callable = procedure?.type === 'variable' && !procedure.predicate ? callables.get(name) : undefined;
  if (!callable) throw new NotInline(`$${name} is no function of the fragment.`);
  checkUse(name, args, scope);
  const given = args.map((arg) => compile(arg, scope));
  const [only, more] = given;
  return only && !more ? callWithOne(callable, only) : call(callable, given);
}

function checkUse(name: string, args: readonly AstNode[], scope: Scope): void {
  if (args.length > (MOST[name] ?? args.length)) throw new NotInline(`$${name} with a picture.`);
  // What is asked for, and in which order, must not hang on what else fails or on how many items there are.
  if (name === 'recall' && (scope.isPerItem || scope.isSideBySide)) throw new NotInline('A look-up for each item.');
  const picture = args[PICTURES[name] ?? args.length];
  if (picture && !isShortPicture(picture)) throw new NotInline(`$${name} with a picture that is not written out.`);
}

function isShortPicture({ type, value, predicate }: AstNode): boolean {
  const text = String(value);
  return type === 'string' && !predicate && text.length <= LONGEST_PICTURE && !/\[[^\]]*,/.test(text);
}

function call(callable: Callable, args: readonly Step[]): Step {
  return (input, run) =>
    applied(
      callable,
      args.map((arg) => arg(input, run)),
      input,
      run,
    );
}

function callWithOne(callable: Callable, arg: Step): Step {
  return (input, run) => applied(callable, [arg(input, run)], input, run);
}

function applied(callable: Callable, given: readonly unknown[], input: unknown, run: Running): unknown {
  const fitting = fits(callable.parameters, given) ? given : callable.validate(given, input);
  for (const value of fitting) {
    if (callable.reads === 'all') run.weigh(value);
    else if (typeof value === 'string') run.spendText(value.length);
  }
  return settled(callable.apply(fitting, run));
}
