import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store.ts';
import type { Reloader } from './reloader.ts';

/** What looking for missing destinations needs. */
export interface MissingDestinationsTools {
  readonly store: Pick<Store, 'pendingDestinations'>;
  readonly log: Logger;
}

/** The destinations that something is pending to and that are not configured. */
export async function missingDestinations(
  store: MissingDestinationsTools['store'],
  configured: Pick<ReadonlyMap<string, unknown>, 'has'>,
): Promise<readonly string[]> {
  return (await store.pendingDestinations()).filter((id) => !configured.has(id));
}

/** Warns now, and after each change of the config, of what waits for a destination that is not configured. */
export async function tellMissingDestinations(reloader: Reloader, tools: MissingDestinationsTools): Promise<void> {
  const tell = async () => {
    for (const destination of await missingDestinations(tools.store, reloader.current().destinations)) {
      const fields = { stage: 'deliver', destination };
      tools.log.warn(
        fields,
        'deliveries are pending to a destination that is not configured: they wait for its return',
      );
    }
  };
  await tell();
  reloader.onSwap((next, before) => {
    if (next.config === before.config) return;
    tell().catch((error: Error) =>
      tools.log.error({ stage: 'deliver', err: error.message }, 'the store did not answer'),
    );
  });
}
