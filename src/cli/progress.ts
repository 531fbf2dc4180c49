import type { Clock } from '../ports/clock.ts';
import { fitted } from './output.ts';

/** How far something long has come, shown while it runs. */
export interface Progress {
  /** @param total null = nobody knows. */
  show(label: string, done: number, total: number | null): void;
  /** Words that stay, above what changes. */
  note(words: string): void;
  /** Leaves the last state standing. */
  end(): void;
}

/** A stream that may be a terminal. */
type Output = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'isTTY'>;

const CLEAR_LINE = '\r\u001b[2K';
const BAR_WIDTH = 24;
const REDRAW_MS = 100;
const LINE_EVERY_MS = 5_000;

/** A bar on a terminal; elsewhere a line now and then. Counts read `what`, such as `members`. */
export function createProgress(output: Output, what: string, clock: Pick<Clock, 'now'>): Progress {
  const everyMs = output.isTTY ? REDRAW_MS : LINE_EVERY_MS;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let shown: string | null = null;
  let latest: string | null = null;
  const draw = (): void => {
    if (latest === null || latest === shown) return;
    output.write(output.isTTY ? `${CLEAR_LINE}${fitted(latest, output.columns || 80)}` : `${latest}\n`);
    shown = latest;
    shownAtMs = clock.now();
  };
  return {
    show(label, done, total) {
      latest = lineOf(label, `${counted(done)} ${what}`, total === null ? null : { done, total }, output.isTTY);
      if (clock.now() - shownAtMs >= everyMs) draw();
    },
    note(words) {
      output.write(`${output.isTTY ? CLEAR_LINE : ''}${words}\n`);
      shown = null;
    },
    end() {
      draw();
      if (output.isTTY && shown !== null) output.write('\n');
      latest = null;
    },
  };
}

interface Share {
  readonly done: number;
  /** About: it may be passed. */
  readonly total: number;
}

function lineOf(label: string, count: string, share: Share | null, isTTY: boolean): string {
  if (share === null || share.total <= 0) return `${label}  ${count}`;
  const part = Math.min(1, share.done / share.total);
  const filled = Math.round(part * BAR_WIDTH);
  const bar = isTTY ? `  ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}` : '';
  return `${label}${bar}  ${String(Math.floor(part * 100)).padStart(3)} %  ${count} of about ${counted(share.total)}`;
}

/** A number with its thousands apart. */
export function counted(number: number): string {
  return number.toLocaleString('en-US');
}
