import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import { startWorkLoop } from './work-loop.ts';

/** What watching the store needs. */
export interface StoreWatchTools {
  readonly store: Pick<Store, 'probe'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Knows whether the store can be written. */
export interface StoreWatch {
  /** As of the last look. */
  isWritable(): boolean;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 5_000;

/** Writes a heartbeat every few seconds: it tells when writing stops working, and when it works again, even at rest. */
export function watchStore({ store, clock, log }: StoreWatchTools): StoreWatch {
  const stopping = new AbortController();
  let failingSinceMs: number | null = null;

  function failed(error: Error): void {
    if (failingSinceMs !== null) return;
    failingSinceMs = clock.now();
    log.error({ stage: 'store', err: error.message }, 'the store cannot be written: webhooks are refused until it can');
  }

  function written(): void {
    if (failingSinceMs === null) return;
    const ms = clock.now() - failingSinceMs;
    failingSinceMs = null;
    log.warn({ stage: 'store', ms }, 'the store can be written again: everything goes on');
  }

  async function look(): Promise<number> {
    await store.probe(clock.now()).then(written, failed);
    return 0;
  }

  const { ended } = startWorkLoop({
    name: 'store',
    step: look,
    pollMs: LOOK_EVERY_MS,
    clock,
    log,
    signal: stopping.signal,
  });
  return {
    isWritable: () => failingSinceMs === null,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
