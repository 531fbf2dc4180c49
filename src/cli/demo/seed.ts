import type { Clock } from '../../ports/clock.ts';
import { openWriter } from '../../runtime/open-writer.ts';
import { seederOf } from '../../runtime/registry.ts';
import { seedFacts } from '../../runtime/seed.ts';
import { configOf } from '../config-option.ts';
import { sourceOf } from '../facts/source-of.ts';
import type { DemoSite } from './site.ts';

const CALLS_PER_SECOND = 20;

/** Learns all members from Open Loyalty, through the running server, as `pointsman facts seed` does. */
export async function seed(
  { configFile, log }: Pick<DemoSite, 'configFile' | 'log'>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const config = configOf(configFile, 'error');
  const source = sourceOf(config.sources, undefined);
  const onRetry = (reason: string) => log.warn({ stage: 'seed', source: source.id }, reason);
  const seeder = seederOf(source, { ratePerSecond: CALLS_PER_SECOND, clock, signal, onRetry });
  try {
    const writer = await openWriter({ config, clock, log });
    const tools = { seeder, writer, onProgress: () => undefined, onNotice: () => undefined };
    await seedFacts({ source: source.id, storeCodes: [], restart: false }, tools).finally(() => writer.close());
  } finally {
    await seeder.close();
  }
}
