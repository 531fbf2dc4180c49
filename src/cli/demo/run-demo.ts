import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { type Board, createBoard } from './board.ts';
import type { Display } from './display.ts';
import { hintLines, introLines, writeHintFiles } from './hints.ts';
import { play } from './play.ts';
import { rehearse } from './rehearsal.ts';
import { type Scene, scenario } from './scenario.ts';
import { type DemoSite, openSite } from './site.ts';
import { type DemoState, isSettled } from './state.ts';
import { type Summary, summaryOf, summaryText } from './summary.ts';

/** How a demo is run. */
export interface DemoOptions {
  /** Whether it ends when everything has settled; else it stays up until the signal. */
  readonly once: boolean;
  readonly display: Display;
  readonly clock: Clock;
  /** Ends the demo. */
  readonly signal: AbortSignal;
  /** Multiplies the pauses between the webhooks; 1 is made for people. */
  readonly pace: number;
  /** How long Bloomreach is down, in ms. */
  readonly outageMs: number;
  /** How long everything may take to settle, counted from the start, in ms. */
  readonly settleWithinMs: number;
}

/** What a demo came to. */
export interface DemoEnd {
  readonly settled: boolean;
  readonly summary: Summary;
  /** Where its config, database and log were; still there only when it had its time and did not settle. */
  readonly dir: string;
}

const SETTLED = 'All has settled. What you try shows up here. Ctrl-C ends and deletes the demo.';
const UNSETTLED = 'Not everything has settled in time. Ctrl-C ends the demo.';

/** Sets everything up, plays the scenario, shows what comes of it, and takes everything down again. */
export async function runDemo(options: DemoOptions): Promise<DemoEnd> {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-demo-'));
  let keep = false;
  try {
    const site = await openSite(dir, options.clock);
    const end = await present(site, options).finally(() => site.close());
    keep = !end.settled && !options.signal.aborted;
    return { ...end, dir };
  } finally {
    if (!keep) rmSync(dir, { recursive: true, force: true });
  }
}

async function present(site: DemoSite, options: DemoOptions): Promise<Omit<DemoEnd, 'dir'>> {
  const { once, display, clock, signal, outageMs } = options;
  const scenes = scenario({ outageMs });
  const board = createBoard({ site, display, clock, planned: rehearse(scenes, site.cast.beganAtMs).length });
  display.print(introLines(site));
  const { state, settled } = await tell(scenes, { site, board }, options);
  const end = { settled, summary: summaryOf(state.stats) };
  const closing = ['', summaryText(end.summary), ''];
  if (once || signal.aborted) {
    display.finish(closing);
    return end;
  }
  board.caption(settled ? SETTLED : UNSETTLED);
  writeHintFiles(site);
  display.print([...closing, ...hintLines(site, state.deliveries)]);
  await board.follow(() => false, signal);
  return end;
}

/** Plays the scenes and resolves with the last state: all has settled, the time is up, or the signal aborted. */
async function tell(
  scenes: readonly Scene[],
  { site, board }: { readonly site: DemoSite; readonly board: Board },
  { clock, signal: stop, pace, settleWithinMs }: DemoOptions,
): Promise<{ readonly state: DemoState; readonly settled: boolean }> {
  const ending = new AbortController();
  const signal = AbortSignal.any([stop, ending.signal]);
  let told = false;
  const isDone = (state: DemoState) => told && isSettled(state);
  const isLate = (state: DemoState) => state.nowMs - state.startedAtMs > settleWithinMs;
  const playing = play(scenes, { site, clock, signal, pace, onCaption: board.caption })
    .then(() => {
      told = true;
    })
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  const following = board.follow((now) => isDone(now) || isLate(now), signal).finally(() => ending.abort());
  try {
    const [state] = await Promise.all([following, playing]);
    return { state, settled: isDone(state) };
  } finally {
    ending.abort();
  }
}
