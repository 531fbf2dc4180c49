import type { Child } from '../child.ts';
import { monotonicMs } from '../clock.ts';
import { cpuSecondsOf, peakRssOf } from '../linux.ts';
import type { SinkReply } from '../messages.ts';
import { type Noise, watchMachine } from '../noise.ts';
import { type Home, type RunningServer, startServer } from '../pointsman.ts';
import { reached } from '../reached.ts';
import type { SubjectStart } from '../subject.ts';

/** What draining a backlog came to. */
export interface Drained extends Noise {
  readonly deliveries: number;
  /** Distinct deliveries that the sink saw, and what it saw twice. */
  readonly arrived: number;
  readonly repeats: number;
  readonly calls: number;
  /** What the log calls delivered. */
  readonly logged: number;
  /** From the first arrival at the sink to the moment the log had all; NaN when it never did. */
  readonly seconds: number;
  /** Of the server, its start included. */
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
  readonly complaints: readonly string[];
}

/** What draining needs: a home whose database holds the backlog, and a sink of the bench's own. */
export interface DrainBench {
  readonly home: Home;
  readonly deliveries: number;
  readonly sink: Child;
  readonly start: SubjectStart;
  /** Told now and then how many have arrived. */
  readonly onProgress: (arrived: number) => void;
}

const LOOK_EVERY_MS = 100;
const TELL_EVERY_MS = 10_000;

/** Starts the real server on the backlog and waits until every delivery is at the sink and in the log. */
export async function drain(bench: DrainBench): Promise<Drained> {
  const { home, deliveries, sink, start } = bench;
  await sink.ask({ kind: 'expect', first: 0, count: deliveries, delayMs: 0 });
  const server = await startServer(home, start);
  const drained = await watched(bench, server).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const { complaints } = await server.stop();
  return { ...drained, complaints };
}

async function watched(bench: DrainBench, server: RunningServer): Promise<Omit<Drained, 'complaints'>> {
  const { deliveries, sink } = bench;
  const noiseSince = watchMachine([server.pid, sink.pid, process.pid]);
  const loggedAt = await allLogged(bench, server);
  const noise = noiseSince();
  const cpuSeconds = cpuSecondsOf(server.pid);
  const peakRssBytes = peakRssOf(server.pid);
  const { arrivedAt, repeats, calls } = await sink.ask<SinkReply>({ kind: 'collect' });
  const arrivals = arrivedAt.filter((at) => !Number.isNaN(at));
  const firstAt = arrivals.reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY);
  const seconds = (loggedAt - firstAt) / 1000;
  const logged = await server.logged();
  return { deliveries, arrived: arrivals.length, repeats, calls, logged, seconds, cpuSeconds, peakRssBytes, ...noise };
}

/** The log is asked only when it can be complete: what is open makes its totals dear. */
async function allLogged({ deliveries, sink, onProgress }: DrainBench, server: RunningServer): Promise<number> {
  let toldAt = monotonicMs();
  const arrived = async (): Promise<number> => {
    const count = await sink.ask<number>({ kind: 'arrived' });
    if (monotonicMs() - toldAt > TELL_EVERY_MS) {
      toldAt = monotonicMs();
      onProgress(count);
    }
    return count;
  };
  await reached(deliveries, arrived, LOOK_EVERY_MS);
  return reached(deliveries, server.logged, LOOK_EVERY_MS);
}
