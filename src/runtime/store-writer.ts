import { learn } from '../pipeline/learn/learn.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { storeDelivering } from './delivering-writer.ts';
import { sourcesOf } from './registry.ts';
import { storeReplays } from './replay-writer.ts';
import type { Writer } from './writer.ts';
import type { WriterOptions } from './writer-options.ts';

/** Writes to the store itself, as a server would. Throws as opening the store does. */
export function openOwnStore(options: WriterOptions): Writer {
  const { config, clock, log } = options;
  const store = openSqliteStore({ path: config.store.path, nowMs: clock.now() });
  const replays = storeReplays(store, options);
  const tools = { store, sources: sourcesOf(config), clock, log };
  return {
    where: `the database ${config.store.path}`,
    learn: (request) => learn(request, tools),
    checkpoint: (name) => store.checkpoint(name),
    delivering: storeDelivering(store, options),
    replays,
    close: async () => {
      await replays.close();
      await store.close();
    },
  };
}
