import type { Target } from '../targets.ts';
import type { ReadGroup } from './reads.ts';
import type { Stage } from './stages.ts';
import type { Timing, Timings } from './timing.ts';

const HEADINGS: Readonly<Record<ReadGroup, string>> = {
  deliveries: 'deliveries by one filter, first page of 50',
  'deliveries, combined': 'deliveries by two or three filters, first page of 50',
  events: 'events by one filter, first page of 50',
  'events, combined': 'events by two or three filters, first page of 50',
  deep: 'deliveries, going on page by page',
  other: 'without a filter, single rows, totals',
};

/** Of the combinations, only the slowest are listed. */
const SLOWEST_SHOWN = 15;
const MOST_GROWTH = 1.5;
const SLOWEST_PAGE_MS = 20;
const TITLE_WIDTH = 72;
const CELL_WIDTH = 15;

/** First pages: what a person or a program waits for. */
const FIRST_PAGES: readonly ReadGroup[] = ['deliveries', 'deliveries, combined', 'events', 'events, combined', 'other'];

/** The table: p50/p99 in ms at every stage; reads with the growth of p50 from the first stage to the last. */
export function logTable(stages: readonly Stage[]): readonly string[] {
  const groups = [...new Set(stages.flatMap(({ reads }) => [...reads.keys()]))];
  const titles = [...new Set(stages.flatMap(({ transitions }) => [...transitions.keys()]))];
  return [
    lineOf('p50/p99 ms', [...stages.map(({ title }) => title), 'growth']),
    'transitions, one commit each; below each, on an empty database in turn with it',
    ...titles.flatMap((title) => transitionLines(title, stages)),
    ...groups.flatMap((group) => {
      return sectionOf(
        HEADINGS[group],
        stages.map(({ reads }) => reads.get(group) ?? new Map()),
        group.endsWith('combined'),
      );
    }),
  ];
}

/** What is wanted of it: transitions that cost what they cost on an empty database, and pages that nobody waits for. */
export function logTargets(stages: readonly Stage[]): readonly Target[] {
  const transitions = stages.flatMap((stage) => {
    return [...stage.onEmpty.keys()].map((title): Target => {
      const name = `${title}: p50 at ${stage.title} against empty`;
      return { title: name, measured: growthIn(stage, title), atMost: MOST_GROWTH, unit: 'x', digits: 2 };
    });
  });
  const pages = stages.map(({ title, reads }): Target => {
    const times = FIRST_PAGES.flatMap((group) => [...(reads.get(group) ?? new Map<string, Timing>()).values()]);
    const slow = times.filter(({ p99 }) => p99 >= SLOWEST_PAGE_MS).length;
    const name = `of ${times.length} log queries, p99 not under ${SLOWEST_PAGE_MS} ms at ${title}`;
    return { title: name, measured: slow, atMost: 0, unit: '', digits: 0 };
  });
  return [...transitions, ...pages];
}

function transitionLines(title: string, stages: readonly Stage[]): readonly string[] {
  const last = stages.at(-1);
  const growth = last ? `${growthIn(last, title).toFixed(2)}x` : '';
  return [
    lineOf(`  ${title}`, [...stages.map(({ transitions }) => cellOf(transitions.get(title))), growth]),
    lineOf(
      '    empty',
      stages.map(({ onEmpty }) => cellOf(onEmpty.get(title))),
    ),
  ];
}

function growthIn({ transitions, onEmpty }: Stage, title: string): number {
  return (transitions.get(title)?.p50 ?? Number.NaN) / (onEmpty.get(title)?.p50 ?? Number.NaN);
}

function sectionOf(title: string, stages: readonly Timings[], isLong = false): readonly string[] {
  const last = stages.at(-1) ?? new Map<string, Timing>();
  const titles = [...new Set(stages.flatMap((timings) => [...timings.keys()]))];
  const slowest = [...titles].sort((left, right) => (last.get(right)?.p99 ?? 0) - (last.get(left)?.p99 ?? 0));
  const shown = isLong ? slowest.slice(0, SLOWEST_SHOWN) : titles;
  const heading = shown.length < titles.length ? `${title}, the slowest ${shown.length} of ${titles.length}` : title;
  return [
    heading,
    ...shown.map((each) =>
      rowOf(
        each,
        stages.map((timings) => timings.get(each)),
      ),
    ),
  ];
}

function rowOf(title: string, timings: readonly (Timing | undefined)[]): string {
  const known = timings.filter((timing) => timing !== undefined);
  const growth = (known.at(-1)?.p50 ?? Number.NaN) / (known[0]?.p50 ?? Number.NaN);
  return lineOf(`  ${title}`, [...timings.map(cellOf), known.length > 1 ? `${growth.toFixed(2)}x` : '']);
}

function cellOf(timing: Timing | undefined): string {
  return timing ? `${timing.p50.toFixed(2)}/${timing.p99.toFixed(2)}` : '–';
}

function lineOf(title: string, cells: readonly string[]): string {
  const cut = title.length < TITLE_WIDTH ? title : `${title.slice(0, TITLE_WIDTH - 2)}…`;
  return cut.padEnd(TITLE_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join('');
}
