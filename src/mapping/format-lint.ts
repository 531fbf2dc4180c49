import type { Lint } from '../core/lint.ts';

const SHOWN_WIDTH = 160;
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A finding as people read it: `file:line:col: error CODE message`, the source line with a caret under the column, and
 * the remedy. `text` is the file's text with LF line ends; null leaves the source line out. No colours.
 */
export function formatLint(lint: Lint, text: string | null): string {
  const { file, line, column, severity, code, message, remedy } = lint;
  const head = `${file}:${line}:${column}: ${severity} ${code} ${message.replaceAll(CONTROL, '�')}`;
  const source = text?.split('\n', line)[line - 1];
  const excerpt = source ? excerptOf(source, column) : [];
  return [head, ...excerpt, `  remedy: ${remedy.replaceAll(CONTROL, '�')}`].join('\n');
}

/** The source line, windowed when it is long, and the caret; tabs keep their width, control characters show as �. */
function excerptOf(source: string, column: number): readonly string[] {
  const from = column <= SHOWN_WIDTH ? 0 : column - SHOWN_WIDTH / 2;
  const window = source.slice(from, from + SHOWN_WIDTH);
  const before = [...window.slice(0, column - 1 - from)];
  const padding = before.map((character) => (character === '\t' ? '\t' : ' ')).join('');
  const visible = window.replaceAll(CONTROL, (character) => (character === '\t' ? '\t' : '�'));
  return [`  ${visible}`, `  ${padding}^`];
}
