import { suggest } from '../core/suggest.ts';
import type { FormulaFault } from '../ports/transform-engine.ts';
import { type AstNode, sourceOf, startOf } from './ast.ts';
import { reportList } from './check-list.ts';
import type { Inference, Scene } from './inference.ts';
import {
  type Alternative,
  elementsOf,
  isOpen,
  kindName,
  kindOf,
  mayBeMany,
  type ScalarType,
  type Type,
} from './types.ts';

/** How many values a remedy lists at most. */
const MOST_LISTED = 12;

type Kind = Alternative['kind'];

const LITERALS = new Set(['string', 'number', 'value']);
const ORDERED = new Set(['<', '<=', '>', '>=']);

/** Reports what arithmetic cannot take: text, objects, true and false. */
export function checkOperand(node: AstNode, type: Type, operator: string, scene: Scene, inference: Inference): void {
  const kind = kindOf(type);
  if (type.spread) reportList(type.spread, `${operator} takes one number`, scene, inference);
  if (kind === null || kind === 'number') return;
  const offset = startOf(node, inference.text);
  const message = `${operator} takes numbers, not ${kindName(kind)}`;
  const remedy = operandRemedy(sourceOf(node, inference.text), kind, operator);
  inference.report({ code: 'MAPPING_ARGUMENTS', severity: 'error', offset, message, remedy });
}

/** A time is text too: whoever calculates with it wants days or seconds. */
function operandRemedy(source: string, kind: Kind, operator: string): string {
  const isTime = kind === 'string' && /(At|Until|Date|WillExpire|\.(from|to))$/.test(source);
  if (isTime) return `For days write $daysUntil(${source}); for seconds $toSeconds(${source}).`;
  if (kind === 'string' && operator === '+') return 'Join texts with & instead of +.';
  return 'Make a number of it with $number( ).';
}

/** Reports comparisons whose outcome is certain: of different kinds, or with a value that the field never has. */
export function checkComparison(node: AstNode, left: Type, right: Type, scene: Scene, inference: Inference): void {
  const { lhs, rhs } = node;
  if (!lhs || !rhs || (isLiteral(lhs) && isLiteral(rhs))) return;
  const operator = String(node.value);
  const sides = [left, operator === 'in' ? elementsOf(right) : right] as const;
  if (operator !== 'in') reportSpread(lhs, rhs, left, right, scene, inference);
  if (sides.some((side) => isOpen(side) || side.alternatives.length === 0)) return;
  const [field, given] = isLiteral(lhs) ? [rhs, lhs] : [lhs, rhs];
  const [is, isGiven] = isLiteral(lhs) ? [sides[1], sides[0]] : sides;
  const name = sourceOf(field, inference.text) || 'It';
  const offset = startOf(given, inference.text);
  const fault = kindFault(operator, name, is, isGiven);
  if (fault) inference.report({ code: 'MAPPING_CONDITION', severity: 'error', offset, ...fault });
  else if (!ORDERED.has(operator)) checkValues(given, name, is, isGiven, inference);
}

/** Reports `a = 'x' or 'y'`: a text alone is always true. */
export function checkLogic({ value, lhs, rhs }: AstNode, inference: Inference): void {
  if (!lhs || !rhs) return;
  const text = [lhs, rhs].find((side) => side.type === 'string' && side.value !== '');
  const comparison = comparisonIn(text === lhs ? rhs : lhs);
  if (!text || !comparison?.lhs) return;
  const field = inference.text.slice(startOf(comparison.lhs, inference.text), (comparison.position ?? 1) - 1).trim();
  const message = `'${text.value}' alone is always true: ${value} does not go on comparing`;
  const remedy = `Write ${field} in ['…', '${text.value}'].`;
  const offset = startOf(text, inference.text);
  inference.report({ code: 'MAPPING_CONDITION', severity: 'error', offset, message, remedy });
}

/** The last comparison of a chain of conditions. */
function comparisonIn(node: AstNode): AstNode | null {
  if (node.type !== 'binary') return null;
  if (node.value === '=' || node.value === '!=') return node;
  return (node.value === 'or' || node.value === 'and') && node.rhs ? comparisonIn(node.rhs) : null;
}

function kindFault(
  operator: string,
  name: string,
  field: Type,
  given: Type,
): Pick<FormulaFault, 'message' | 'remedy'> | null {
  // Several found values are a list.
  if ((field.spread && kindOf(given) === 'array') || (given.spread && kindOf(field) === 'array')) return null;
  const theirs = new Set(given.alternatives.map(({ kind }) => kind));
  if (field.alternatives.some(({ kind }) => theirs.has(kind))) return null;
  const [is, isGiven] = [kindOf(field), kindOf(given)];
  if (is === null || isGiven === null) return null;
  if (is === 'null' || isGiven === 'null') return nullFault(operator);
  const what = ORDERED.has(operator) ? 'be put in order' : operator === '!=' ? 'be anything but different' : 'be equal';
  const message = `${name} is ${kindName(is)}: it cannot ${what} with ${kindName(isGiven)}`;
  return {
    message: message.replace('equal with', 'equal to').replace('different with', 'different from'),
    remedy: kindRemedy(is, isGiven),
  };
}

function nullFault(operator: string): Pick<FormulaFault, 'message' | 'remedy'> | null {
  if (operator !== '=') return null;
  return {
    message: 'Null is absent in formulas: nothing equals it',
    remedy: 'Ask $not($exists( )) for what is missing.',
  };
}

function kindRemedy(is: Kind, given: Kind): string {
  if (is === 'array') return "Ask with in: 'text' in list.";
  if (is === 'boolean') return 'Compare it with true or false, without quotes.';
  if (is === 'number' && given === 'string') return 'Write the number without quotes.';
  if (is === 'string' && given === 'number') return 'Write the number in quotes.';
  return is === 'object' ? 'Compare one of its fields.' : `Compare it with ${kindName(is)}.`;
}

/** Reports values that a field never has, each where it is written. */
function checkValues(given: AstNode, name: string, field: Type, written: Type, inference: Inference): void {
  const possible = valuesOf(field);
  if (possible === null || valuesOf(written) === null) return;
  const nodes = given.type === 'unary' ? (given.expressions ?? []) : [given];
  for (const node of nodes) {
    const { value } = node;
    if (!LITERALS.has(node.type) || possible.some((one) => one === value)) continue;
    const close = typeof value === 'string' ? suggest(value, possible.map(String)) : null;
    const remedy = close ? `Did you mean '${close}'?` : `It is one of: ${possible.slice(0, MOST_LISTED).join(', ')}.`;
    const message = `${name} is never ${typeof value === 'string' ? `'${value}'` : String(value)}`;
    const offset = startOf(node, inference.text);
    inference.report({ code: 'MAPPING_CONDITION', severity: 'warning', offset, message, remedy });
  }
}

/** All values that a value can have; null when they are not known. */
function valuesOf({ alternatives }: Type): ScalarType['values'] {
  const lists = alternatives.map((one) => ('values' in one ? one.values : null));
  return lists.some((list) => list === null) ? null : lists.flatMap((list) => list ?? []);
}

/** One value against what may be several: true only as long as there is one. */
function reportSpread(lhs: AstNode, rhs: AstNode, left: Type, right: Type, scene: Scene, inference: Inference): void {
  const [many, one, node] = left.spread ? [left, right, lhs] : [right, left, rhs];
  if (!many.spread || mayBeMany(one) || isOpen(one) || node.type !== 'path') return;
  const remedy = `Ask with in: ${sourceOf(node === lhs ? rhs : lhs, inference.text) || "'value'"} in ${sourceOf(node, inference.text) || 'list'}.`;
  reportList(many.spread, 'a comparison takes one value', scene, inference, remedy);
}

/** True for a value that is written out, or a list of such. */
function isLiteral({ type, value, expressions }: AstNode): boolean {
  return LITERALS.has(type) || (type === 'unary' && value === '[' && (expressions ?? []).every(isLiteral));
}
