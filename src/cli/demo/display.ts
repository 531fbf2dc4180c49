import { stripVTControlCharacters } from 'node:util';
import { plainLines } from './plain-lines.ts';
import { screenLines } from './screen.ts';
import type { DemoState } from './state.ts';

/** Where the demo is shown. */
export interface Display {
  /** Text that stays, above what changes. */
  print(lines: readonly string[]): void;
  /** How things stand now. */
  update(state: DemoState): void;
  /** Last words, below everything. */
  finish(lines: readonly string[]): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

/** A stream that may be a terminal. */
export type Output = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** Rows the live part keeps, however much was printed above it. */
const LEAST_ROWS = 11;

/** One line after another, as things happen. */
export function plainDisplay(output: Output): Display {
  let shown: DemoState | null = null;
  const print = (lines: readonly string[]) => {
    for (const line of lines) output.write(`${line}\n`);
  };
  return {
    print,
    update(state) {
      print(plainLines(shown, state));
      shown = state;
    },
    finish: print,
    close: () => undefined,
  };
}

/** A screen that is redrawn in place below what was printed, whenever it differs. */
export function liveDisplay(output: Output): Display {
  let frame: readonly string[] = [];
  let last: DemoState | null = null;
  let printedRows = 0;

  // Some terminals do not tell their size, or say 0.
  const size = () => ({ columns: output.columns || 80, rows: output.rows || 24 });
  // Lines drawn before the terminal became narrower take more rows now.
  const rowsOf = (lines: readonly string[]) =>
    lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / size().columns)), 0);
  const backToTop = () => (frame.length === 0 ? '\r' : `\r\u001b[${rowsOf(frame)}A`);

  function draw(state: DemoState): void {
    const { columns, rows } = size();
    const room = Math.min(rows - 1, Math.max(LEAST_ROWS, rows - 1 - printedRows));
    const lines = screenLines(state, { columns, rows: room });
    if (lines.join('\n') === frame.join('\n')) return;
    const text = lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('');
    output.write(`${HIDE_CURSOR}${backToTop()}${text}${CLEAR_BELOW}`);
    frame = lines;
  }

  return {
    print(lines) {
      output.write(`${backToTop()}${CLEAR_BELOW}${lines.map((line) => `${line}\n`).join('')}`);
      frame = [];
      printedRows += rowsOf(lines);
      if (last !== null) draw(last);
    },
    update(state) {
      last = state;
      draw(state);
    },
    finish(lines) {
      output.write(lines.map((line) => `${line}\n`).join(''));
    },
    close: () => output.write(SHOW_CURSOR),
  };
}

function widthOf(line: string): number {
  return stripVTControlCharacters(line).length;
}
