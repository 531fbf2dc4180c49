import type { Command } from 'commander';
import { FACT_FILTERS, factFilterOf } from '../http/filters.ts';
import { factView } from '../http/log-view.ts';
import { listView, pageRequestOf } from '../http/paging.ts';
import { CONFIG_OPTION } from './config-option.ts';
import { factsImportCommand } from './facts/import.ts';
import { factsSeedCommand } from './facts/seed.ts';
import { addFilters, fullPage, type Options, queryOf, withLog } from './log-option.ts';
import { type Column, type OutputFormat, outputOption, printList } from './output.ts';

const COLUMNS: readonly Column<ReturnType<typeof factView>>[] = [
  { title: 'LEARNED', value: ({ learnedAt }) => learnedAt?.slice(0, 19).replace('T', ' ') ?? 'seeded' },
  { title: 'SOURCE', value: ({ source }) => source },
  { title: 'STORE', value: ({ storeCode }) => storeCode },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'KEY', value: ({ key }) => key },
  { title: 'MEMBER', value: ({ member }) => member },
  { title: 'VALUE', value: ({ value }) => JSON.stringify(value) },
];

const FILTERS = {
  source: 'a source',
  store: 'a tenant',
  kind: 'a kind, such as wallet',
  key: 'the key it is recalled by',
  member: 'a member, by any identifier',
};

/** `pointsman facts seed|import|list`: the identity memory. */
export function factsCommand(program: Command): void {
  const facts = program.command('facts').description('fill the identity memory, and look at it');
  factsSeedCommand(facts);
  factsImportCommand(facts);
  addFilters(facts.command('list').description('list what is remembered, newest first'), FILTERS)
    .option('--limit <n>', 'rows, at most 200')
    .option('--cursor <cursor>', 'go on where a list ended')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  pointsman facts list --kind wallet --member ann@example.com')
    .action(list);
}

async function list(options: Options & { config: string; output: OutputFormat }): Promise<void> {
  const named = { ...options, storeCode: options['store'] };
  const { page, filters } = pageRequestOf(queryOf(named, [...FACT_FILTERS, 'limit', 'cursor']));
  const filter = factFilterOf(filters);
  const found = await withLog(options.config, (log) => fullPage((request) => log.factRows(filter, request), page));
  printList(listView(found, factView, filters), COLUMNS, options.output);
}
