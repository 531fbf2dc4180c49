import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Mapping } from '../core/mapping.ts';
import { type ClockWatch, watchClock } from '../pipeline/clock-watch.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import type { TransformEngine } from '../ports/transform-engine.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { createTransformEngine } from '../transform/engine.ts';
import { CountingMeter } from './metrics/counting-meter.ts';
import { meteredEngine, newTransformTimes, type TransformTimes } from './metrics/metered-engine.ts';
import { monotonicMs } from './system.ts';

/** What a server is made of for as long as it runs: a reload changes none of it. */
export interface Parts {
  /** The config of the start. */
  readonly config: Config;
  readonly clock: Clock;
  readonly clockWatch: ClockWatch;
  readonly log: Logger;
  readonly store: Store;
  readonly engine: TransformEngine;
  readonly meter: CountingMeter;
  readonly transformTimes: TransformTimes;
  readonly readSample: (mapping: Mapping, path: string) => Promise<string>;
}

/** What parts are opened from. */
export interface PartsOptions extends Pick<Parts, 'config' | 'clock' | 'log'> {
  /** Two looks at the clock that are further apart are a jump of it, in ms; a minute unless told. */
  readonly longestStepMs?: number;
}

/** Undoes what was opened, last opened first. */
export type Closers = (() => Promise<void> | void)[];

/** As much as a webhook may bring by default. */
const LARGEST_SAMPLE_BYTES = 1024 * 1024;

/** Opens the parts; each is on `closers` as soon as it is open. Throws a `STORE_*` error. */
export function openParts(from: PartsOptions, closers: Closers): Parts {
  const { config, log } = from;
  const clockWatch = watchClock(from.clock, from.longestStepMs);
  const { clock } = clockWatch;
  const store = openSqliteStore({ path: config.store.path, nowMs: clock.now() });
  closers.push(() => store.close());
  const engine = createTransformEngine({
    ...config.transform,
    onQuarantine: (_version, mapping) =>
      log.error({ stage: 'route', mapping, code: 'TRANSFORM_QUARANTINED' }, 'set aside until its text changes'),
  });
  closers.push(() => engine.close());
  const transformTimes = newTransformTimes();
  return {
    ...{ config, log, clock, clockWatch, store },
    engine: meteredEngine(engine, transformTimes, monotonicMs),
    meter: new CountingMeter(),
    transformTimes,
    readSample: sampleReader(config.mappings.dir),
  };
}

/** Reads samples by their path relative to the mapping's file. Pipes and devices are refused: they might never end. */
export function sampleReader(dir: string): Parts['readSample'] {
  return async ({ file }, path) => {
    const sample = resolve(dirname(join(dir, file)), path);
    const stats = await stat(sample);
    if (!stats.isFile()) throw new Error(`${path} is no regular file`);
    if (stats.size > LARGEST_SAMPLE_BYTES) throw new Error(`${path} is larger than a webhook may be`);
    return readFile(sample, 'utf8');
  };
}

/** Closes everything, last opened first; one that fails does not keep the others open. */
export async function closeAll(closers: Closers): Promise<void> {
  for (let close = closers.pop(); close; close = closers.pop()) {
    await Promise.resolve(close()).catch(() => undefined);
  }
}
