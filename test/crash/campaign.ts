import { setTimeout as delay } from 'node:timers/promises';
import { compare, type Differences } from './compare.ts';
import { faultsOf } from './database-check.ts';
import { Deeds } from './deeds.ts';
import { startDoomed, tracesOf } from './doomed.ts';
import { eventsFor } from './events.ts';
import { startWeather } from './faults.ts';
import { type Lives, livesOf } from './lives.ts';
import { startOperator } from './operator.ts';
import { startOracle } from './oracle.ts';
import { DELETING, POINTS } from './points.ts';
import { settled } from './settled.ts';
import { openSite, type Site, TOKEN } from './site.ts';

/** How hard the server is treated. */
export interface CampaignOptions {
  /** Kills at random moments. */
  readonly kills: number;
  /** Whether it is also killed once at every named point. */
  readonly points: boolean;
  /** Whether events are pruned and members forgotten meanwhile. */
  readonly deletes: boolean;
  readonly members: number;
  readonly eventsPerSecond: number;
  readonly random: () => number;
  /** Told what goes on, now and then. */
  readonly onProgress?: (line: string) => void;
}

/** What came of it. */
export interface CampaignReport extends Differences {
  readonly kills: number;
  /** Kills by the point they came at. */
  readonly hits: ReadonlyMap<string, number>;
  /** Points at which it should have been killed, and that were never passed. */
  readonly neverHit: readonly string[];
  readonly issued: number;
  /** Events that got a 202. */
  readonly owed: number;
  /** Calls that were read by a destination. */
  readonly calls: number;
  /** Calls that repeated an earlier one. */
  readonly repeats: number;
  readonly forgotten: number;
  /** Deliveries that were open when nothing moved any more. */
  readonly stuck: number;
  /** What is wrong with the database. */
  readonly database: readonly string[];
  /** Forgotten members of whom something stands in the files. */
  readonly traces: readonly string[];
  /** Lives that ended by themselves, and answers of the API that should not be. */
  readonly accidents: readonly string[];
}

/** As if the machine had slept: what was received before is older than the retention. */
const SLEEP_MS = 65 * 60 * 1_000;
const WEATHER_MS = 150;

/** Kills a server under load and faults, at named points and at random moments, and compares promise and outcome. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { random, deletes } = options;
  const site = await openSite(random);
  const deeds = new Deeds();
  const lives = livesOf(site, 900);
  try {
    const neverMigrated = options.points ? await killInMigration(lives) : [];
    const weather = startWeather(site.sandbox, random, WEATHER_MS);
    const oracle = startOracle({ ...options, token: TOKEN, url: () => site.url, ...eventsFor(deeds, random) });
    const { members } = options;
    const operator = startOperator({ site, deeds, members, random, everyMs: 30, server: () => lives.current });
    const doomed = deletes ? startDoomed({ site, deeds, random, restMs: 0 }) : null;
    const left = options.points ? await killAtPoints(site, lives, options) : [];
    await killAtRandom(site, lives, options);

    await weather.clear();
    site.sink.heal();
    const last = await lives.begin();
    await Promise.all([oracle.stop(), doomed?.stop()]);
    await operator.retire();
    const stuck = await settled(site.database);
    await delay(500);
    site.url = null;
    await last.kill('SIGTERM');
    site.keepBooks();
    const books = { oracle, ledger: site.ledger, deeds, database: site.database, hasDeleted: deletes };
    const { calls, seen } = site.ledger;
    return {
      ...{ kills: lives.kills, hits: lives.hits, neverHit: [...neverMigrated, ...left], stuck, calls },
      ...compare(books),
      issued: [...oracle.issued.values()].flat().length,
      owed: oracle.owed.size,
      repeats: calls - seen.size,
      forgotten: deeds.forgottenMs.size,
      database: faultsOf(site.database, deletes),
      traces: [...(doomed?.remains ?? []), ...tracesOf(deeds.forgottenMs.keys(), site.database)],
      accidents: [...lives.accidents, ...deeds.unexpected],
    };
  } finally {
    await lives.current?.kill('SIGKILL');
    await site.close();
  }
}

/** Between any two statements, and on both sides of the commit; which of these points were never passed. */
async function killInMigration(lives: Lives): Promise<readonly string[]> {
  const [before, after] = ['before migration commit', 'after migration commit'];
  await lives.migrating([before]);
  let statement = 0;
  while ((await lives.migrating([`migration ${statement}`, after])) === `migration ${statement}`) statement += 1;
  return ['migration 1', before, after].filter((point) => !lives.hits.has(point));
}

const LONGEST_LIFE_MS = 6_000;
const MOST_LIVES = 4;

/** One life after the other, each until it passes the first point that is left; which were never passed. */
async function killAtPoints(site: Site, lives: Lives, options: CampaignOptions): Promise<readonly string[]> {
  const { random, deletes, onProgress } = options;
  const left = new Set(POINTS.filter((point) => deletes || !DELETING.test(point)));
  let vain = 0;
  while (left.size > 0 && vain < MOST_LIVES * 5) {
    // Only old events are pruned.
    if ([...left].some((point) => /prune|tidy|compact/.test(point)) && random() < 0.4) site.clockAheadMs += SLEEP_MS;
    // Refused credentials would come by themselves, but seldom.
    if ([...left].some((one) => /probe$|unauthorized/.test(one)) && random() < 0.5)
      site.sandbox.faults.add({ kind: 'status', status: 401, forMs: 3_000 });
    const armed = new Map([...left].map((point) => [point, left.size < 10 ? 1 : 1 + Math.floor(random() * 3)]));
    const point = await lives.untilPoint(armed, LONGEST_LIFE_MS);
    if (point === null) vain += 1;
    else left.delete(point);
    onProgress?.(`${left.size} points left; ${point ?? 'none was passed'}`);
  }
  return [...left];
}

async function killAtRandom(site: Site, lives: Lives, { kills, random, deletes, onProgress }: CampaignOptions) {
  for (let kill = 0; kill < kills; kill++) {
    if (deletes && random() < 0.1) site.clockAheadMs += SLEEP_MS;
    await lives.randomly(random);
    if (kill % 20 === 19) onProgress?.(`${kill + 1} kills at random moments`);
  }
}

/** Which of a report's findings are faults, by name. */
export function faultsIn(report: CampaignReport): Readonly<Record<string, readonly string[]>> {
  const { lost, invented, changed, outOfOrder, unlogged, illegitimate, notForgotten } = report;
  const { database, traces, accidents, neverHit, stuck } = report;
  return {
    ...{ lost, invented, changed, outOfOrder, unlogged, illegitimate, notForgotten, traces, database, accidents },
    ...{ neverHit, stuck: stuck === 0 ? [] : [`${stuck} deliveries`] },
  };
}
