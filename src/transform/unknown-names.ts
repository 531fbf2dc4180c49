import { onlyCandidate, suggest } from '../core/suggest.ts';
import type { FormulaFault } from '../ports/transform-engine.ts';
import { type AstNode, childrenOf, tokenStart } from './ast.ts';
import { excelRemedy } from './excel-habits.ts';
import { EVENT_VARIABLES, HIDDEN_FUNCTIONS, JSONATA_FUNCTIONS, OWN_FUNCTIONS } from './function-names.ts';

type Names = ReadonlySet<string>;

const FUNCTIONS: Names = new Set([...JSONATA_FUNCTIONS, ...OWN_FUNCTIONS]);
const HIDDEN: Names = new Set(HIDDEN_FUNCTIONS);

/** `$` and `$$`, as the parser names them. */
const CONTEXT: Names = new Set(['', '$']);

/** Names that a formula uses and nothing binds: functions and variables, in the order they stand. */
export function unknownNames(ast: AstNode, text: string): readonly FormulaFault[] {
  const faults: FormulaFault[] = [];
  const check = (node: AstNode, scope: Names): void => {
    const bound = boundBy(node);
    const inner = bound.length === 0 ? scope : new Set([...scope, ...bound]);
    const fault = faultOf(node, inner, text);
    if (fault) faults.push(fault);
    // The name of a faulty call is one mistake, not two.
    const skipped = fault ? node.procedure : node.type === 'bind' ? node.lhs : undefined;
    const parameters = node.type === 'lambda' ? (node.arguments ?? []) : [];
    for (const child of childrenOf(node)) {
      if (child !== skipped && !parameters.includes(child)) check(child, inner);
    }
  };
  check(ast, new Set([...EVENT_VARIABLES, ...assignedIn(ast)]));
  return faults.sort((one, other) => one.offset - other.offset);
}

function faultOf(node: AstNode, scope: Names, text: string): FormulaFault | null {
  const callee = node.type === 'function' || node.type === 'partial' ? node.procedure : undefined;
  if (callee?.type === 'variable') return nameFault(callee, scope, text, 'function');
  const [step, ...more] = callee?.type === 'path' ? (callee.steps ?? []) : [];
  if (step?.type === 'name' && more.length === 0) return withoutDollar(step, scope, text);
  return node.type === 'variable' ? nameFault(node, scope, text, 'variable') : null;
}

function nameFault(node: AstNode, scope: Names, text: string, kind: 'function' | 'variable'): FormulaFault | null {
  const name = String(node.value);
  if (CONTEXT.has(name) || scope.has(name) || FUNCTIONS.has(name)) return null;
  const offset = tokenStart(`$${name}`, node, text);
  if (HIDDEN.has(name)) {
    return fault(offset, `$${name} is not available: the same event must always yield the same request.`);
  }
  const excel = kind === 'function' ? excelRemedy(name) : undefined;
  if (excel) return { ...fault(offset, `$${name}() is of spreadsheets.`), remedy: excel };
  const shown = kind === 'function' ? `$${name}()` : `$${name}`;
  const meant = onlyCandidate(name, [...scope, ...FUNCTIONS]);
  const rename = meant === null ? {} : { rename: { from: `$${name}`, to: `$${meant}` } };
  return { ...fault(offset, `Unknown ${kind} ${shown}.${didYouMean(name, scope)}`), ...rename };
}

function withoutDollar(step: AstNode, scope: Names, text: string): FormulaFault {
  const name = String(step.value);
  const excel = excelRemedy(name);
  if (excel) return { ...fault(tokenStart(name, step, text), `${name}() is of spreadsheets.`), remedy: excel };
  const hint = FUNCTIONS.has(name) || scope.has(name) ? ` Did you mean $${name}()?` : didYouMean(name, scope);
  return fault(tokenStart(name, step, text), `${name}() is no function: a function's name starts with $.${hint}`);
}

function fault(offset: number, message: string): FormulaFault {
  return { code: 'MAPPING_UNKNOWN_FUNCTION', severity: 'error', offset, message };
}

function didYouMean(name: string, scope: Names): string {
  const similar = suggest(name, [...scope, ...FUNCTIONS]);
  return similar === null ? '' : ` Did you mean $${similar}?`;
}

/** The names that a node binds for what is below it. */
function boundBy(node: AstNode): readonly string[] {
  if (node.type === 'block') return childrenOf(node).flatMap(assignedIn);
  if (node.type === 'lambda') return [...(node.arguments ?? []).map((each) => String(each.value)), ...below(node)];
  if (node.type === 'path') return (node.steps ?? []).flatMap(boundByStep);
  return [];
}

function below(lambda: AstNode): readonly string[] {
  return lambda.body ? assignedIn(lambda.body) : [];
}

/** `@$name` and `#$name` bind for the rest of their path; the whole path is close enough for a check. */
function boundByStep(step: AstNode): readonly string[] {
  const indexes = (step.stages ?? []).filter((stage) => stage.type === 'index').map((stage) => String(stage.value));
  return [step.focus, step.index, ...indexes].filter((name) => name !== undefined);
}

/**
 * The names assigned in the scope of a node. Order does not matter: a lambda may call what is assigned after it.
 * Blocks and lambdas keep their names to themselves.
 */
function assignedIn(node: AstNode): readonly string[] {
  if (node.type === 'block' || node.type === 'lambda') return [];
  const own = node.type === 'bind' && node.lhs ? [String(node.lhs.value)] : [];
  return [...own, ...childrenOf(node).flatMap(assignedIn)];
}
