import type { FormulaFault } from '../ports/transform-engine.ts';
import { type AstNode, childrenOf, sourceOf, startOf, tokenStart } from './ast.ts';
import { asksHowMany, reportList } from './check-list.ts';
import { checkComparison, checkLogic, checkOperand } from './check-operator.ts';
import { builtIn, inferCall } from './infer-call.ts';
import { inferLambda } from './infer-lambda.ts';
import { inferArray, inferGroup, inferObject } from './infer-object.ts';
import { inferFilters, inferPath } from './infer-path.ts';
import { type Inference, type Scene, Variables } from './inference.ts';
import {
  ANY,
  BOOLEAN,
  elementsOf,
  kindOf,
  listOf,
  MILLISECONDS,
  NOTHING,
  NUMBER,
  STRING,
  type Type,
  typeOf,
  unionOf,
} from './types.ts';

/** What a formula sees, as far as it is known. */
export interface Knowledge {
  readonly root: Type;
  readonly facts: ReadonlyMap<string, Type>;
  /** What `$item` and `$index` hold; null where there are none. */
  readonly variables: ReadonlyMap<string, Type>;
  /** Why there is no `$item`; null where there is one, or nothing is known of it. */
  readonly withoutItem: string | null;
}

type Infer = (node: AstNode, scene: Scene, inference: Inference) => Type;

const EACH_VARIABLES = new Set(['item', 'index']);
const COMPARISONS = new Set(['=', '!=', '<', '<=', '>', '>=', 'in']);

const BY_TYPE: Readonly<Record<string, Infer>> = {
  path: inferPath,
  variable: inferVariable,
  string: ({ value }) => typeOf({ kind: 'string', values: [String(value)] }),
  number: ({ value }) => typeOf({ kind: 'number', values: [Number(value)] }),
  value: ({ value }) =>
    typeof value === 'boolean' ? typeOf({ kind: 'boolean', values: [value] }) : typeOf({ kind: 'null' }),
  regex: () => typeOf({ kind: 'function', returns: ANY }),
  unary: inferUnary,
  binary: inferBinary,
  bind: inferBinding,
  block: inferBlock,
  condition: inferCondition,
  function: (node, scene, inference) => inferCall(node, scene, inference),
  lambda: (node, scene, inference) => inferLambda(node, [], scene, inference),
  apply: inferApply,
};

/** Infers what a formula yields, and reports what cannot be meant. */
export function inferFormula(
  ast: AstNode,
  text: string,
  knowledge: Knowledge,
  report: (fault: FormulaFault) => void,
): Type {
  const inference: Inference = { ...knowledge, text, infer, report };
  const variables = new Variables(null);
  for (const [name, type] of knowledge.variables) variables.set(name, type);
  return infer(ast, { context: knowledge.root, variables: new Variables(variables), guarded: false });

  function infer(node: AstNode, scene: Scene): Type {
    const type = (BY_TYPE[node.type] ?? inferOther)(node, scene, inference);
    if (node.type === 'path') return type;
    const origin = { at: startOf(node, text), name: sourceOf(node, text) };
    const left = inferFilters(type, node.predicate ?? [], scene, inference, origin);
    const kept = node.keepArray ? listOf(elementsOf(left)) : left;
    return node.group === undefined ? kept : inferGroup(node, kept, scene, inference);
  }
}

function inferVariable(node: AstNode, scene: Scene, inference: Inference): Type {
  const name = String(node.value);
  if (name === '') return scene.context;
  if (name === '$') return inference.root;
  const bound = scene.variables.get(name) ?? builtIn(name);
  if (!bound && inference.withoutItem !== null && EACH_VARIABLES.has(name)) reportWithoutItem(node, name, inference);
  return bound ?? ANY;
}

function reportWithoutItem(node: AstNode, name: string, inference: Inference): void {
  const offset = tokenStart(`$${name}`, node, inference.text);
  const message = `$${name} holds nothing here: ${inference.withoutItem}`;
  const remedy = 'Read the event itself, such as data.items, or add each: to make a request of each element.';
  inference.report({ code: 'MAPPING_UNKNOWN_PATH', severity: 'error', offset, message, remedy });
}

function inferUnary(node: AstNode, scene: Scene, inference: Inference): Type {
  if (node.value === '{') return inferObject(node, scene, inference);
  if (node.value === '[') return inferArray(node, scene, inference);
  if (node.expression) checkOperand(node.expression, inference.infer(node.expression, scene), '-', scene, inference);
  return NUMBER;
}

function inferBinary(node: AstNode, scene: Scene, inference: Inference): Type {
  const { lhs, rhs } = node;
  if (!lhs || !rhs) return ANY;
  const operator = String(node.value);
  const left = inference.infer(lhs, scene);
  const guarded = scene.guarded || (operator === 'and' && asksHowMany(lhs));
  const inner = { ...scene, guarded };
  const right = inference.infer(rhs, inner);
  const { secret } = unionOf([NOTHING, left, right]);
  if (COMPARISONS.has(operator)) {
    checkComparison(node, left, right, inner, inference);
    return BOOLEAN;
  }
  if (operator === 'and' || operator === 'or') {
    checkLogic(node, inference);
    return BOOLEAN;
  }
  if (operator === '&') {
    for (const { spread } of [left, right]) if (spread) reportList(spread, '& joins texts', inner, inference);
    return { ...STRING, secret };
  }
  if (operator === '..') return { ...typeOf({ kind: 'array', items: NUMBER }), secret };
  checkOperand(lhs, left, operator, inner, inference);
  checkOperand(rhs, right, operator, inner, inference);
  return { ...(staysMilliseconds(operator, left, right) ? MILLISECONDS : NUMBER), secret };
}

/** A point in time and a number of milliseconds make a point in time; two points make a duration. */
function staysMilliseconds(operator: string, left: Type, right: Type): boolean {
  if (operator !== '+' && operator !== '-') return false;
  return isMilliseconds(left) !== isMilliseconds(right);
}

function isMilliseconds({ alternatives }: Type): boolean {
  return alternatives.some((one) => one.kind === 'number' && one.milliseconds);
}

function inferBinding({ lhs, rhs }: AstNode, scene: Scene, inference: Inference): Type {
  const type = rhs ? inference.infer(rhs, scene) : ANY;
  scene.variables.set(String(lhs?.value), type);
  return type;
}

function inferBlock(node: AstNode, scene: Scene, inference: Inference): Type {
  const inner = { ...scene, variables: new Variables(scene.variables) };
  return (node.expressions ?? []).reduce((_, expression) => inference.infer(expression, inner), NOTHING);
}

function inferCondition(node: AstNode, scene: Scene, inference: Inference): Type {
  const { condition } = node;
  if (!condition) return ANY;
  inference.infer(condition, scene);
  const branch = { ...scene, guarded: scene.guarded || asksHowMany(condition) };
  const branches = [node.then, node.else].flatMap((one) => (one ? [inference.infer(one, branch)] : []));
  const type = unionOf([NOTHING, ...branches]);
  return branch.guarded ? { ...type, spread: null } : type;
}

/** `value ~> $function(…)`: the value becomes the first argument. */
function inferApply({ lhs, rhs }: AstNode, scene: Scene, inference: Inference): Type {
  if (!lhs || !rhs) return ANY;
  if (rhs.type === 'function') return inferCall(rhs, scene, inference, [lhs]);
  if (rhs.type === 'variable' && kindOf(builtIn(String(lhs.value)) ?? ANY) !== 'function') {
    const call = { type: 'function', procedure: rhs, arguments: [], position: rhs.position ?? 0 };
    return inferCall(call, scene, inference, [lhs]);
  }
  inference.infer(lhs, scene);
  inference.infer(rhs, scene);
  return ANY;
}

/** What is not followed: what is below is looked at without knowing what it sees. */
function inferOther(node: AstNode, scene: Scene, inference: Inference): Type {
  const loose = { ...scene, context: ANY };
  for (const child of childrenOf(node)) {
    if (child !== node.procedure) inference.infer(child, loose);
  }
  return node.type === 'partial' ? typeOf({ kind: 'function', returns: ANY }) : ANY;
}
