import { type Figures, figuresOf } from './figures.ts';
import { cpuSecondsOf, machineTime, peakRssOf } from './linux.ts';
import type { Options } from './options.ts';
import { type PhasePlan, runPhase, type Surroundings } from './phase.ts';
import { type Subject, type SubjectName, startSubject } from './subject.ts';

/** One subject, measured once. */
export interface Measurement {
  readonly subject: SubjectName;
  /** Only to warm up: what it lost counts, how fast it was does not. */
  readonly warmUp: Figures;
  /** As many connections as asked for, each sending again as soon as it is answered. */
  readonly saturated: Figures;
  /** A steady, low rate; latency counts from when each event was due. */
  readonly calm: Figures;
  readonly peakRssBytes: number;
  readonly databaseBytesPerEvent: number | null;
  /** The first warnings and errors that the subject logged. */
  readonly complaints: readonly string[];
  /** Share of the machine's processor time that the host gave to other machines. */
  readonly stolen: number;
  /** Share of the machine's processor time that programs other than the bench's used. */
  readonly others: number;
}

/** What measuring needs. */
export interface Bench extends Surroundings {
  readonly options: Options;
  readonly sinkUrl: string;
  readonly serverCpu: number | null;
  /** Takes this many sequence numbers, never given out before; returns the first. */
  readonly takeSequences: (count: number) => number;
}

const WARM_UP_EVENTS = 1_000;

/** Starts a subject, warms it up, measures it under full and under low load, and stops it. */
export async function measure(name: SubjectName, bench: Bench): Promise<Measurement> {
  const { options, sinkUrl, serverCpu: cpu } = bench;
  const subject = await startSubject(name, { sinkUrl, cpu, profileDir: options.profileDir });
  const run = (count: number, perSecond: number | null) => runPhase(planOf(count, perSecond, bench), subject, bench);
  let stopped = false;
  try {
    const warmUp = figuresOf(await run(WARM_UP_EVENTS, null));
    const watch = watchMachine(subject, bench);
    const saturated = figuresOf(await run(options.events, null));
    const calm = figuresOf(await run(options.perSecond * options.calmSeconds, options.perSecond));
    const noise = watch();
    const peakRssBytes = peakRssOf(subject.pid);
    stopped = true;
    const { databaseBytes, complaints } = await subject.stop();
    const events = warmUp.accepted + saturated.accepted + calm.accepted;
    const databaseBytesPerEvent = databaseBytes === null ? null : databaseBytes / events;
    return { subject: name, warmUp, saturated, calm, peakRssBytes, databaseBytesPerEvent, complaints, ...noise };
  } finally {
    if (!stopped) await subject.stop();
  }
}

/** A count over all that a measurement sent. */
export function sumOf({ warmUp, saturated, calm }: Measurement, count: (figures: Figures) => number): number {
  return count(warmUp) + count(saturated) + count(calm);
}

function planOf(count: number, perSecond: number | null, { options, takeSequences }: Bench): PhasePlan {
  return { first: takeSequences(count), count, connections: options.connections, perSecond };
}

/** Starts watching the machine; the returned function tells what disturbed it since. */
function watchMachine({ pid }: Subject, { load, sink }: Bench): () => Pick<Measurement, 'stolen' | 'others'> {
  const pids = [pid, load.pid, sink.pid, process.pid];
  const own = () => pids.reduce((sum, each) => sum + cpuSecondsOf(each), 0);
  const before = machineTime();
  const ownBefore = own();
  return () => {
    const now = machineTime();
    const all = now.all - before.all;
    const others = now.busy - before.busy - (own() - ownBefore);
    return { stolen: (now.stolen - before.stolen) / all, others: Math.max(0, others) / all };
  };
}
