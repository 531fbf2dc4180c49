import type { Json } from '../core/json.ts';
import type { FormulaValue } from '../ports/transform-engine.ts';
import { wayOf } from '../runtime/preview.ts';
import { harmless, styled } from './terminal.ts';

const LONGEST_VALUE = 200;
const WAY_WIDTH = 6;

/** A value as short JSON; `nothing` where there is none. */
export function valueText(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return harmless(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

/** A formula's value as it is shown; where the way it runs is known, that too. */
export type ShownFormula = Omit<FormulaValue, 'inline'> & Partial<Pick<FormulaValue, 'inline'>>;

/** Each formula with its value, one a line, in columns. */
export function formulaLines(formulas: readonly ShownFormula[]): readonly string[] {
  const width = Math.max(0, ...formulas.map(({ path }) => path.length));
  const shown = formulas.map(({ value }) => valueText(value ?? undefined));
  const valueWidth = Math.min(40, Math.max(0, ...shown.map(({ length }) => length)));
  return formulas.map(({ path, formula, inline }, index) => {
    const value = (shown[index] ?? '').padEnd(valueWidth);
    const way = inline === undefined ? '' : `${wayOf(inline).padEnd(WAY_WIDTH)}  `;
    const text = harmless(formula.trim().replace(/\s+/g, ' '));
    return `  ${path.padEnd(width)}  ${value}  ${styled('dim', `${way}= ${text}`)}`;
  });
}
