import { type Command, Option } from 'commander';
import { PointsmanError } from '../core/errors.ts';
import { rowKey } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import type { ReplayAction } from '../core/replay.ts';
import { listView, pageRequestOf } from '../http/paging.ts';
import { type ReplayLookView, type ReplayView, replayView } from '../http/replay-view.ts';
import { openReplays } from '../runtime/open-replays.ts';
import { CONFIG_OPTION, configOf } from './config-option.ts';
import { isConfirmed, YES_OPTION } from './confirm.ts';
import { addFilters, type Options, queryOf } from './log-option.ts';
import { type Column, type OutputFormat, outputOption, printList, statusStyle } from './output.ts';
import { lookLines, questionOf, replayLines } from './replay-text.ts';
import { print, say } from './terminal.ts';
import { URL_OPTION, WRITING_HELP, type WriterOption, withWriter } from './writer-option.ts';

const COLUMNS: readonly Column<ReplayView>[] = [
  { title: 'CREATED', value: ({ createdAt }) => createdAt.slice(0, 19).replace('T', ' ') },
  { title: 'ID', value: ({ id }) => id },
  { title: 'AS', value: ({ as }) => as },
  { title: 'STATUS', value: ({ status }) => status, style: (text, { status }) => statusStyle(text, status) },
  { title: 'LOOKED', value: ({ looked, total }) => `${looked}/${total}` },
  { title: 'REPLAYED', value: ({ replayed }) => replayed },
  { title: 'UNCHANGED', value: ({ unchanged }) => unchanged },
  { title: 'REFUSED', value: ({ refused }) => refused },
];

const FILTERS = {
  status: 'of deliveries (dead, …), or of events (unmatched, …)',
  mapping: 'a mapping id; of a reprocess, the only one that is run',
  event: 'an event name',
  source: 'a source; only to reprocess',
  member: 'a member, by any identifier',
  destination: 'a destination',
  endpoint: 'an endpoint',
  code: 'an error code',
  since: 'since: 7d, 12h, or a time',
  until: 'before: 7d, 12h, or a time',
  q: 'the start of an id, message id or identifier',
};

const START_HELP = `
redeliver   sends the very same bytes again; dead letters unless --status says otherwise
reprocess   runs the events through today's mappings; what comes out as it was delivered is not sent again

Examples:
  pointsman replay start --as redeliver --code DELIVERY_GIVEN_UP --rate 50/s
  pointsman replay start --as redeliver dlv_00000000001 dlv_00000000002
  pointsman replay start --as reprocess --status unmatched --event PointsWillExpire --dry-run
  pointsman replay start --as reprocess --mapping tier-change --since 7d`;

interface StartOptions extends WriterOption {
  readonly as: string;
  readonly rate?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly output: OutputFormat;
}

/** `pointsman replay start|status|pause|resume|cancel|list`: sending again, and running again. */
export function replayCommand(program: Command): void {
  const replay = program
    .command('replay')
    .description('send deliveries again, or run events through the mappings again');
  const start = replay
    .command('start')
    .description('show what would be replayed, then do it')
    .argument('[ids...]', 'delivery ids (dlv_…) or event ids (evt_…); otherwise a filter chooses')
    .addOption(new Option('--as <mode>', 'as what').choices(['redeliver', 'reprocess']).makeOptionMandatory());
  addFilters(start, FILTERS)
    .option('--rate <rate>', 'how many at most: 50/s, 600/m')
    .option('--dry-run', 'only show what would be replayed')
    .option(...YES_OPTION)
    .option(...URL_OPTION)
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', `${START_HELP}\n${WRITING_HELP}`)
    .action(startReplay);
  replay
    .command('status')
    .description('show how far a replay got')
    .argument('<id>', 'a replay id: rpl_…')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .action(showStatus);
  replay
    .command('list')
    .description('list the replays, newest first')
    .option('--limit <n>', 'rows, at most 200')
    .option('--cursor <cursor>', 'go on where a list ended')
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .action(list);
  change(replay, 'pause', 'let a replay rest; what it made pending is still sent');
  change(replay, 'resume', 'go on with a paused replay');
  change(replay, 'cancel', 'end a replay; what it made pending is still sent');
}

function change(replay: Command, action: ReplayAction, description: string): void {
  replay
    .command(action)
    .description(description)
    .argument('<id>', 'a replay id: rpl_…')
    .option(...URL_OPTION)
    .option(...CONFIG_OPTION)
    .addOption(outputOption())
    .addHelpText('after', WRITING_HELP)
    .action(async (id: string, options: WriterOption & { readonly output: OutputFormat }) => {
      const config = configOf(options.config, 'error');
      const changed = await withWriter(config, options, ({ replays }) => replays.change(id, action));
      printReplay(changed, options.output);
    });
}

async function startReplay(ids: readonly string[], options: StartOptions): Promise<void> {
  const request = requestOf(ids, options);
  const config = configOf(options.config, 'error');
  const { yes = false, dryRun = false, output } = options;
  await withWriter(config, options, async ({ replays }) => {
    const look = await replays.look(request);
    if (dryRun) return printLook(look, output);
    for (const line of lookLines(look)) say(line);
    if (look.total > 0 && !(await isConfirmed(questionOf(look), yes))) return say('Nothing was replayed.');
    printReplay(await replays.start(request), output);
    if (!replays.isLive) say('No server runs: it begins with the next one.');
  });
}

/** The order as the API takes it. */
function requestOf(ids: readonly string[], options: StartOptions): JsonObject {
  const filter = queryOf(options as unknown as Options, Object.keys(FILTERS));
  const named = Object.keys(filter).length > 0;
  if (ids.length > 0 && named) throw new PointsmanError('CLI_USAGE', 'Give either ids or filters, not both');
  if (ids.length === 0 && !named) {
    throw new PointsmanError('CLI_USAGE', 'Name what to replay: ids, or a filter such as --status dead');
  }
  const chosen = ids.length > 0 ? { ids } : { filter };
  return { ...chosen, as: options.as, ...(options.rate !== undefined && { rate: options.rate }) };
}

async function showStatus(id: string, { config, output }: { config: string; output: OutputFormat }): Promise<void> {
  const replays = openReplays(configOf(config, 'placeholder').store.path);
  try {
    const key = rowKey('rpl', id);
    const found = key === null ? null : await replays.replay(key);
    if (!found) throw new PointsmanError('API_NOT_FOUND', `There is no replay ${id}`);
    printReplay(replayView(found), output);
  } finally {
    await replays.close();
  }
}

async function list(options: Options & { config: string; output: OutputFormat }): Promise<void> {
  const { page, filters } = pageRequestOf(queryOf(options, ['limit', 'cursor']));
  const replays = openReplays(configOf(options.config, 'placeholder').store.path);
  try {
    printList(listView(await replays.replays(page), replayView, filters), COLUMNS, options.output);
  } finally {
    await replays.close();
  }
}

function printReplay(view: ReplayView, output: OutputFormat): void {
  print(output === 'table' ? replayLines(view).join('\n') : JSON.stringify(view, null, output === 'json' ? 2 : 0));
}

function printLook(view: ReplayLookView, output: OutputFormat): void {
  print(output === 'table' ? lookLines(view).join('\n') : JSON.stringify(view, null, output === 'json' ? 2 : 0));
}
