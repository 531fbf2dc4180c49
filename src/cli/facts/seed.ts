import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseRate } from '../../core/units.ts';
import { seederOf } from '../../runtime/registry.ts';
import { type SeedTools, seedFacts } from '../../runtime/seed.ts';
import { systemClock } from '../../runtime/system.ts';
import { CONFIG_OPTION, configOf } from '../config-option.ts';
import { EXIT } from '../failure.ts';
import { counted, createProgress } from '../progress.ts';
import { stopSignal } from '../serve.ts';
import { harmless, say } from '../terminal.ts';
import { URL_OPTION, WRITING_HELP, type WriterOption, withWriter } from '../writer-option.ts';
import { sourceOf } from './source-of.ts';

interface SeedOptions extends WriterOption {
  readonly store?: readonly string[];
  /** Calls per second. */
  readonly rate: number;
  readonly restart?: true;
}

/** `pointsman facts seed`: learns all members from the loyalty engine's own API. */
export function factsSeedCommand(facts: Command): void {
  facts
    .command('seed')
    .description("learn whose wallet is whose from the loyalty engine's own API (api in the config)")
    .argument('<source>', 'a source of the config')
    .option('--store <codes...>', 'only these tenants')
    .addOption(rateOption())
    .option('--restart', 'begin anew, whatever an earlier seeding that was cut off had reached')
    .option(...URL_OPTION)
    .option(...CONFIG_OPTION)
    .addHelpText('after', `${WRITING_HELP}\nCut off, the same command goes on from there.`)
    .addHelpText(
      'after',
      '\nExample:\n  pointsman facts seed open-loyalty\n  pointsman facts seed open-loyalty --store Germany',
    )
    .action(seed);
}

async function seed(name: string, options: SeedOptions): Promise<void> {
  const config = configOf(options.config, 'error');
  const source = sourceOf(config.sources, name);
  const stopping = new AbortController();
  void stopSignal().then(() => stopping.abort());
  const progress = createProgress(process.stderr, 'members', systemClock);
  const onNotice = (words: string) => progress.note(harmless(words));
  const seeder = seederOf(source, {
    ratePerSecond: options.rate,
    clock: systemClock,
    signal: stopping.signal,
    onRetry: (reason, waitMs) => onNotice(`${name}: ${reason}; trying again in ${Math.ceil(waitMs / 1000)} s`),
  });
  const request = { source: source.id, storeCodes: options.store ?? [], restart: options.restart ?? false };
  try {
    const read = await withWriter(config, options, (writer) => {
      const onProgress: SeedTools['onProgress'] = (storeCode, { members }, total) =>
        progress.show(harmless(storeCode), members, total);
      return seedFacts(request, { seeder, writer, onProgress, onNotice });
    });
    progress.end();
    summarize(Object.values(read));
  } catch (error) {
    progress.end();
    if (!stopping.signal.aborted) throw error;
    say('Stopped. The same command goes on from here.');
    process.exitCode = EXIT.failed;
  } finally {
    await seeder.close();
  }
}

function summarize(tenants: readonly { readonly members: number; readonly facts: number }[]): void {
  const members = tenants.reduce((sum, one) => sum + one.members, 0);
  const facts = tenants.reduce((sum, one) => sum + one.facts, 0);
  const rest = `${counted(members - facts)} without a wallet or an identifier`;
  say(`${counted(members)} members read: ${counted(facts)} facts learned, ${rest}.`);
}

/** Slow enough for a production system. */
function rateOption(): Option {
  const words = 'calls to the loyalty engine, such as 5/s or 100/m';
  return new Option('--rate <rate>', words).argParser(rateOf).default(10, '10/s');
}

function rateOf(text: string): number {
  const rate = parseRate(text);
  if (rate !== null) return rate;
  throw new InvalidArgumentError('It takes a rate such as 10/s or 100/m.');
}
