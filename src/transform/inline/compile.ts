import { type AstNode, parseFormula, walk } from '../ast.ts';
import { NotInline } from '../failure.ts';
import { textOf } from '../functions.ts';
import type { Library } from '../library.ts';
import { compileCall } from './call.ts';
import { callablesOf } from './callables.ts';
import { compileList, compileObject } from './constructors.ts';
import { compileFilters } from './filter.ts';
import { compileBinary, compileMinus } from './operators.ts';
import { compilePath } from './path.ts';
import { costOf, type Step } from './running.ts';
import { type Compile, Scope } from './scope.ts';
import { settled, truth } from './values.ts';

/** More nodes than this nest too deep, here or in JSONata. */
const MOST_NODES = 1_000;

/** Compiles formulas of the fragment. */
export type FormulaCompiler = (text: string) => Step | null;

/**
 * Builds the compiler of a library. It yields null for a formula that is outside of the fragment, or does not parse: the
 * fragment is what JSONata's cost is linear for, so no lambdas, regular expressions, ranges, sorting, grouping, nor a
 * filter that looks outside of its item.
 */
export function createFormulaCompiler(library: Library): FormulaCompiler {
  const callables = callablesOf(library);
  const toText = textOf(library);
  const compileBare = (node: AstNode, scope: Scope): Step => {
    switch (node.type) {
      case 'path':
        return compilePath(node, scope, compile);
      case 'binary':
        return compileBinary(node, scope, compile, toText);
      case 'unary':
        return compileUnary(node, scope, compile);
      case 'function':
        return compileCall(node, scope, compile, callables);
      case 'condition':
        return compileCondition(node, scope, compile);
      case 'block':
        return compileBlock(node, new Scope(scope), compile);
      case 'variable':
        return compileVariable(String(node.value), scope);
      case 'string':
      case 'number':
      case 'value':
        return () => node.value;
      default:
        throw new NotInline(`A ${node.type}.`);
    }
  };
  const compile: Compile = (node, scope) => {
    const bare = compileBare(node, scope);
    if (!node.predicate) return bare;
    const filters = compileFilters(node.predicate, scope, compile);
    return (input, run) => settled(filters.reduce((value, filter) => filter(value, run), bare(input, run)));
  };
  return (text) => {
    try {
      const ast = parseFormula(text);
      checkNodes(ast);
      const step = compile(ast, new Scope());
      const cost = costOf(ast);
      return (input, run) => {
        run.spend(cost);
        return step(input, run);
      };
    } catch {
      return null;
    }
  };
}

/** Refuses marks that change how JSONata treats lists, wherever they are. */
function checkNodes(ast: AstNode): void {
  let nodes = 0;
  walk(ast, (node) => {
    nodes += 1;
    const isMarked = node.keepArray || node.keepSingletonArray || node.group || node.tuple || node.focus || node.index;
    if (isMarked || nodes > MOST_NODES) throw new NotInline('A mark, or too long a formula.');
  });
}

function compileUnary(node: AstNode, scope: Scope, compile: Compile): Step {
  if (node.value === '-') return compileMinus(node, scope, compile);
  return node.value === '[' ? compileList(node, scope, compile) : compileObject(node, scope, compile);
}

function compileCondition(node: AstNode, scope: Scope, compile: Compile): Step {
  if (!node.condition || !node.then) throw new NotInline('Half a condition.');
  const condition = compile(node.condition, scope);
  const then = compile(node.then, scope);
  const otherwise = node.else ? compile(node.else, scope) : () => undefined;
  return (input, run) => (truth(condition(input, run), run) ? then : otherwise)(input, run);
}

/** Variables are bound by a block's own lines alone; elsewhere it would hang on the event whether they are. */
function compileBlock({ expressions = [] }: AstNode, scope: Scope, compile: Compile): Step {
  const lines = expressions.map((line) =>
    line.type === 'bind' ? compileBind(line, scope, compile) : compile(line, scope),
  );
  return (input, run) => {
    let value: unknown;
    for (const line of lines) value = line(input, run);
    return value;
  };
}

function compileBind({ lhs, rhs, predicate }: AstNode, scope: Scope, compile: Compile): Step {
  if (!lhs || !rhs || predicate) throw new NotInline('A variable without a value.');
  const value = compile(rhs, scope);
  const slot = scope.bind(String(lhs.value));
  return (input, run) => {
    const bound = value(input, run);
    run.slots[slot] = bound;
    return bound;
  };
}

function compileVariable(name: string, scope: Scope): Step {
  if (name === '') return (input) => input;
  if (scope.isPerItem && (name === '$' || name === 'item' || name === 'index'))
    throw new NotInline('It leaves the item.');
  if (name === '$') return (_, run) => run.event;
  if (name === 'item') return (_, run) => run.item;
  if (name === 'index') return (_, run) => run.index;
  const slot = scope.slotOf(name);
  return (_, run) => run.slots[slot];
}
