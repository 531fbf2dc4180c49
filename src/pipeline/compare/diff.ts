import type { Fact, FactKey } from '../../core/event.ts';
import type { EventFilter, Log, Page, RunnableEvent } from '../../ports/log.ts';
import type { ShapeTools } from '../route/shape.ts';
import { type Comparison, compareEvents, type Difference, type DifferenceKind, type Sides } from './compare.ts';

/** Counts of a diff: events looked at, and requests by what became of them. */
type DiffSummary = Readonly<Record<'events' | 'same' | DifferenceKind, number>>;

/** What a diff came to. */
export interface Diff {
  readonly summary: DiffSummary;
  /** Differences per mapping and kind, and per field of changed requests. */
  readonly groups: readonly DiffGroup[];
  /** The first differences found, newest event first, of every kind of every mapping. */
  readonly changes: readonly Difference[];
}

/** Differences of one kind in one mapping. */
interface DiffGroup {
  readonly mapping: string;
  readonly kind: DifferenceKind;
  readonly count: number;
  /** How many of them differ at each path; only of changed requests. */
  readonly paths: ReadonlyMap<string, number>;
}

/** Which events a diff looks at, newest first. */
export interface DiffScope {
  readonly filter: EventFilter;
  /** Null = all that the filter leaves. */
  readonly last: number | null;
  /** Differences to keep; null = all. */
  readonly samples: number | null;
  /** Events compared at a time, at most 200. */
  readonly pageSize: number;
}

/** What a diff needs; it writes nothing. */
export interface DiffTools extends Omit<ShapeTools, 'facts'> {
  readonly log: Pick<Log, 'runnableEvents' | 'facts'>;
  /** Told after each page. */
  readonly onProgress: (events: number) => void;
}

/** Facts kept between pages. */
const MOST_FACTS = 50_000;

/** Compares two rule sets over stored events, page by page; the next page is read while one is compared. */
export async function diffEvents(sides: Sides, scope: DiffScope, tools: DiffTools): Promise<Diff> {
  const shaping: ShapeTools = { ...tools, facts: remembered((keys) => tools.log.facts(keys)) };
  const tally = new Tally(scope.samples);
  let page = await readPage(null, scope, 0, tools);
  while (page.items.length > 0 || page.nextBefore !== null) {
    const { items, nextBefore } = page;
    const comparing = compareEvents(items, sides, shaping);
    const [next, comparison] = await Promise.all([
      readPage(nextBefore, scope, tally.events + items.length, tools, nextBefore === null),
      comparing,
    ]);
    tally.add(items.length, comparison);
    tools.onProgress(tally.events);
    page = next;
  }
  return tally.result();
}

const NO_PAGE: Page<RunnableEvent> = { items: [], nextBefore: null };

async function readPage(
  before: number | null,
  { filter, last, pageSize }: DiffScope,
  seen: number,
  { log }: Pick<DiffTools, 'log'>,
  ended = false,
): Promise<Page<RunnableEvent>> {
  const limit = Math.min(pageSize, (last ?? Number.POSITIVE_INFINITY) - seen);
  return ended || limit <= 0 ? NO_PAGE : log.runnableEvents(filter, { before, limit });
}

class Tally {
  readonly #samples: number;
  readonly #counts = { same: 0, changed: 0, newlySent: 0, newlySkipped: 0, nowFailing: 0 };
  readonly #groups = new Map<string, { count: number; readonly paths: Map<string, number>; kept: Difference[] }>();
  events = 0;

  constructor(samples: number | null) {
    this.#samples = samples ?? Number.POSITIVE_INFINITY;
  }

  add(events: number, { same, differences }: Comparison): void {
    this.events += events;
    this.#counts.same += same;
    for (const difference of differences) this.#note(difference);
  }

  #note(difference: Difference): void {
    const { kind, mapping, fields } = difference;
    this.#counts[kind] += 1;
    const key = `${mapping} ${kind}`;
    const group = this.#groups.get(key) ?? { count: 0, paths: new Map<string, number>(), kept: [] };
    this.#groups.set(key, group);
    group.count += 1;
    if (group.kept.length < this.#samples) group.kept.push(difference);
    if (kind !== 'changed') return;
    for (const { path } of fields) group.paths.set(path, (group.paths.get(path) ?? 0) + 1);
  }

  result(): Diff {
    const groups = [...this.#groups].map(([key, { count, paths }]): DiffGroup => {
      const [mapping = '', kind] = key.split(' ');
      return { mapping, kind: kind as DifferenceKind, count, paths };
    });
    const summary = { events: this.events, ...this.#counts };
    return { summary, groups, changes: this.#changes() };
  }

  /** From each kind of each mapping in turn, so that a frequent difference hides no rare one; newest event first. */
  #changes(): readonly Difference[] {
    const lists = [...this.#groups.values()].map(({ kept }) => kept);
    const deepest = Math.max(0, ...lists.map(({ length }) => length));
    const chosen: Difference[] = [];
    for (let depth = 0; depth < deepest && chosen.length < this.#samples; depth++) {
      chosen.push(...lists.flatMap((list) => list[depth] ?? []));
    }
    return chosen.slice(0, this.#samples).sort((left, right) => right.event.id - left.event.id);
  }
}

/** Asks for each fact once. */
function remembered(find: ShapeTools['facts']): ShapeTools['facts'] {
  const known = new Map<string, Fact | null>();
  return async (keys) => {
    if (known.size > MOST_FACTS) known.clear();
    const unknown = keys.filter((key) => !known.has(textOf(key)));
    const found = unknown.length > 0 ? await find(unknown) : [];
    for (const [index, key] of unknown.entries()) known.set(textOf(key), found[index] ?? null);
    return keys.map((key) => known.get(textOf(key)) ?? null);
  };
}

function textOf({ source, storeCode, kind, key }: FactKey): string {
  return JSON.stringify([source, storeCode, kind, key]);
}
