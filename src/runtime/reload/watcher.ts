import { basename } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { startWorkLoop } from '../work-loop.ts';
import { createFileHints } from './hints.ts';
import type { Reloader } from './reloader.ts';

/** What watching needs. */
export interface WatcherTools {
  readonly reloader: Pick<Reloader, 'reload' | 'lastLook'>;
  /** The database may lie beside the config, and changes all the time. */
  readonly storePath: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A running watch. */
export interface Watcher {
  /** Resolves when no reload runs any more. */
  stop(): Promise<void>;
}

/** How often everything is looked at without a hint, in ms: network file systems tell nothing. */
const POLL_MS = 1_000;

/** Reloads when files change: at once when the system tells of it, else at the next poll. */
export function startWatcher({ reloader, storePath, clock, log }: WatcherTools): Watcher {
  const stopping = new AbortController();
  let hinted = false;
  const database = basename(storePath);
  const hint = () => {
    hinted = true;
    loop.wake();
  };
  const hints = createFileHints(hint, (name) => name.startsWith(database));
  const loop = startWorkLoop({
    name: 'reload',
    pollMs: POLL_MS,
    clock,
    log,
    signal: stopping.signal,
    async step() {
      const trigger = hinted ? 'file' : 'poll';
      hinted = false;
      await reloader.reload(trigger).finally(async () => {
        if (await hints.watch(reloader.lastLook())) hint();
      });
      return 0;
    },
  });
  return {
    async stop() {
      stopping.abort();
      hints.close();
      await loop.ended;
    },
  };
}
