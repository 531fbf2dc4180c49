import { type Command, Option } from 'commander';
import { DELIVERY_FILTERS, deliveryFilterOf } from '../http/filters.ts';
import { type DeliveryView, deliveryViews } from '../http/log-view.ts';
import { listView, pageRequestOf } from '../http/paging.ts';
import { CONFIG_OPTION } from './config-option.ts';
import { deliveryActionCommands } from './delivery-actions.ts';
import { listCauses } from './delivery-causes.ts';
import { blockedText, deliveryText } from './delivery-text.ts';
import { exportCommand } from './export-deliveries.ts';
import { addFilters, fullPage, type Options, queryOf, rowOf, surroundings, withLog } from './log-option.ts';
import { type Column, type OutputFormat, outputOption, printList, statusStyle } from './output.ts';
import { tailDeliveries } from './tail-deliveries.ts';
import { print } from './terminal.ts';
import { sayUnknownNames } from './unknown-names.ts';
import { withWorkbench } from './workbench-option.ts';

/** The columns of a list of deliveries. */
export const DELIVERY_COLUMNS: readonly Column<DeliveryView>[] = [
  { title: 'CREATED', value: ({ createdAt }) => createdAt.slice(0, 19).replace('T', ' ') },
  { title: 'ID', value: ({ id }) => id },
  { title: 'EVENT', value: ({ event }) => event },
  { title: 'MAPPING', value: ({ mapping }) => mapping },
  { title: 'MEMBER', value: ({ member }) => member },
  { title: 'STATUS', value: ({ status }) => status, style: (text, { status }) => statusStyle(text, status) },
  { title: 'TRIES', value: ({ attempts }) => attempts },
  { title: 'WHY', value: ({ code, reason, blockedBy }) => code ?? reason ?? blockedText(blockedBy) ?? '' },
];

const FILTERS = {
  status: 'waiting, pending, delivered, dead, skipped, shadowed or canceled',
  mapping: 'a mapping id',
  event: 'an event name',
  member: 'a member, by any identifier',
  destination: 'a destination',
  endpoint: 'an endpoint',
  code: 'an error code',
  since: 'created at or after this time',
  until: 'created before this time',
  q: 'the start of an id, message id or identifier',
} satisfies Record<(typeof DELIVERY_FILTERS)[number], string>;

/** `pointsman deliveries list|show|tail|export|skip|release`: what was sent, to whom, and what came of it. */
export function deliveriesCommand(program: Command): void {
  const deliveries = program.command('deliveries').description('look at what was sent, and what came of it');
  addFilters(deliveries.command('list').description('list deliveries, newest first'), FILTERS)
    .option('--limit <n>', 'rows, at most 200')
    .option('--cursor <cursor>', 'go on where a list ended')
    .addOption(new Option('--group-by <what>', 'count dead letters by what killed them').choices(['cause']))
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  pointsman deliveries list --member ann@example.com\n  pointsman deliveries list --status dead --group-by cause',
    )
    .action(list);
  deliveries
    .command('show')
    .description('show a delivery: its event, mapping, each formula and its value, request and every attempt')
    .argument('<id>', 'a delivery id: dlv_…')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  pointsman deliveries show dlv_00000000001')
    .action(show);
  addFilters(deliveries.command('tail').description('print deliveries as they come and change, until Ctrl-C'), FILTERS)
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  pointsman deliveries tail --mapping points-expiring')
    .action(tail);
  exportCommand(deliveries);
  deliveryActionCommands(deliveries);
}

async function list(options: Options & { config: string; output: OutputFormat }): Promise<void> {
  const query = queryOf(options, [...DELIVERY_FILTERS, 'limit', 'cursor']);
  if (options['groupBy'] !== undefined) return listCauses(query, options);
  const { page, filters } = pageRequestOf(query);
  const filter = deliveryFilterOf(filters);
  await withLog(options.config, async (log, config) => {
    const found = await fullPage((request) => log.deliveries(filter, request), page);
    const { deliveryView } = deliveryViews(await surroundings(log, config));
    printList(listView(found, deliveryView, filters), DELIVERY_COLUMNS, options.output);
    if (found.items.length === 0) await sayUnknownNames('delivery', filter, log);
  });
}

async function show(id: string, { config, output }: { config: string; output: OutputFormat }): Promise<void> {
  const view = await withLog(config, async (log, around) => {
    const detail = await rowOf('dlv', id, (key) => log.delivery(key));
    const explanation = await withWorkbench(config, (bench) => bench.explain(detail));
    return deliveryViews(await surroundings(log, around)).explainedDeliveryView(detail, explanation);
  });
  print(output === 'table' ? deliveryText(view) : JSON.stringify(view, null, output === 'json' ? 2 : 0));
}

async function tail(options: Options & { config: string; output: OutputFormat }): Promise<void> {
  const filter = deliveryFilterOf(queryOf(options, DELIVERY_FILTERS));
  await withLog(options.config, (log, config) => tailDeliveries(log, { filter, output: options.output, config }));
}
