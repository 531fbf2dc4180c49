import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Site } from '../crash/site.ts';

/** What a process takes at one moment; null = it is not to be had. */
export interface Sample {
  readonly atMs: number;
  readonly rssMb: number | null;
  readonly heapMb: number | null;
  readonly descriptors: number | null;
  readonly threads: number | null;
  readonly walMb: number;
  readonly databaseMb: number;
  /** The 99th percentile of how late the event loop was, in ms. */
  readonly lagMs: number | null;
}

/** A straight line through samples. */
export interface Trend {
  readonly perHour: number;
  /** By how much the line grows from the first sample to the last. */
  readonly growth: number;
  /** How much of the scatter the line explains: 0 to 1. */
  readonly fit: number;
}

const MB = 1024 * 1024;

/** Looks at the process (through /proc), at its files and at its own metrics. */
export async function takeSample(pid: number, site: Site): Promise<Sample> {
  const status = readText(`/proc/${pid}/status`);
  const metrics = await metricsOf(site);
  const heap = metrics('pointsman_nodejs_heap_size_used_bytes');
  const lag = metrics('pointsman_nodejs_eventloop_lag_p99_seconds');
  return {
    atMs: Date.now(),
    rssMb: scaled(/^VmRSS:\s+(\d+)/m.exec(status)?.[1], 1 / 1024),
    heapMb: heap === null ? null : heap / MB,
    descriptors: existsSync(`/proc/${pid}/fd`) ? readdirSync(`/proc/${pid}/fd`).length : null,
    threads: scaled(/^Threads:\s+(\d+)/m.exec(status)?.[1], 1),
    walMb: sizeMb(`${site.database}-wal`),
    databaseMb: sizeMb(site.database),
    lagMs: lag === null ? null : lag * 1_000,
  };
}

/** The least-squares line of a figure over the second half of the samples; null when there are too few. */
export function trendOf(samples: readonly Sample[], figure: (sample: Sample) => number | null): Trend | null {
  const half = samples.slice(Math.floor(samples.length / 2));
  const points = half.flatMap((sample) => {
    const y = figure(sample);
    return y === null ? [] : [{ x: sample.atMs / 3_600_000, y }];
  });
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 5) return null;
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const xx = mean((point) => (point.x - x) ** 2);
  const xy = mean((point) => (point.x - x) * (point.y - y));
  const yy = mean((point) => (point.y - y) ** 2);
  const perHour = xy / xx;
  return { perHour, growth: perHour * (last.x - first.x), fit: yy === 0 ? 0 : xy ** 2 / (xx * yy) };
}

async function metricsOf({ url }: Site): Promise<(name: string) => number | null> {
  const answer = url === null ? null : await fetch(`${url}/metrics`).catch(() => null);
  const text = answer?.ok ? await answer.text() : '';
  return (name) => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return line === undefined ? null : Number(line.slice(name.length + 1));
  };
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function scaled(text: string | undefined, factor: number): number | null {
  return text === undefined ? null : Number(text) * factor;
}

function sizeMb(path: string): number {
  return existsSync(path) ? statSync(path).size / MB : 0;
}
