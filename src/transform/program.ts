import jsonata from 'jsonata';
import type { Formula, Mapping, Template } from '../core/mapping.ts';
import { type AstNode, astOf, walk } from './ast.ts';
import { FormulaFailure, failureOf } from './failure.ts';
import { CONCATENATE } from './functions.ts';
import type { Guard } from './guard.ts';

/** What of a mapping runs. */
export type ProgramSource = Pick<Mapping, 'when' | 'each' | 'member' | 'transform'>;

/** A formula ready to run. */
export interface CompiledFormula {
  readonly formula: Formula;
  readonly expression: jsonata.Expression;
  /** Whether running it may leave marks in its input, which then must be a copy. */
  readonly marksInput: boolean;
}

/** A template as JSON text with gaps: each formula has its number. */
export type CompiledTemplate =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'formula'; readonly index: number }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [keyText: string, node: CompiledTemplate])[] }
  | { readonly kind: 'array'; readonly items: readonly CompiledTemplate[] };

/** A mapping compiled once: holds no state between runs. */
export interface Program<Compiled> {
  readonly when: Compiled | null;
  readonly each: Compiled | null;
  readonly member: Compiled | null;
  /** The formulas of the transform, in the order they stand. */
  readonly formulas: readonly Compiled[];
  /** What the transform is made of; its formulas are numbered as in `formulas`. */
  readonly template: CompiledTemplate;
  /** Whether the transform is one expression, whose result must be an object. */
  readonly isExpression: boolean;
}

/** Compiles what of a mapping runs, formula by formula in the order they run. Throws what `compile` throws. */
export function compileProgram<Compiled>(
  source: ProgramSource,
  compile: (formula: Formula) => Compiled,
): Program<Compiled> {
  const optional = (formula: Formula | null) => (formula === null ? null : compile(formula));
  const formulas: Compiled[] = [];
  const { transform } = source;
  return {
    when: optional(source.when),
    each: optional(source.each),
    member: optional(source.member),
    template: numbered(transform.kind === 'template' ? transform.template : { ...transform, kind: 'formula' }, (each) =>
      formulas.push(compile(each)),
    ),
    formulas,
    isExpression: transform.kind === 'expression',
  };
}

/** `add` keeps a formula and says how many there are then. */
function numbered(template: Template, add: (formula: Formula) => number): CompiledTemplate {
  switch (template.kind) {
    case 'literal':
      return { kind: 'literal', text: JSON.stringify(template.value) };
    case 'formula':
      return { kind: 'formula', index: add(template.formula) - 1 };
    case 'object':
      return { kind: 'object', entries: inOrder(template.entries.map(([key, node]) => [key, numbered(node, add)])) };
    case 'array':
      return { kind: 'array', items: template.items.map((item) => numbered(item, add)) };
  }
}

/** Members in the order in which JavaScript would list them: keys that are numbers first. */
function inOrder(
  entries: readonly (readonly [string, CompiledTemplate])[],
): readonly (readonly [string, CompiledTemplate])[] {
  // Keys come from a file: without a prototype none of them is special.
  const members: Record<string, CompiledTemplate> = Object.assign(Object.create(null), Object.fromEntries(entries));
  return Object.entries(members).map(([key, node]) => [`${JSON.stringify(key)}:`, node]);
}

/** Compiles a formula for JSONata. Throws `FormulaFailure` when it does not compile. */
export function compileFormula(formula: Formula, guard: Guard): CompiledFormula {
  try {
    const expression = jsonata(formula.text, guard.options);
    return { formula, expression, marksInput: adapt(astOf(expression)) };
  } catch (error) {
    throw new FormulaFailure(failureOf(error, formula.path));
  }
}

/** Makes `&` a call of ours, which limits the text it builds; tells whether the formula may mark its input. */
function adapt(ast: AstNode): boolean {
  let marks = false;
  walk(ast, (node) => {
    marks ||= marksInput(node);
    if (node.type === 'binary' && node.value === '&') callConcatenate(node);
  });
  return marks;
}

/** Groupings push into empty lists, `[]` flags lists, and the pattern of `~> |…|` may reach beyond the clone. */
function marksInput(node: AstNode): boolean {
  return (
    node.type === 'transform' || node.group !== undefined || node.keepArray === true || node.keepSingletonArray === true
  );
}

function callConcatenate(node: AstNode): void {
  const { lhs, rhs, position } = node;
  if (!lhs || !rhs) return;
  node.type = 'function';
  node.value = '(';
  node.procedure = { type: 'variable', value: CONCATENATE, ...(position === undefined ? {} : { position }) };
  node.arguments = [lhs, rhs];
  delete node.lhs;
  delete node.rhs;
}
