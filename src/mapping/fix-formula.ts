import type { TextEdit } from '../core/lint.ts';
import type { FormulaChecker } from '../ports/transform-engine.ts';
import type { YamlScalar } from './yaml-node.ts';

const KEY_BEFORE = /^( *(?:- +)*)(?:[\w.-]+|"[^"\n]*"|'[^'\n]*')\s*:[ \t]+(?=\S)/;
const ALWAYS_FORMULA = /^ *(?:- +)*(?:when|each|member|transform)\s*:/;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Quotes a plain formula inside `{ }` or `[ ]`; null where its end cannot be told on its line. */
export function quotedInFlow(text: string, start: number): TextEdit | null {
  const end = flowEnd(text, start);
  return end === null ? null : { start, end, text: quoted(text.slice(start, end)) };
}

/** Quotes the plain formula inside `{ }` or `[ ]` over which YAML stumbles at `offset`; null when none stands before it. */
export function quotedBefore(text: string, offset: number): TextEdit | null {
  const line = text.slice(lineStart(text, offset), offset);
  const last = [...line.matchAll(/[[{,:] *(?==)/g)].at(-1);
  if (!last || !/[[{]/.test(line.slice(0, last.index + 1))) return null;
  return quotedInFlow(text, lineStart(text, offset) + last.index + last[0].length);
}

/** Takes the blanks before the `=` of a quoted formula away; null where they are written otherwise. */
export function withoutBlanks({ start }: YamlScalar, text: string): TextEdit | null {
  const pattern = /["'][ \t]+(?==)/y;
  pattern.lastIndex = start;
  const blanks = pattern.exec(text)?.[0];
  return blanks === undefined ? null : { start: start + 1, end: start + blanks.length, text: '' };
}

/** Keeps a plain formula from the comment that cuts it: takes the ` #` in, or where that is a comment, leaves it out. */
export function keptFromComment(node: YamlScalar, text: string, checker: FormulaChecker): TextEdit | null {
  const { start, end, inFlow } = node;
  const whole = inFlow ? quotedInFlow(text, start) : quotedOrMoved(text, start);
  if (whole !== null && parses(text.slice(whole.start, inFlow ? whole.end : regionEnd(text, start)), checker))
    return whole;
  const stump = text.slice(start, end);
  return parses(stump, checker) && !stump.includes('\n') ? { start, end, text: quoted(stump) } : null;
}

/** Quotes the formula of the line that YAML cannot read, or moves it after `|`; null when that line holds none. */
export function quotedLine(text: string, offset: number): TextEdit | null {
  const start = valueStart(text, lineStart(text, offset));
  if (start === null) return null;
  const end = regionEnd(text, start);
  const comment = commentIn(text.slice(start, end));
  if (comment === null) return quotedOrMoved(text, start);
  const value = text.slice(start, start + comment).trimEnd();
  return text.slice(start, end).includes('\n') ? null : { start, end: start + value.length, text: quoted(value) };
}

/** Moves a formula over several lines after `|`, from the line on which YAML lost it. */
export function movedLines(text: string, offset: number): TextEdit | null {
  for (let at = lineStart(text, offset); ; at = lineStart(text, at - 1)) {
    const start = valueStart(text, at);
    if (start !== null) {
      const value = text.slice(start, regionEnd(text, start));
      return start + value.length > offset && commentIn(value) === null ? quotedOrMoved(text, start) : null;
    }
    if (at === 0) return null;
  }
}

/** Quotes a value of one line; one of several lines, or with both kinds of quotes, goes after `|`. */
function quotedOrMoved(text: string, start: number): TextEdit {
  const end = regionEnd(text, start);
  const value = text.slice(start, end);
  if (!value.includes('\n') && !(value.includes('"') && value.includes("'")))
    return { start, end, text: quoted(value) };
  const indent = indentOf(text, start);
  const [first = '', ...rest] = value.split('\n');
  const indents = rest.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const least = Math.min(...indents, Number.POSITIVE_INFINITY);
  if (Number.isFinite(least) && least > indent) return { start, end, text: `|\n${' '.repeat(least)}${value}` };
  const lines = [first, ...rest].map((line) => `${' '.repeat(indent + 2)}${line.trim()}`.trimEnd());
  return { start, end, text: `|\n${lines.join('\n')}` };
}

function quoted(value: string): string {
  return value.includes('"') || value.includes('\\') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
}

/** Where a comment begins after a formula: at a ` #` outside of its quotes; null when there is none. */
function commentIn(value: string): number | null {
  const match = /^(?:"[^"]*"|'[^']*'|`[^`]*`|(?!\s#).)*?\s#/s.exec(value);
  return match === null ? null : match[0].length - 1;
}

/** Where the formula on this line begins, after its key; null when there is none, or it is quoted already. */
function valueStart(text: string, start: number): number | null {
  const end = lineEnd(text, start);
  const line = text.slice(start, end);
  const before = KEY_BEFORE.exec(line)?.[0];
  if (before === undefined) return null;
  const value = line.slice(before.length);
  const isFormula = value.startsWith('=') || (ALWAYS_FORMULA.test(line) && !/^([|>{[]|["']=)/.test(value));
  return isFormula ? start + before.length : null;
}

/** The end of the value that starts here: its line and the deeper ones below, and those that YAML takes for `?` and `:`. */
function regionEnd(text: string, start: number): number {
  const indent = indentOf(text, start);
  let end = lineEnd(text, start);
  for (let at = end + 1; at < text.length; at = lineEnd(text, at) + 1) {
    const line = text.slice(at, lineEnd(text, at));
    const deep = line.search(/\S/);
    if (deep < 0) continue;
    if (deep < indent || (deep === indent && !/^\s*[?:] /.test(line))) break;
    end = lineEnd(text, at);
  }
  return start + text.slice(start, end).trimEnd().length;
}

/** The column of the key whose value starts at `start`, that of the hyphen's content in a list. */
function indentOf(text: string, start: number): number {
  return /^ *(?:- +)*/.exec(text.slice(lineStart(text, start), start))?.[0].length ?? 0;
}

/** The end of a formula inside a flow collection: at the comma or bracket that is not its own. */
function flowEnd(text: string, start: number): number | null {
  const open: string[] = [];
  const stop = lineEnd(text, start);
  for (let at = start; at < stop; at++) {
    const character = text[at] ?? '';
    if ('"\'`'.includes(character)) {
      const close = text.indexOf(character, at + 1);
      if (close < 0 || close >= stop) return null;
      at = close;
    } else if (character in CLOSING) open.push(CLOSING[character] ?? '');
    else if (character === open.at(-1)) open.pop();
    else if (open.length === 0 && ',]}'.includes(character)) return start + text.slice(start, at).trimEnd().length;
  }
  return null;
}

function parses(value: string, checker: FormulaChecker): boolean {
  return checker.check(value.replace(/^=/, '').trimEnd()).every(({ code }) => code !== 'MAPPING_FORMULA_SYNTAX');
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}
