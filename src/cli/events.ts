import type { Command } from 'commander';
import { EVENT_FILTERS, eventFilterOf } from '../http/filters.ts';
import { deliveryViews, eventView, unmatchedView } from '../http/log-view.ts';
import { listView, pageRequestOf } from '../http/paging.ts';
import { CONFIG_OPTION } from './config-option.ts';
import { DELIVERY_COLUMNS } from './deliveries.ts';
import { addFilters, fullPage, type Options, queryOf, rowOf, surroundings, withLog } from './log-option.ts';
import { type Column, type OutputFormat, outputOption, printList, statusStyle, tableLines } from './output.ts';
import { harmless, print, say, styled } from './terminal.ts';
import { sayUnknownNames } from './unknown-names.ts';

const EVENT_COLUMNS: readonly Column<ReturnType<typeof eventView>>[] = [
  { title: 'RECEIVED', value: ({ receivedAt }) => receivedAt.slice(0, 19).replace('T', ' ') },
  { title: 'ID', value: ({ id }) => id },
  { title: 'EVENT', value: ({ event }) => event },
  { title: 'MEMBER', value: ({ member }) => member },
  { title: 'STATUS', value: ({ status }) => status, style: (text, { status }) => statusStyle(text, status) },
  { title: 'REPEATS', value: ({ duplicates }) => duplicates },
  { title: 'WHY', value: ({ code }) => code ?? '' },
];

const UNMATCHED_COLUMNS: readonly Column<ReturnType<typeof unmatchedView>>[] = [
  { title: 'EVENT', value: ({ event }) => event },
  { title: 'SOURCE', value: ({ source }) => source },
  { title: 'COUNT', value: ({ count }) => count },
  { title: 'FIRST', value: ({ firstSeen }) => firstSeen },
  { title: 'LAST', value: ({ lastSeen }) => lastSeen },
];

const FILTERS = {
  status: 'accepted, routed, unmatched or failed',
  event: 'an event name',
  source: 'a source',
  member: 'a member, by any identifier',
  since: 'received at or after this time',
  until: 'received before this time',
  q: 'the start of an id, message id or identifier',
} satisfies Record<(typeof EVENT_FILTERS)[number], string>;

const MOST_NAMES = 200;

const WRITE_ONE = `To map one: pointsman events list --status unmatched, then pointsman new NAME --from-event evt_…`;

/** `pointsman events list|show|unmatched`: what came in. */
export function eventsCommand(program: Command): void {
  const events = program.command('events').description('look at what came in');
  addFilters(events.command('list').description('list events, newest first'), FILTERS)
    .option('--limit <n>', 'rows, at most 200')
    .option('--cursor <cursor>', 'go on where a list ended')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  pointsman events list --event PointsWillExpire --since 2026-02-01')
    .action(list);
  events
    .command('show')
    .description('show an event: its body and its deliveries')
    .argument('<id>', 'an event id: evt_…')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  pointsman events show evt_00000000001')
    .action(show);
  events
    .command('unmatched')
    .description('list the event names that no mapping takes')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  pointsman events unmatched')
    .action(unmatched);
}

async function list(options: Options & { config: string; output: OutputFormat }): Promise<void> {
  const { page, filters } = pageRequestOf(queryOf(options, [...EVENT_FILTERS, 'limit', 'cursor']));
  const filter = eventFilterOf(filters);
  await withLog(options.config, async (log) => {
    const found = await fullPage((request) => log.events(filter, request), page);
    printList(listView(found, eventView, filters), EVENT_COLUMNS, options.output);
    if (found.items.length === 0) await sayUnknownNames('event', filter, log);
  });
}

async function show(id: string, { config, output }: { config: string; output: OutputFormat }): Promise<void> {
  const view = await withLog(config, async (log, around) => {
    const detail = await rowOf('evt', id, (key) => log.event(key));
    return deliveryViews(await surroundings(log, around)).eventDetailView(detail);
  });
  if (output !== 'table') return print(JSON.stringify(view, null, output === 'json' ? 2 : 0));
  const head = `${styled('bold', view.id)}  ${harmless(view.event)}  ${statusStyle(view.status, view.status)}`;
  const facts = `  ${harmless(view.member ?? 'nobody')}  received ${view.receivedAt}  repeats ${view.duplicates}`;
  const deliveries = tableLines(view.deliveries, DELIVERY_COLUMNS);
  print(
    [`${head}${view.code ? `  ${view.code}` : ''}`, facts, JSON.stringify(view.body, null, 2), '', ...deliveries].join(
      '\n',
    ),
  );
}

async function unmatched({ config, output }: { config: string; output: OutputFormat }): Promise<void> {
  const names = await withLog(config, (log) => log.unmatchedNames(MOST_NAMES));
  printList({ items: names.map(unmatchedView), next: null }, UNMATCHED_COLUMNS, output);
  if (names.length > 0 && output === 'table' && process.stderr.isTTY) say(styled('dim', WRITE_ONE, process.stderr));
}
