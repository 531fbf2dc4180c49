import type { Store } from '../../src/ports/store.ts';
import { openSqliteLog } from '../../src/storage/sqlite/sqlite-log.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { makeHome, removeHome } from '../pointsman.ts';
import { growthOf, noteGrowth } from './grow.ts';
import { type ReadGroup, timeReads } from './reads.ts';
import { createStopwatch, type Stopwatch, type Timings } from './timing.ts';
import { openTransitions } from './transitions.ts';
import { rowMs } from './world.ts';

/** What was timed at one size of the log. */
export interface Stage {
  readonly title: string;
  readonly transitions: Timings;
  /** The same transitions on a new database, in turn with those: whatever disturbed one disturbed both. */
  readonly onEmpty: Timings;
  readonly reads: ReadonlyMap<ReadGroup, Timings>;
}

/** Steps that nobody looks at: until then Node has not compiled what is hot. */
const WARM_UP_STEPS = 30;

/** Times everything on a database as it is; the transitions add some thousand rows. */
export async function stageOf(title: string, path: string, times: number): Promise<Stage> {
  const reads = await readsOn(path, times);
  return { title, ...(await transitionsOn(path, times)), reads };
}

async function readsOn(path: string, times: number): Promise<Stage['reads']> {
  const store = openSynced(path);
  const { rows } = await growthOf(store);
  const log = openSqliteLog(path);
  const watches = new Map<ReadGroup, Stopwatch>();
  const watchOf = (group: ReadGroup): Stopwatch => {
    const watch = watches.get(group) ?? createStopwatch();
    watches.set(group, watch);
    return watch;
  };
  try {
    await timeReads({ log, rows, times, watchOf });
    return new Map([...watches].map(([group, watch]) => [group, watch.timings()]));
  } finally {
    await log.close();
    await store.close();
  }
}

async function transitionsOn(path: string, times: number): Promise<Pick<Stage, 'transitions' | 'onEmpty'>> {
  const empty = makeHome();
  const stores = [openSynced(empty.database), openSynced(path)] as const;
  try {
    return await inTurn(stores, times);
  } finally {
    for (const store of stores) await store.close();
    removeHome(empty);
  }
}

async function inTurn(
  [emptyStore, store]: readonly [Store, Store],
  times: number,
): Promise<Pick<Stage, 'transitions' | 'onEmpty'>> {
  const growth = await growthOf(store);
  const empty = await openTransitions(emptyStore, 0);
  const grown = await openTransitions(store, growth.rows);
  const ignored = createStopwatch();
  for (let step = 0; step < WARM_UP_STEPS; step++) await empty.step(ignored);
  const [emptyWatch, watch] = [createStopwatch(), createStopwatch()];
  for (let time = 0; time < times; time++) {
    await empty.step(emptyWatch);
    await grown.step(watch);
  }
  await noteGrowth(store, { ...growth, rows: grown.next() });
  return { transitions: watch.timings(), onEmpty: emptyWatch.timings() };
}

/** On a connection as a server has it: every commit waits for the disk. */
function openSynced(path: string): Store {
  return openSqliteStore({ path, nowMs: rowMs(0) });
}
