import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '../../src/storage/sqlite/sqlite-log.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { growthOf, noteGrowth } from './grow.ts';
import { type ReadGroup, timeReads } from './reads.ts';
import { createStopwatch, type Stopwatch, type Timings } from './timing.ts';
import { timeTransitions } from './transitions.ts';
import { rowMs } from './world.ts';

/** What was timed at one size of the log. */
export interface Stage {
  readonly title: string;
  readonly transitions: Timings;
  readonly reads: ReadonlyMap<ReadGroup, Timings>;
}

const WARM_UP_TIMES = 60;

/** The transitions on a new database, after others of its kind have warmed the code up: what all growth is told from. */
export async function emptyStage(times: number): Promise<Stage> {
  await inNewDatabase((path) => transitionsOn(path, WARM_UP_TIMES));
  return { title: 'empty', transitions: await inNewDatabase((path) => transitionsOn(path, times)), reads: new Map() };
}

/** Times everything on a database as it is; the transitions add a few thousand rows. */
export async function stageOf(title: string, path: string, times: number): Promise<Stage> {
  const reads = await readsOn(path, times);
  return { title, transitions: await transitionsOn(path, times), reads };
}

async function readsOn(path: string, times: number): Promise<Stage['reads']> {
  const store = openSqliteStore({ path, nowMs: rowMs(0) });
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

/** On a connection as a server has it: every commit waits for the disk. */
async function transitionsOn(path: string, times: number): Promise<Timings> {
  const store = openSqliteStore({ path, nowMs: rowMs(0) });
  const watch = createStopwatch();
  try {
    const growth = await growthOf(store);
    const rows = await timeTransitions(store, { first: growth.rows, times }, watch);
    await noteGrowth(store, { ...growth, rows });
    return watch.timings();
  } finally {
    await store.close();
  }
}

async function inNewDatabase<Result>(act: (path: string) => Promise<Result>): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-bench-'));
  try {
    return await act(join(dir, 'pointsman.db'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
