import type { FormulaFault } from '../ports/transform-engine.ts';
import { excelRemedyAround } from './excel-habits.ts';

/** What JSONata throws for a formula that it cannot parse. */
interface Thrown {
  readonly message?: unknown;
  /** The offset behind the token at fault. */
  readonly position?: unknown;
  readonly token?: unknown;
  /** What stands where something else was expected, or the token where none is named. */
  readonly value?: unknown;
}

/** What another language has; `instead` where it can simply be replaced. */
interface Habit {
  readonly found: RegExp;
  readonly message: string;
  readonly remedy: string;
  readonly instead?: string;
}

/** What people write who come from other languages or from spreadsheets, around the place where JSONata stumbles. */
const HABITS: readonly Habit[] = [
  { found: /!==?/y, message: 'JSONata knows no !==', remedy: 'Write != instead of !==.', instead: '!=' },
  { found: /={2,3}/y, message: 'JSONata compares with a single =', remedy: 'Write = instead of ==.', instead: '=' },
  { found: /&&/y, message: 'JSONata knows no &&', remedy: 'Write and instead of &&.' },
  { found: /\|\|/y, message: 'JSONata knows no ||', remedy: 'Write or instead of ||.' },
  { found: /<>/y, message: 'JSONata knows no <>', remedy: 'Write != instead of <>.', instead: '!=' },
  { found: /!(?!=)/y, message: 'JSONata knows no !', remedy: 'Write $not( ) around the condition.' },
  { found: /(?<!\w)AND\b/y, message: 'JSONata writes and in small letters', remedy: 'Write and.', instead: 'and' },
  { found: /(?<!\w)OR\b/y, message: 'JSONata writes or in small letters', remedy: 'Write or.', instead: 'or' },
  { found: /;/y, message: 'A function takes its values between commas', remedy: 'Write , instead of ;.' },
  { found: /(?<=\d),(?=\d)/y, message: 'Decimals are written with a point', remedy: 'Write 1.5, not 1,5.' },
  { found: /(?<=\d)%\s*$/y, message: 'JSONata knows no percent', remedy: 'Write 0.1 instead of 10%.' },
  { found: /\^\s*\d/y, message: 'JSONata raises with no ^', remedy: 'Write $power(number, 2) instead of number^2.' },
  { found: /[^\s'"]*[“”„‘’]/y, message: 'Curly quotation marks hold no text', remedy: "Write ' on both sides." },
  { found: /\}\}/y, message: 'A formula knows no {{ }}', remedy: 'Write the formula without {{ and }}.' },
];

/** The fault of a formula that does not parse: at the token JSONata stumbles over, in words for people. */
export function syntaxFaultOf(error: unknown, text: string): FormulaFault {
  if (text.trim() === '') return syntaxFault(0, 'The formula is empty.');
  if (error instanceof RangeError) return syntaxFault(0, 'The formula is nested too deeply.');
  if (error instanceof SyntaxError) return syntaxFault(patternOffset(error.message, text), error.message);
  const { message, position, token, value }: Thrown = typeof error === 'object' && error !== null ? error : {};
  const offset = tokenOffset(text, position, token ?? value);
  const habit = habitAt(text, offset);
  if (habit) return text[offset] === ';' ? inCall(habit, text, offset) : habit;
  const said = typeof message === 'string' ? message : 'The formula cannot be read.';
  return syntaxFault(offset, said.replaceAll('"(end)"', 'the end'));
}

/** The token at fault may be the second character of what was meant as one operator. */
function habitAt(text: string, offset: number): FormulaFault | null {
  for (const start of [offset - 2, offset - 1, offset].filter((one) => one >= 0)) {
    for (const { found, message, remedy, instead } of HABITS) {
      found.lastIndex = start;
      const [from = ''] = found.exec(text) ?? [];
      const rename = instead === undefined ? {} : { rename: { from, to: instead } };
      const end = start + from.length;
      if (from !== '' && (end > offset || end === text.length))
        return { ...syntaxFault(start, message), remedy, ...rename };
    }
  }
  return null;
}

/** A spreadsheet's function needs more than another separator. */
function inCall(fault: FormulaFault, text: string, offset: number): FormulaFault {
  const remedy = excelRemedyAround(text, offset);
  return remedy === undefined ? fault : { ...fault, remedy };
}

function syntaxFault(offset: number, message: string): FormulaFault {
  return { code: 'MAPPING_FORMULA_SYNTAX', severity: 'error', offset, message };
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
