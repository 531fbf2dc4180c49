import { clockStep, LONGEST_STEP_MS, skippedMs, type TimeSkip } from '../core/time-skip.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';

/** What watching the clock needs. */
export interface ClockWatchTools {
  readonly store: Pick<Store, 'checkpoint' | 'learn' | 'hasten'>;
  readonly log: Logger;
  /** Told after pending deliveries were made due: a hint. */
  readonly onHastened: () => void;
}

/** Time that nothing ages in. */
export interface SkippedTime {
  /** The skips known now; the same list until there is another. */
  skips(): readonly TimeSkip[];
}

/** How much of a time was skipped; nothing where skips are not known. */
export function skippedIn(time: SkippedTime | undefined, fromMs: number, toMs: number): number {
  return time === undefined ? 0 : skippedMs(time.skips(), fromMs, toMs);
}

/** A clock whose jumps are noticed by whoever asks for the time first. */
export interface ClockWatch extends SkippedTime {
  /** The same time; asking costs next to nothing more. */
  readonly clock: Clock;
  /** Goes on from what was kept when the process before this one ended: nothing ages while nothing runs. */
  begin(tools: Pick<ClockWatchTools, 'store'>): Promise<void>;
  /** Keeps what is known, and makes due what a clock set back would let wait too long. Always 0. */
  step(tools: ClockWatchTools): Promise<number>;
}

/** What is kept. */
interface Kept {
  readonly seenMs: number;
  readonly skips: readonly TimeSkip[];
}

const CHECKPOINT = 'clock';
/** How often the time is kept, in ms. */
const KEEP_EVERY_MS = LONGEST_STEP_MS / 2;

/** Watches a clock from now on. */
export function watchClock(clock: Clock): ClockWatch {
  let seenMs = clock.now();
  let skips: readonly TimeSkip[] = [];
  let isBack = false;
  let keptAtMs = Number.NEGATIVE_INFINITY;
  let toldOf = { aheadMs: 0, backMs: 0 };

  function look(nowMs: number): void {
    const step = clockStep(skips, seenMs, nowMs);
    toldOf = step.isBack
      ? { ...toldOf, backMs: toldOf.backMs + seenMs - nowMs }
      : { ...toldOf, aheadMs: toldOf.aheadMs + nowMs - seenMs };
    skips = step.skips;
    isBack ||= step.isBack;
    // A jump is kept at once.
    keptAtMs = Number.NEGATIVE_INFINITY;
  }

  function now(): number {
    const nowMs = clock.now();
    if (Math.abs(nowMs - seenMs) > LONGEST_STEP_MS) look(nowMs);
    seenMs = nowMs;
    return nowMs;
  }

  async function keep({ store }: Pick<ClockWatchTools, 'store'>, nowMs: number): Promise<void> {
    const kept: Kept = { seenMs: nowMs, skips };
    await store.learn([], { name: CHECKPOINT, value: JSON.stringify(kept) }, nowMs);
    keptAtMs = nowMs;
  }

  return {
    clock: { now, random: () => clock.random(), sleep: (ms, signal) => clock.sleep(ms, signal) },
    skips: () => skips,
    async begin({ store }) {
      const text = await store.checkpoint(CHECKPOINT);
      if (text === null) return;
      const kept = JSON.parse(text) as Kept;
      ({ skips, isBack } = clockStep(kept.skips, kept.seenMs, now()));
    },
    async step(tools) {
      const nowMs = now();
      tell(toldOf, tools.log);
      toldOf = { aheadMs: 0, backMs: 0 };
      if (nowMs - keptAtMs >= KEEP_EVERY_MS) await keep(tools, nowMs);
      if (!isBack) return 0;
      await hastenAll(tools, nowMs);
      isBack = false;
      return 0;
    },
  };
}

async function hastenAll({ store, onHastened }: ClockWatchTools, nowMs: number): Promise<void> {
  for (let after: number | null = 0; after !== null; ) after = await store.hasten(after, nowMs);
  onHastened();
}

function tell({ aheadMs, backMs }: { readonly aheadMs: number; readonly backMs: number }, log: Logger): void {
  const stage = 'clock';
  if (aheadMs > 0) log.warn({ stage, ms: aheadMs }, 'the clock jumped ahead, or nothing ran: nothing aged meanwhile');
  if (backMs > 0) log.warn({ stage, ms: backMs }, 'the clock was set back: what is open is tried now, not too late');
}
