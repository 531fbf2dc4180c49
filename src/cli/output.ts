import { stripVTControlCharacters } from 'node:util';
import { Option } from 'commander';
import { harmless, print, say, styled } from './terminal.ts';

/** How data is printed. */
export type OutputFormat = 'table' | 'json' | 'ndjson';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null;
  /** Styles a cell after it was padded. */
  readonly style?: (text: string, row: Row) => string;
}

/** A fresh `-o` option. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'ndjson']).default('table');
}

/** Prints rows; `json` prints the list as the API answers it. */
export function printList<Row>(
  list: { readonly items: readonly Row[]; readonly next: string | null },
  columns: readonly Column<Row>[],
  format: OutputFormat,
): void {
  if (format === 'json') print(JSON.stringify(list, null, 2));
  if (format === 'ndjson') for (const row of list.items) print(JSON.stringify(row));
  if (format !== 'table') return;
  if (list.items.length === 0) say('Nothing found.');
  else print(tableLines(list.items, columns).join('\n'));
  if (list.next) say(styled('dim', `There is more: --cursor ${list.next}`, process.stderr));
}

/** A table as lines, the head first. Cells are freed of control characters. */
export function tableLines<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const cells = rows.map((row) => columns.map(({ value }) => harmless(String(value(row) ?? '-'))));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const pad = (text: string, index: number) => (index === columns.length - 1 ? text : text.padEnd(widths[index] ?? 0));
  const head = columns.map(({ title }, index) => styled('dim', pad(title, index)));
  const lines = cells.map((line, position) =>
    line.map((text, index) => {
      const row = rows[position];
      const style = columns[index]?.style;
      return row !== undefined && style ? style(pad(text, index), row) : pad(text, index);
    }),
  );
  return [head, ...lines].map((line) => line.join('  ').trimEnd());
}

/** Cuts a line to the terminal's width; the styles it holds take no room and stay whole. */
export function fitted(line: string, width: number): string {
  if (stripVTControlCharacters(line).length <= width) return line;
  let room = width - 1;
  const parts = line.split(STYLE_ESCAPE).map((part) => {
    if (part.startsWith(ESCAPE)) return part;
    const shown = part.slice(0, room);
    room -= shown.length;
    return shown;
  });
  return `${parts.join('')}…`;
}

const ESCAPE = '\u001b';
/** In parentheses, so that splitting keeps what it splits at. */
const STYLE_ESCAPE = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);

/** The style of a status or verdict. */
export function statusStyle(text: string, status: string): string {
  if (['delivered', 'routed'].includes(status)) return styled('green', text);
  if (['dead', 'failed', 'rejected', 'unauthorized'].includes(status)) return styled('red', text);
  if (['pending', 'waiting', 'unmatched', 'transient', 'ambiguous', 'accepted'].includes(status))
    return styled('yellow', text);
  return styled('dim', text);
}
