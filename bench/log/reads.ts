import type { Log, Page, PageRequest } from '../../src/ports/log.ts';
import { monotonicMs } from '../clock.ts';
import { type Query, queriesOf } from './combine.ts';
import { DELIVERY_USES, EVENT_USES } from './filters.ts';
import type { Stopwatch } from './timing.ts';

/** How the reads of the log are grouped in the table. */
export type ReadGroup = 'deliveries' | 'deliveries, combined' | 'events' | 'events, combined' | 'deep' | 'other';

/** Times every kind of read; each group on a stopwatch of its own. */
export interface ReadTools {
  readonly log: Log;
  /** How many rows there are: filters are about rows among them. */
  readonly rows: number;
  /** How often each is timed; less often when it is slow. */
  readonly times: number;
  readonly watchOf: (group: ReadGroup) => Stopwatch;
}

const PAGE: PageRequest = { before: null, limit: 50 };
/** A slow query is not worth more: it is slow. */
const BUDGET_MS = 400;
const FEWEST_TIMES = 3;
const DEEP_PAGES = 20;
const DEEP_WALKS = 5;
/** Rows apart that the varied filters are about. */
const STRIDE = 7_919;
const DAY_MS = 86_400_000;

/** Times the first pages of every filter and combination, deep pages, single rows and totals. */
export async function timeReads(tools: ReadTools): Promise<void> {
  const { log } = tools;
  const deliveries = queriesOf(DELIVERY_USES);
  const events = queriesOf(EVENT_USES);
  await timeQueries('deliveries', deliveries.single, log.deliveries, tools);
  await timeQueries('deliveries, combined', deliveries.combined, log.deliveries, tools);
  await timeQueries('events', events.single, log.events, tools);
  await timeQueries('events, combined', events.combined, log.events, tools);
  await timeDeepPages(tools);
  await timeOthers(tools);
}

type List<Filter> = (filter: Filter, page: PageRequest) => Promise<Page<{ readonly id: number }>>;

async function timeQueries<Filter>(
  group: ReadGroup,
  queries: readonly Query<Filter>[],
  list: List<Filter>,
  { rows, times, watchOf }: ReadTools,
): Promise<void> {
  const watch = watchOf(group);
  for (const { title, of } of queries) {
    await repeatedly(times, (time) => watch.time(title, () => list(of(rowAt(time, rows), rows), PAGE)));
  }
}

/** The pages after the first: going on must not cost more the further one is. */
async function timeDeepPages({ log, watchOf }: ReadTools): Promise<void> {
  const watch = watchOf('deep');
  const filters = [
    {},
    { status: 'delivered' },
    { status: 'dead' },
    { mapping: 'tier-change', status: 'dead' },
  ] as const;
  for (const filter of filters) {
    const title = `page 2 to ${DEEP_PAGES}: ${JSON.stringify(filter)}`;
    for (let walk = 0; walk < DEEP_WALKS; walk++) {
      let { nextBefore } = await log.deliveries(filter, PAGE);
      for (let page = 2; page <= DEEP_PAGES && nextBefore !== null; page++) {
        const before: number = nextBefore;
        ({ nextBefore } = await watch.time(title, () => log.deliveries(filter, { ...PAGE, before })));
      }
    }
  }
}

async function timeOthers({ log, rows, times, watchOf }: ReadTools): Promise<void> {
  const watch = watchOf('other');
  const newest = (await log.deliveries({}, PAGE)).items[0]?.createdAtMs ?? 0;
  const others: Readonly<Record<string, (row: number) => Promise<unknown>>> = {
    'deliveries, no filter': () => log.deliveries({}, PAGE),
    'events, no filter': () => log.events({}, PAGE),
    'one delivery': (row) => log.delivery(row + 1),
    'one event': (row) => log.event(row + 1),
    'totals, ever': () => log.stats(0),
    'totals, last day': () => log.stats(newest - DAY_MS),
    'unmatched names': () => log.unmatchedNames(50),
  };
  for (const [title, read] of Object.entries(others)) {
    await repeatedly(times, (time) => watch.time(title, () => read(rowAt(time, rows))));
  }
}

/** Many times, fewer when each takes long. */
async function repeatedly(times: number, act: (time: number) => Promise<unknown>): Promise<void> {
  const startedAt = monotonicMs();
  for (let time = 0; time < times; time++) {
    await act(time);
    if (time + 1 >= FEWEST_TIMES && monotonicMs() - startedAt > BUDGET_MS) return;
  }
}

function rowAt(time: number, rows: number): number {
  return (time * STRIDE) % Math.max(1, rows);
}
