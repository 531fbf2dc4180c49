import type { Child } from '../child.ts';
import { monotonicMs } from '../clock.ts';
import { cpuSecondsOf, peakRssOf } from '../linux.ts';
import type { SinkReply } from '../messages.ts';
import { type Home, type RunningServer, startServer } from '../pointsman.ts';
import { reached } from '../reached.ts';
import type { SubjectStart } from '../subject.ts';

/** What draining a backlog came to. */
export interface Drained {
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
  try {
    const loggedAt = await allLogged(bench, server);
    const cpuSeconds = cpuSecondsOf(server.pid);
    const peakRssBytes = peakRssOf(server.pid);
    const { arrivedAt, repeats, calls } = await sink.ask<SinkReply>({ kind: 'collect' });
    const arrived = arrivedAt.filter((at) => !Number.isNaN(at));
    const firstAt = arrived.reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY);
    const logged = await server.logged();
    const { complaints } = await server.stop();
    const seconds = (loggedAt - firstAt) / 1000;
    return {
      deliveries,
      arrived: arrived.length,
      repeats,
      calls,
      logged,
      seconds,
      cpuSeconds,
      peakRssBytes,
      complaints,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
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
