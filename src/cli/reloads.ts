import type { Command } from 'commander';
import type { Lint } from '../core/lint.ts';
import { receiptView } from '../http/log-view.ts';
import { listView, pageRequestOf } from '../http/paging.ts';
import { CONFIG_OPTION } from './config-option.ts';
import { type Options, queryOf, withLog } from './log-option.ts';
import { type Column, type OutputFormat, outputOption, printList } from './output.ts';
import { styled } from './terminal.ts';

type ReceiptView = ReturnType<typeof receiptView>;

const COLUMNS: readonly Column<ReceiptView>[] = [
  { title: 'TIME', value: ({ at }) => at.slice(0, 19).replace('T', ' ') },
  { title: 'BY', value: ({ trigger }) => trigger },
  {
    title: 'OUTCOME',
    value: ({ outcome }) => outcome,
    style: (text, { outcome }) => styled(outcome === 'accepted' ? 'green' : 'red', text),
  },
  { title: 'MAPPINGS', value: ({ mappings }) => mappings },
  { title: 'TESTS', value: ({ tests }) => tests },
  { title: 'MS', value: ({ durationMs }) => durationMs },
  { title: 'WHAT', value: whatOf },
];

/** Files that a line of the table names. */
const MOST_FILES = 4;

/** `pointsman reloads`: when config and mappings were loaded, and what came of it. */
export function reloadsCommand(program: Command): void {
  program
    .command('reloads')
    .description('list the loads of config and mappings: what changed, and what was refused why')
    .option('--limit <n>', 'rows, at most 200')
    .option('--cursor <cursor>', 'go on where a list ended')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  pointsman reloads --limit 5')
    .action(reloads);
}

async function reloads(options: Options & { config: string; output: OutputFormat }): Promise<void> {
  const { page, filters } = pageRequestOf(queryOf(options, ['limit', 'cursor']));
  const found = await withLog(options.config, (log) => log.receipts(page));
  printList(listView(found, receiptView, filters), COLUMNS, options.output);
}

function whatOf({ config, files }: ReceiptView): string {
  const parts = [...(config ? [configText(config)] : []), ...files.slice(0, MOST_FILES).map(fileText)];
  if (files.length > MOST_FILES) parts.push(`${files.length - MOST_FILES} more`);
  return parts.join('; ');
}

function configText({ outcome, applied, needsRestart, lints }: NonNullable<ReceiptView['config']>): string {
  if (outcome === 'refused') return `config refused: ${firstOf(lints)}`;
  const restart = needsRestart.length > 0 ? [`needs a restart: ${needsRestart.join(', ')}`] : [];
  return [`config: ${applied.join(', ') || 'nothing applied'}`, ...restart].join(', ');
}

function fileText({ file, outcome, before, after, lints }: ReceiptView['files'][number]): string {
  if (outcome === 'removed') return `${file} removed`;
  if (outcome === 'refused') return `${file} refused: ${firstOf(lints)}`;
  const old = before.map(({ version }) => version).join(' ');
  const fresh = after.map(({ version }) => version).join(' ');
  return `${file} ${old === fresh ? fresh : `${old || 'new'} → ${fresh}`}`;
}

/** The first finding that refuses, where it stands, and how many there are. */
function firstOf(lints: readonly Lint[]): string {
  const first = lints.find(({ severity }) => severity === 'error') ?? lints[0];
  if (!first) return 'see the log';
  const more = lints.length > 1 ? ` (and ${lints.length - 1} more)` : '';
  return `${first.line}:${first.column} ${first.code} ${first.message}${more}`;
}
