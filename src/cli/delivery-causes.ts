import { PointsmanError } from '../core/errors.ts';
import { causeFilterOf } from '../http/filters.ts';
import { deadCauseView } from '../http/log-view.ts';
import type { Query } from '../http/paging.ts';
import { withLog } from './log-option.ts';
import { type Column, type OutputFormat, printList } from './output.ts';
import { harmless, print, say, styled } from './terminal.ts';
import { sayUnknownNames } from './unknown-names.ts';

type DeadCauseView = ReturnType<typeof deadCauseView>;

const COLUMNS: readonly Column<DeadCauseView>[] = [
  { title: 'COUNT', value: ({ count }) => count },
  { title: 'CODE', value: ({ code }) => code, style: (text) => styled('red', text) },
  { title: 'MAPPING', value: ({ mapping }) => mapping },
  { title: 'TO', value: ({ destination, endpoint }) => `${destination}.${endpoint}` },
  { title: 'OLDEST', value: ({ oldest }) => shownTime(oldest) },
  { title: 'NEWEST', value: ({ newest }) => shownTime(newest) },
  { title: 'EXAMPLE', value: ({ example }) => example },
];

/** Prints why deliveries are dead, the most frequent cause first, and what to do about each. */
export async function listCauses(
  query: Query,
  { config, output }: { readonly config: string; readonly output: OutputFormat },
): Promise<void> {
  const { limit, cursor, ...filters } = query;
  if (limit !== undefined || cursor !== undefined) {
    throw new PointsmanError('CLI_USAGE', 'Causes are listed all at once: leave out --limit and --cursor');
  }
  const filter = causeFilterOf(filters);
  await withLog(config, async (log) => {
    const items = (await log.deadCauses(filter)).map(deadCauseView);
    printList({ items, next: null }, COLUMNS, output);
    if (items.length === 0) return sayUnknownNames('delivery', filter, log);
    if (output === 'table') print(['', ...remedyLines(items)].join('\n'));
    if (output === 'table' && process.stderr.isTTY) say(styled('dim', LOOK_AT_ONE, process.stderr));
  });
}

const LOOK_AT_ONE = 'To look at one: pointsman deliveries show dlv_…';

/** What to do, once per code, with what the newest example was told. */
function remedyLines(causes: readonly DeadCauseView[]): readonly string[] {
  const byCode = new Map(causes.toReversed().map((cause) => [cause.code, cause]));
  return [...byCode.values()].toReversed().flatMap(({ code, remedy, detail }) => {
    const said = detail === null ? [] : [`  ${styled('dim', 'such as:')} ${harmless(detail)}`];
    return [styled('bold', code ?? 'without a code'), ...(remedy === null ? [] : [`  ${remedy}`]), ...said];
  });
}

function shownTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
