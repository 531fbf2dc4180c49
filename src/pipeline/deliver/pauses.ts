import { type Address, isPaused, type Pause, type PauseCause, type PausedTime, pausedMs } from '../../core/pause.ts';
import type { TimeSkip } from '../../core/time-skip.ts';
import type { Applied, Store } from '../../ports/store.ts';
import type { SkippedTime } from '../clock-watch.ts';
import { type PersistTools, persist } from '../persist.ts';

/** What keeping pauses needs. */
export interface PauseTools extends PersistTools {
  readonly store: Pick<Store, 'pauses' | 'pause' | 'resume'>;
  /** Left out, the clock never jumps. */
  readonly skipped?: SkippedTime;
}

/** The destination or endpoint that is paused. */
type Paused = Pick<Pause, 'destination' | 'endpoint'>;

/** The pauses of every destination, in memory as they are in the store. */
export interface Pauses {
  /** Those of a destination and its endpoints that go on. */
  ongoing(destination: string): readonly Pause[];
  isPaused(address: Address): boolean;
  /** For how long of that time the address was paused, or the clock skipped it, in ms. */
  pausedMs(address: Address, fromMs: number, toMs: number): number;
  /** Pauses by hand, once it is stored. Rejects, and changes nothing, when the store refuses. */
  pauseByHand(paused: Paused, detail: string): Promise<Applied>;
  /** Ends every pause of exactly this, whatever its cause, once it is stored. Rejects as above. */
  resumeByHand(paused: Paused): Promise<Applied>;
  /** Pauses at once, and stores it as soon as the store takes it. */
  refused(paused: Paused, detail: string): Promise<void>;
  /** Ends what `refused` began. */
  accepted(paused: Paused): Promise<void>;
}

const NONE: readonly Pause[] = [];
/** How far back pauses are kept in memory, in ms: longer than anything is tried. */
const REMEMBERED_MS = 90 * 24 * 60 * 60 * 1000;

/** Loads what is stored. */
export async function loadPauses(tools: PauseTools): Promise<Pauses> {
  return createPauses(await tools.store.pauses(tools.clock.now() - REMEMBERED_MS), tools);
}

/** Begins with what was stored before. */
export function createPauses(stored: readonly Pause[], tools: PauseTools): Pauses {
  const book = new PauseBook();
  for (const pause of stored) book.add(pause);
  const { store, clock, log } = tools;

  async function begin(paused: Paused, cause: PauseCause, detail: string): Promise<Applied> {
    return store.pause({ ...paused, cause, detail, sinceMs: clock.now() });
  }

  return {
    ongoing: (destination) => book.ongoing(destination),
    isPaused: (address) => isPaused(book.ongoing(address.destination), address),
    pausedMs: (address, fromMs, toMs) =>
      pausedMs(withSkips(book.all(address.destination), tools.skipped?.skips() ?? [], address), address, fromMs, toMs),
    async pauseByHand(paused, detail) {
      const applied = await begin(paused, 'by_hand', detail);
      if (applied !== 'applied') return applied;
      book.add({ ...paused, cause: 'by_hand', detail, sinceMs: clock.now(), untilMs: null });
      return applied;
    },
    async resumeByHand(paused) {
      const nowMs = clock.now();
      const applied = await store.resume(paused, null, nowMs);
      book.end(paused, null, nowMs);
      return applied;
    },
    async refused(paused, detail) {
      const pause: Pause = { ...paused, cause: 'unauthorized', detail, sinceMs: clock.now(), untilMs: null };
      if (!book.add(pause)) return;
      const fields = { stage: 'deliver', ...paused, code: 'DELIVERY_UNAUTHORIZED' };
      log.error(fields, 'paused: the credentials are refused; it is probed, and goes on by itself when they are taken');
      await persist('a pause', () => begin(paused, 'unauthorized', detail), tools);
    },
    async accepted(paused) {
      const nowMs = clock.now();
      await persist('the end of a pause', () => store.resume(paused, 'unauthorized', nowMs), tools);
      book.end(paused, 'unauthorized', nowMs);
      log.warn({ stage: 'deliver', ...paused }, 'the credentials are taken again: deliveries go on');
    },
  };
}

/** What the clock skipped is a pause of everything. */
function withSkips(
  pauses: readonly Pause[],
  skips: readonly TimeSkip[],
  { destination }: Address,
): readonly PausedTime[] {
  if (skips.length === 0) return pauses;
  return [
    ...pauses,
    ...skips.map(({ fromMs, toMs }) => ({ destination, endpoint: null, sinceMs: fromMs, untilMs: toMs })),
  ];
}

/** Pauses by destination. */
class PauseBook {
  readonly #all = new Map<string, readonly Pause[]>();
  readonly #ongoing = new Map<string, readonly Pause[]>();

  all(destination: string): readonly Pause[] {
    return this.#all.get(destination) ?? NONE;
  }

  ongoing(destination: string): readonly Pause[] {
    return this.#ongoing.get(destination) ?? NONE;
  }

  /** False when one of the same cause goes on already. */
  add(pause: Pause): boolean {
    const { destination, endpoint, cause, sinceMs } = pause;
    const isKnown = this.ongoing(destination).some((one) => one.endpoint === endpoint && one.cause === cause);
    if (isKnown && pause.untilMs === null) return false;
    const kept = this.all(destination).filter(({ untilMs }) => untilMs === null || untilMs > sinceMs - REMEMBERED_MS);
    this.#write(destination, [...kept, pause]);
    return true;
  }

  end({ destination, endpoint }: Paused, cause: PauseCause | null, untilMs: number): void {
    const ends = (pause: Pause) =>
      pause.untilMs === null && pause.endpoint === endpoint && (cause === null || pause.cause === cause);
    const changed = this.all(destination).map((pause) => (ends(pause) ? { ...pause, untilMs } : pause));
    this.#write(destination, changed);
  }

  #write(destination: string, pauses: readonly Pause[]): void {
    this.#all.set(destination, pauses);
    const ongoing = pauses.filter(({ untilMs }) => untilMs === null);
    this.#ongoing.set(destination, ongoing.length === 0 ? NONE : ongoing);
  }
}
