import { type ClockWatch, pruneBeforeMs, WATCH_EVERY_MS, watchedClock } from '../../core/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store.ts';

/** What retention needs. */
export interface PruneTools {
  readonly store: Pick<Store, 'prune' | 'tidy' | 'compact' | 'checkpoint' | 'learn'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** For how long events are kept, in ms. */
  readonly retentionMs: () => number;
}

/** Keeps the store as small as `store.retention` asks. */
export interface Pruner {
  /** Looks whether it is time, and sweeps once over what is old; how many events went. */
  step(): Promise<number>;
}

/** The checkpoint that keeps what is known of the clock. */
const CHECKPOINT = 'retention:clock';

const FIRST_CHUNK = 20;
const LEAST_CHUNK = 5;
const MOST_CHUNK = 100;
/** What one commit may take, in ms: webhooks wait for it. */
const LONGEST_COMMIT_MS = 12;
const SHORT_COMMIT_MS = 6;
/** Of the time, what is left to others: this many times what a commit took. */
const REST_TIMES = 2;
const SHORTEST_REST_MS = 2;
/** Pages given back at a time; as many stay free for what comes next. */
const PAGES = 32;

/** Builds what applies the retention. */
export function createPruner(tools: PruneTools): Pruner {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let chunk = FIRST_CHUNK;
  const { store, clock, log } = tools;

  async function sweep(beforeMs: number): Promise<number> {
    let events = 0;
    for (let after: number | null = 0; after !== null && !tools.signal.aborted; ) {
      const startedMs = clock.now();
      const pruned = await store.prune({ beforeMs, after, limit: chunk });
      const tookMs = clock.now() - startedMs;
      chunk = nextChunk(chunk, tookMs);
      events += pruned.events;
      after = pruned.next;
      if (after !== null) await rest(tookMs, tools);
    }
    return events;
  }

  return {
    async step() {
      const nowMs = clock.now();
      // Not by the clock's own word alone: it may have been set back.
      if (Math.abs(nowMs - lookedAtMs) < WATCH_EVERY_MS) return 0;
      lookedAtMs = nowMs;
      const beforeMs = await trustedBefore(nowMs, tools);
      if (beforeMs === null) return 0;
      const events = await sweep(beforeMs);
      if (events === 0) return 0;
      await shrink(tools);
      log.info({ stage: 'retention', n: events, before: new Date(beforeMs).toISOString() }, 'old events were deleted');
      return events;
    },
  };
}

/** Smaller when a commit took long, larger when it took no time to speak of. */
function nextChunk(chunk: number, tookMs: number): number {
  if (tookMs > LONGEST_COMMIT_MS) return Math.max(LEAST_CHUNK, Math.floor(chunk / 2));
  return tookMs < SHORT_COMMIT_MS ? Math.min(MOST_CHUNK, Math.ceil(chunk * 1.25)) : chunk;
}

async function trustedBefore(nowMs: number, { store, log, retentionMs }: PruneTools): Promise<number | null> {
  const kept = watchIn(await store.checkpoint(CHECKPOINT));
  const watch = watchedClock(kept, nowMs);
  await store.learn([], { name: CHECKPOINT, value: JSON.stringify(watch) }, nowMs);
  if (kept && watch.steadySinceMs > kept.seenMs) {
    const fields = { stage: 'retention', before: new Date(kept.seenMs).toISOString() };
    log.warn(
      fields,
      'the clock jumped, or nothing ran for more than a day: nothing is deleted until it has been steady',
    );
  }
  return pruneBeforeMs(watch, retentionMs(), nowMs);
}

function watchIn(text: string | null): ClockWatch | null {
  return text === null ? null : (JSON.parse(text) as ClockWatch);
}

/** Counts of nothing go, and free pages back to the file system, in small steps. */
async function shrink(tools: PruneTools): Promise<void> {
  for (let part = 0; !tools.signal.aborted && (await tools.store.tidy(part)); part++) await rest(0, tools);
  let free = Number.POSITIVE_INFINITY;
  while (free > PAGES && !tools.signal.aborted) {
    const startedMs = tools.clock.now();
    const left = await tools.store.compact(PAGES);
    // Nothing was given back: the file cannot get smaller.
    if (left >= free) return;
    free = left;
    await rest(tools.clock.now() - startedMs, tools);
  }
}

async function rest(tookMs: number, { clock, signal }: PruneTools): Promise<void> {
  await clock.sleep(SHORTEST_REST_MS + REST_TIMES * tookMs, signal).catch(() => undefined);
}
