import type { Json } from '../core/json.ts';
import type { FormulaValue } from '../ports/transform-engine.ts';
import { harmless, styled } from './terminal.ts';

const LONGEST_VALUE = 200;

/** A value as short JSON; `nothing` where there is none. */
export function valueText(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return harmless(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

/** Each formula with its value, one a line, in columns. */
export function formulaLines(formulas: readonly FormulaValue[]): readonly string[] {
  const width = Math.max(0, ...formulas.map(({ path }) => path.length));
  const shown = formulas.map(({ value }) => valueText(value ?? undefined));
  const valueWidth = Math.min(40, Math.max(0, ...shown.map(({ length }) => length)));
  return formulas.map(({ path, formula }, index) => {
    const value = (shown[index] ?? '').padEnd(valueWidth);
    return `  ${path.padEnd(width)}  ${value}  ${styled('dim', `= ${harmless(formula.trim().replace(/\s+/g, ' '))}`)}`;
  });
}
