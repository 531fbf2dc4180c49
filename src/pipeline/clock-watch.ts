import { clockStep, LONGEST_STEP_MS, skippedMs, type TimeSkip } from '../core/time-skip.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';

/** What watching the clock needs. */
interface ClockWatchTools {
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

/** Watches a clock from now on; what is further apart than `longestStepMs` is a jump. */
export function watchClock(clock: Clock, longestStepMs: number = LONGEST_STEP_MS): ClockWatch {
  return new JumpWatch(clock, longestStepMs);
}

class JumpWatch implements ClockWatch {
  readonly clock: Clock;
  readonly #raw: Clock;
  readonly #longestStepMs: number;
  #seenMs: number;
  #skips: readonly TimeSkip[] = [];
  /** Whether it was set back, and what is open was not hastened since. */
  #isBack = false;
  #keptAtMs = Number.NEGATIVE_INFINITY;
  #untold = { aheadMs: 0, backMs: 0 };

  constructor(raw: Clock, longestStepMs: number) {
    this.#raw = raw;
    this.#longestStepMs = longestStepMs;
    this.#seenMs = raw.now();
    this.clock = {
      now: () => this.#now(),
      random: () => raw.random(),
      sleep: (ms, signal) => raw.sleep(ms, signal),
    };
  }

  skips(): readonly TimeSkip[] {
    return this.#skips;
  }

  async begin({ store }: Pick<ClockWatchTools, 'store'>): Promise<void> {
    const text = await store.checkpoint(CHECKPOINT);
    if (text === null) return;
    const kept = JSON.parse(text) as Kept;
    const { skips, isBack } = clockStep(kept.skips, kept.seenMs, this.#now(), this.#longestStepMs);
    this.#skips = skips;
    this.#isBack = isBack;
  }

  async step(tools: ClockWatchTools): Promise<number> {
    const nowMs = this.#now();
    tell(this.#untold, tools.log);
    this.#untold = { aheadMs: 0, backMs: 0 };
    if (nowMs - this.#keptAtMs >= KEEP_EVERY_MS) await this.#keep(tools, nowMs);
    if (!this.#isBack) return 0;
    await hastenAll(tools, nowMs);
    this.#isBack = false;
    return 0;
  }

  #now(): number {
    const nowMs = this.#raw.now();
    if (Math.abs(nowMs - this.#seenMs) > this.#longestStepMs) this.#jumped(nowMs);
    this.#seenMs = nowMs;
    return nowMs;
  }

  #jumped(nowMs: number): void {
    const { skips, isBack } = clockStep(this.#skips, this.#seenMs, nowMs, this.#longestStepMs);
    const stepMs = nowMs - this.#seenMs;
    const { aheadMs, backMs } = this.#untold;
    this.#untold = isBack ? { aheadMs, backMs: backMs - stepMs } : { aheadMs: aheadMs + stepMs, backMs };
    this.#skips = skips;
    this.#isBack ||= isBack;
    // A jump is kept at once.
    this.#keptAtMs = Number.NEGATIVE_INFINITY;
  }

  async #keep({ store }: ClockWatchTools, nowMs: number): Promise<void> {
    const kept: Kept = { seenMs: nowMs, skips: this.#skips };
    await store.learn([], { name: CHECKPOINT, value: JSON.stringify(kept) }, nowMs);
    this.#keptAtMs = nowMs;
  }
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
