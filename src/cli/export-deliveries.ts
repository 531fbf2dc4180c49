import { type Command, Option } from 'commander';
import { deliveryFilterOf } from '../http/filters.ts';
import { deliveryViews } from '../http/log-view.ts';
import type { DeliveryDetail, DeliveryFilter, Log } from '../ports/log.ts';
import { CONFIG_OPTION } from './config-option.ts';
import { type Cell, csvLine } from './csv.ts';
import { addFilters, type Options, queryOf, surroundings, withLog } from './log-option.ts';
import { harmless, say, write } from './terminal.ts';

type Format = 'json' | 'csv';

const FILTERS = {
  status: 'waiting, pending, delivered, dead, skipped, shadowed or canceled',
  since: 'created at or after this time',
  until: 'created before this time',
};

const PAGE = 200;

/** `pointsman deliveries export`: everything that was sent, or was to be sent, about a member. */
export function exportCommand(deliveries: Command): void {
  const command = deliveries
    .command('export')
    .description('export all that was sent about a member, or was to be sent, newest first')
    .requiredOption('--member <member>', 'a member, by any identifier');
  addFilters(command, FILTERS)
    .addOption(new Option('--format <format>', 'how to write it').choices(['json', 'csv']).default('json'))
    .option(...CONFIG_OPTION)
    .addHelpText('after', '\nExample:\n  pointsman deliveries export --member ann@example.com --format csv > ann.csv')
    .action(exportDeliveries);
}

async function exportDeliveries(options: Options & { config: string; format: Format }): Promise<void> {
  const filter = deliveryFilterOf(queryOf(options, ['member', ...Object.keys(FILTERS)]));
  const [head, between, tail] = options.format === 'csv' ? [csvLine(HEAD), '', ''] : ['[', ',', '\n]\n'];
  const count = await withLog(options.config, async (log, config) => {
    const { deliveryDetailView } = deliveryViews(await surroundings(log, config));
    let written = 0;
    await write(head);
    for await (const detail of details(log, filter)) {
      const one = exported(deliveryDetailView(detail));
      const text = options.format === 'csv' ? csvLine(cellsOf(one)) : `\n${JSON.stringify(one)}`;
      await write(written === 0 ? text : between + text);
      written += 1;
    }
    await write(tail);
    return written;
  });
  say(harmless(`${count} ${count === 1 ? 'delivery' : 'deliveries'} about ${options['member']}`));
}

/** One after the other, whatever their number. */
async function* details(
  log: Pick<Log, 'deliveries' | 'delivery'>,
  filter: DeliveryFilter,
): AsyncGenerator<DeliveryDetail> {
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<Log['deliveries']>> = await log.deliveries(filter, { before, limit: PAGE });
    for (const { id } of page.items) {
      const detail = await log.delivery(id);
      // It may have been pruned since the page was read.
      if (detail) yield detail;
    }
    before = page.nextBefore;
  } while (before !== null);
}

/** What the export tells of a delivery: without what led to it. */
function exported(view: ReturnType<ReturnType<typeof deliveryViews>['deliveryDetailView']>) {
  const { id, eventId, event, sourceEvent, member, mapping, mappingVersion, destination, endpoint } = view;
  const { status, reason, code, detail, part, run, createdAt, request, attemptLog } = view;
  return {
    ...{ id, eventId, event, eventAt: sourceEvent.createdAt, receivedAt: sourceEvent.receivedAt, member },
    ...{ mapping, mappingVersion, destination, endpoint, status, reason, code, detail, part, run, createdAt },
    request,
    attempts: attemptLog.map(({ claim: _, ...attempt }) => attempt),
  };
}

type Exported = ReturnType<typeof exported>;

/** The columns of a table: a delivery a line, its attempts and its request in a cell each. */
const COLUMNS = [
  'id',
  'eventId',
  'event',
  'eventAt',
  'receivedAt',
  'member',
  'mapping',
  'mappingVersion',
  'destination',
  'endpoint',
  'status',
  'reason',
  'code',
  'detail',
  'part',
  'run',
  'createdAt',
] as const satisfies readonly (keyof Exported)[];

const HEAD: readonly string[] = [...COLUMNS, 'attempts', 'request'];

function cellsOf(one: Exported): readonly Cell[] {
  const attempts = one.attempts.map(attemptText).join('; ');
  return [...COLUMNS.map((name) => one[name]), attempts, one.request === null ? null : JSON.stringify(one.request)];
}

function attemptText({ startedAt, verdict, httpStatus, code }: Exported['attempts'][number]): string {
  return [startedAt, verdict, httpStatus, code].filter((part) => part !== null).join(' ');
}
