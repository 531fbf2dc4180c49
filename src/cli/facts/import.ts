import type { Command } from 'commander';
import { PointsmanError } from '../../core/errors.ts';
import { type CheckedFile, checkFactFile, importFacts, openFactFile } from '../../runtime/fact-file.ts';
import { sourcesOf } from '../../runtime/registry.ts';
import { systemClock } from '../../runtime/system.ts';
import { CONFIG_OPTION, configOf } from '../config-option.ts';
import { sayLint } from '../failure.ts';
import { counted, createProgress } from '../progress.ts';
import { harmless, say } from '../terminal.ts';
import { URL_OPTION, WRITING_HELP, type WriterOption, withWriter } from '../writer-option.ts';
import { sourceOf } from './source-of.ts';

interface ImportOptions extends WriterOption {
  readonly source?: string;
  readonly skipBad?: true;
}

const FORMAT_HELP = `
One fact a line; the value names the member by customerId, email, phone or loyaltyCardNumber:
  {"storeCode":"Germany","kind":"wallet","key":"0f2b7c1e-1111-4a00-8a00-000000000001","value":{"email":"ann@example.com"}}
Doing it again changes nothing. Facts that an event taught are kept.`;

/** `pointsman facts import`: learns facts from a file. */
export function factsImportCommand(facts: Command): void {
  facts
    .command('import')
    .description('learn facts from a file')
    .argument('<file>', 'a file of JSON lines; - reads the input')
    .option('--source <source>', "the source they are recalled for; unless told, the config's only one")
    .option('--skip-bad', 'learn the good lines although others are bad')
    .option(...URL_OPTION)
    .option(...CONFIG_OPTION)
    .addHelpText('after', `${FORMAT_HELP}\n${WRITING_HELP}`)
    .addHelpText('after', '\nExample:\n  pointsman facts import wallets.ndjson')
    .action(importFile);
}

async function importFile(path: string, options: ImportOptions): Promise<void> {
  const config = configOf(options.config, 'error');
  const source = sourceOf(sourcesOf(config), options.source);
  const file = await openFactFile(path, process.stdin);
  const checked = await checkFactFile(file, source);
  report(checked, options.skipBad ?? false);
  const progress = createProgress(process.stderr, 'facts', systemClock);
  const onProgress = (done: number) => progress.show(harmless(file.name), done, checked.facts);
  const learned = await withWriter(config, options, (writer) =>
    importFacts(file, { source, writer, onProgress }).finally(progress.end),
  );
  const { applied, repeated, stale } = learned;
  const rest = `${counted(repeated)} known already, ${counted(stale)} known better from an event`;
  say(`${counted(applied)} facts learned, ${rest}, ${counted(checked.badLines)} bad lines left out.`);
}

/** Says what is wrong. Throws `API_BAD_FACT` when nothing is to be imported for it. */
function report({ lints, badLines }: CheckedFile, skipBad: boolean): void {
  for (const lint of lints) sayLint(skipBad ? { ...lint, severity: 'warning' } : lint, null);
  if (badLines === 0 || skipBad) return;
  const lines = `${counted(badLines)} bad line${badLines === 1 ? '' : 's'}`;
  throw new PointsmanError('API_BAD_FACT', `${lines}: nothing was imported; --skip-bad imports the others`);
}
