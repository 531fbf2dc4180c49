import type { FormulaChecker, FormulaFault } from '../ports/transform-engine.ts';
import { type AstNode, parseFormula } from './ast.ts';
import { unknownNames } from './unknown-names.ts';

/** CONTRACT §6. */
const MAX_FORMULA_BYTES = 16 * 1024;

/** What JSONata throws for a formula that it cannot parse. */
interface SyntaxFault {
  readonly message?: unknown;
  /** The offset behind the token at fault. */
  readonly position?: unknown;
  readonly token?: unknown;
  /** What stands where something else was expected, or the token where none is named. */
  readonly value?: unknown;
}

/** Builds the checker of formulas. */
export function createFormulaChecker(): FormulaChecker {
  return { check };
}

function check(text: string): readonly FormulaFault[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FORMULA_BYTES) {
    const message = `The formula is ${Math.ceil(bytes / 1024)} kB; at most ${MAX_FORMULA_BYTES / 1024} kB.`;
    return [{ code: 'MAPPING_TOO_LARGE', offset: 0, message }];
  }
  if (text.trim() === '') return [syntaxFault(0, 'The formula is empty.')];
  try {
    const ast: AstNode = parseFormula(text);
    return unknownNames(ast, text);
  } catch (error) {
    return [faultOf(error, text)];
  }
}

function faultOf(error: unknown, text: string): FormulaFault {
  if (error instanceof RangeError) return syntaxFault(0, 'The formula is nested too deeply.');
  if (error instanceof SyntaxError) return syntaxFault(patternOffset(error.message, text), error.message);
  const { message, position, token, value }: SyntaxFault = typeof error === 'object' && error !== null ? error : {};
  const said = typeof message === 'string' ? message : 'The formula cannot be read.';
  return syntaxFault(tokenOffset(text, position, token ?? value), said.replaceAll('"(end)"', 'the end'));
}

function syntaxFault(offset: number, message: string): FormulaFault {
  return { code: 'MAPPING_FORMULA_SYNTAX', offset, message };
}

/** JSONata points behind the token; people look for its beginning. */
function tokenOffset(text: string, position: unknown, token: unknown): number {
  const behind = typeof position === 'number' ? Math.min(position, text.length) : 0;
  if (token === '(end)') return behind;
  const start = behind - String(token ?? '').length;
  return start >= 0 && text.startsWith(String(token ?? ''), start) ? start : Math.max(0, behind - 1);
}

/** JavaScript refuses a pattern without saying where it stands, but quotes it. */
function patternOffset(message: string, text: string): number {
  const pattern = /^Invalid regular expression: \/(.*)\/[a-z]*: /s.exec(message)?.[1];
  return pattern === undefined ? 0 : Math.max(0, text.indexOf(`/${pattern}/`));
}
