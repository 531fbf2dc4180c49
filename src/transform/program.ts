import jsonata from 'jsonata';
import type { Json } from '../core/json.ts';
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

/** A template with gaps: each formula has its number. */
export type CompiledTemplate =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'formula'; readonly index: number }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, node: CompiledTemplate])[] }
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
  /** The characters of a request that no formula makes. */
  readonly ownCharacters: number;
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
  const [when, each, member] = [optional(source.when), optional(source.each), optional(source.member)];
  const written = transform.kind === 'template' ? transform.template : ({ ...transform, kind: 'formula' } as const);
  const template = numbered(written, (formula) => formulas.push(compile(formula)));
  return {
    ...{ when, each, member, template, formulas },
    ownCharacters: ownCharacters(template),
    isExpression: transform.kind === 'expression',
  };
}

/** `add` keeps a formula and says how many there are then. */
function numbered(template: Template, add: (formula: Formula) => number): CompiledTemplate {
  switch (template.kind) {
    case 'literal':
      return { kind: 'literal', value: template.value };
    case 'formula':
      return { kind: 'formula', index: add(template.formula) - 1 };
    case 'object':
      return { kind: 'object', entries: template.entries.map(([key, node]) => [key, numbered(node, add)] as const) };
    case 'array':
      return { kind: 'array', items: template.items.map((item) => numbered(item, add)) };
  }
}

/** The characters that a template makes of its own, keys and literals. */
function ownCharacters(node: CompiledTemplate): number {
  if (node.kind === 'literal') return JSON.stringify(node.value).length;
  if (node.kind === 'formula') return 0;
  if (node.kind === 'array') return node.items.reduce((sum, item) => sum + 1 + ownCharacters(item), 2);
  return node.entries.reduce((sum, [key, member]) => sum + key.length + 4 + ownCharacters(member), 2);
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
