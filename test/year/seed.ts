import { openWriter } from '../../src/runtime/open-writer.ts';
import { seederOf } from '../../src/runtime/registry.ts';
import { seedFacts } from '../../src/runtime/seed.ts';
import { createSilentLogger } from '../support/silent-logger.ts';
import type { Site } from './site.ts';

/** What `pointsman facts seed` came to. */
export interface Seeded {
  readonly members: number;
  readonly facts: number;
}

const SOURCE = 'open-loyalty';

/** Fills the identity memory as a user does: Open Loyalty's REST API is read, the running server learns. */
export async function seed({ config, clock, server }: Site): Promise<Seeded> {
  const source = config.sources.get(SOURCE);
  if (source === undefined) throw new Error('The config has no source.');
  const signal = new AbortController().signal;
  const seeder = seederOf(source, { ratePerSecond: 1_000, clock, signal, onRetry: () => undefined });
  const writer = await openWriter({ config, url: server.url, clock, log: createSilentLogger() });
  const quiet = { onProgress: () => undefined, onNotice: () => undefined };
  const done = await seedFacts({ source: SOURCE, storeCodes: [], restart: false }, { seeder, writer, ...quiet });
  await writer.close();
  await seeder.close();
  const tenants = Object.values(done);
  return {
    members: tenants.reduce((sum, { members }) => sum + members, 0),
    facts: tenants.reduce((sum, { facts }) => sum + facts, 0),
  };
}
