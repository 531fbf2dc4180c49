import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Registry } from 'prom-client';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { publishCounts } from './counters.ts';
import type { CountingMeter } from './counting-meter.ts';
import type { TransformTimes } from './metered-engine.ts';
import { publishProcess } from './process-gauges.ts';
import { publishState, type ServerState } from './state-gauges.ts';
import { publishStore, type StoreReading } from './store-gauges.ts';

/** What metrics are read from. */
export interface MetricsTools {
  readonly meter: CountingMeter;
  readonly times: TransformTimes;
  readonly state: ServerState;
  /** On a thread of its own: a scrape never stalls the door. */
  readonly reads: Pick<Log, 'gauges'>;
  readonly storePath: string;
  readonly clock: Clock;
}

/** Everything that is measured, in Prometheus' text format. */
export interface Metrics {
  readonly contentType: string;
  scrape(): Promise<string>;
  close(): void;
}

/** How long a scrape waits for the store, in ms: Prometheus itself waits 10 s. */
const LONGEST_READ_MS = 3_000;

/** Builds the metrics of one server. Close them to end the measuring. */
export function createMetrics(tools: MetricsTools): Metrics {
  const { meter, times, state, clock } = tools;
  const registry = new Registry();
  let reading: StoreReading = { gauges: null, diskFree: null, nowMs: clock.now(), configured: state.destinations() };
  publishCounts(registry, meter, times);
  publishState(registry, state);
  publishStore(registry, () => reading);
  const stopMeasuring = publishProcess(registry);
  let scraping: Promise<string> | null = null;

  async function scrape(): Promise<string> {
    const [gauges, diskFree] = await inTime([tools.reads.gauges(), freeOf(tools.storePath)] as const, clock);
    reading = { gauges, diskFree, nowMs: clock.now(), configured: state.destinations() };
    return registry.metrics();
  }

  return {
    contentType: registry.contentType,
    // Those who ask at the same time share one answer.
    scrape() {
      scraping ??= scrape().finally(() => {
        scraping = null;
      });
      return scraping;
    },
    close: stopMeasuring,
  };
}

/** Null for what fails, or does not answer in time. */
async function inTime<Left, Right>(
  [left, right]: readonly [Promise<Left>, Promise<Right>],
  clock: Clock,
): Promise<readonly [Left | null, Right | null]> {
  const ended = new AbortController();
  const late = clock.sleep(LONGEST_READ_MS, ended.signal).then(
    () => null,
    () => null,
  );
  const orNull = <Value>(read: Promise<Value>) => Promise.race([read.catch(() => null), late]);
  const both = await Promise.all([orNull(left), orNull(right)]);
  ended.abort();
  return both;
}

async function freeOf(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize;
}
