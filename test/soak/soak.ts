import { setTimeout as delay } from 'node:timers/promises';
import { compare, type Differences } from '../crash/compare.ts';
import { faultsOf } from '../crash/database-check.ts';
import { Deeds } from '../crash/deeds.ts';
import { startDoomed, tracesOf } from '../crash/doomed.ts';
import { eventsFor } from '../crash/events.ts';
import { startWeather } from '../crash/faults.ts';
import { startOperator } from '../crash/operator.ts';
import { startOracle } from '../crash/oracle.ts';
import { startServerProcess } from '../crash/server-process.ts';
import { settled } from '../crash/settled.ts';
import { openSite, TOKEN } from '../crash/site.ts';
import { type Sample, type Trend, takeSample, trendOf } from './sampler.ts';

/** How long the server runs, and under what. */
export interface SoakOptions {
  readonly minutes: number;
  readonly members: number;
  readonly eventsPerSecond: number;
  readonly random: () => number;
  readonly onSample: (sample: Sample) => void;
}

/** What came of it. */
export interface SoakReport extends Differences {
  readonly samples: readonly Sample[];
  readonly trends: Readonly<Record<'rssMb' | 'heapMb' | 'descriptors' | 'threads', Trend | null>>;
  readonly issued: number;
  readonly owed: number;
  readonly calls: number;
  readonly repeats: number;
  readonly forgotten: number;
  readonly stuck: number;
  readonly database: readonly string[];
  readonly traces: readonly string[];
  readonly accidents: readonly string[];
}

/** An outage lasts three of these: a tenth of the whole time, a minute and a half of half an hour. */
const WEATHER_SHARE = 1 / 60;
const SAMPLES = 240;
const SHORTEST_SAMPLE_MS = 1_000;
/** The clock jumps ahead so often in all, each time far enough for the retention to look again. */
const CLOCK_STEPS = 24;

/** Lets one server run under bounded load and all kinds of trouble; compares promise and outcome, and what it takes. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { random, minutes } = options;
  const [wholeMs, deeds, samples] = [minutes * 60_000, new Deeds(), [] as Sample[]];
  const site = await openSite(random);
  const clockStepEveryMs = wholeMs / CLOCK_STEPS;
  const server = startServerProcess(site.config, { armed: new Map(), hitFile: '', clockAheadMs: 0, clockStepEveryMs });
  try {
    site.url = await server.listening;
    const weather = startWeather(site.sandbox, random, wholeMs * WEATHER_SHARE);
    const oracle = startOracle({ ...options, token: TOKEN, url: () => site.url, ...eventsFor(deeds, random) });
    const operator = startOperator({
      site,
      deeds,
      members: options.members,
      random,
      everyMs: 400,
      server: () => server,
    });
    const doomed = startDoomed({ site, deeds, random, restMs: wholeMs / 30 });
    const untilMs = Date.now() + wholeMs;
    while (Date.now() < untilMs) {
      const sample = await takeSample(server.pid, site);
      samples.push(sample);
      options.onSample(sample);
      await delay(Math.max(SHORTEST_SAMPLE_MS, wholeMs / SAMPLES));
    }
    await weather.clear();
    site.sink.heal();
    await Promise.all([oracle.stop(), doomed.stop()]);
    await operator.retire();
    const stuck = await settled(site.database);
    await delay(500);
    site.url = null;
    await server.kill('SIGTERM');
    const { code, errors } = await server.ended;
    site.keepBooks();
    const { calls, seen } = site.ledger;
    return {
      ...compare({ oracle, ledger: site.ledger, deeds, database: site.database, hasDeleted: true }),
      ...{ samples, trends: trendsOf(samples), stuck, calls, repeats: calls - seen.size },
      issued: [...oracle.issued.values()].flat().length,
      owed: oracle.owed.size,
      forgotten: deeds.forgottenMs.size,
      database: faultsOf(site.database, true),
      traces: [...doomed.remains, ...tracesOf(deeds.forgottenMs.keys(), site.database)],
      accidents: [...deeds.unexpected, ...(code === 0 ? [] : [`serve ended with ${code}: ${errors}`])],
    };
  } finally {
    await server.kill('SIGKILL');
    await site.close();
  }
}

function trendsOf(samples: readonly Sample[]): SoakReport['trends'] {
  return {
    rssMb: trendOf(samples, ({ rssMb }) => rssMb),
    heapMb: trendOf(samples, ({ heapMb }) => heapMb),
    descriptors: trendOf(samples, ({ descriptors }) => descriptors),
    threads: trendOf(samples, ({ threads }) => threads),
  };
}

/** Growth over the second half that is no warming up any more, where a line explains most of it. */
const CLEAR_GROWTH = { rssMb: 40, heapMb: 25, descriptors: 25, threads: 5 } as const;
const CLEAR_FIT = 0.6;

/** What clearly grows without end. */
export function leaksIn({ trends }: Pick<SoakReport, 'trends'>): readonly string[] {
  return (Object.keys(CLEAR_GROWTH) as (keyof typeof CLEAR_GROWTH)[]).flatMap((figure) => {
    const trend = trends[figure];
    if (!trend || trend.growth < CLEAR_GROWTH[figure] || trend.fit < CLEAR_FIT) return [];
    return [`${figure} grows by ${trend.perHour.toFixed(1)} an hour`];
  });
}
