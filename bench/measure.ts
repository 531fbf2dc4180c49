import { type Figures, figuresOf } from './figures.ts';
import { peakRssOf } from './linux.ts';
import { type Noise, watchMachine } from './noise.ts';
import type { Options } from './options.ts';
import { runPhase, type Surroundings } from './phase.ts';
import { PHASE_NAMES, type Phase, type PhaseName, phaseOf, warmUpOf } from './phases.ts';
import { type Subject, type SubjectName, startSubject } from './subject.ts';

/** One subject, measured once. */
export interface Measurement extends Noise {
  readonly subject: SubjectName;
  /** Only to warm up: what it lost counts, how fast it was does not. */
  readonly warmUp: Figures;
  readonly phases: Readonly<Record<PhaseName, Figures>>;
  readonly peakRssBytes: number;
  readonly databaseBytesPerEvent: number | null;
  /** Of an event, what had to be kept whatever the database: its body and its frozen request. */
  readonly keptBytesPerEvent: number | null;
  /** The first warnings and errors that the subject logged. */
  readonly complaints: readonly string[];
}

/** What measuring needs. */
export interface Bench extends Surroundings {
  readonly options: Options;
  readonly sinkUrl: string;
  readonly serverCpu: number | null;
  /** Takes this many sequence numbers, never given out before; returns the first. */
  readonly takeSequences: (count: number) => number;
}

/** Starts a subject, warms it up, takes it through every phase, and stops it. */
export async function measure(name: SubjectName, bench: Bench): Promise<Measurement> {
  const { options, sinkUrl, serverCpu: cpu } = bench;
  const subject = await startSubject(name, { sinkUrl, cpu, profileDir: options.profileDir });
  let stopped = false;
  try {
    const warmUp = await figuresIn(warmUpOf(options), subject, bench);
    const noiseSince = watchMachine([subject.pid, bench.load.pid, bench.sink.pid, process.pid]);
    const phases = await phasesOf(subject, name, bench);
    const noise = noiseSince();
    const peakRssBytes = peakRssOf(subject.pid);
    stopped = true;
    const { databaseBytes, keptBytesPerEvent, complaints } = await subject.stop();
    const events = figuresOfAll({ warmUp, phases }).reduce((sum, { accepted }) => sum + accepted, 0);
    const databaseBytesPerEvent = databaseBytes === null ? null : databaseBytes / events;
    return {
      subject: name,
      warmUp,
      phases,
      peakRssBytes,
      databaseBytesPerEvent,
      keptBytesPerEvent,
      complaints,
      ...noise,
    };
  } finally {
    if (!stopped) await subject.stop();
  }
}

/** A count over all that a measurement sent. */
export function sumOf(measured: Pick<Measurement, 'warmUp' | 'phases'>, count: (figures: Figures) => number): number {
  return figuresOfAll(measured).reduce((sum, figures) => sum + count(figures), 0);
}

/** The figures of the warm-up and of every phase. */
export function figuresOfAll({ warmUp, phases }: Pick<Measurement, 'warmUp' | 'phases'>): readonly Figures[] {
  return [warmUp, ...Object.values(phases)];
}

async function phasesOf(subject: Subject, name: SubjectName, bench: Bench): Promise<Measurement['phases']> {
  const measured: [PhaseName, Figures][] = [];
  for (const phase of PHASE_NAMES) {
    measured.push([phase, await figuresIn(phaseOf(phase, name, bench.options), subject, bench)]);
  }
  return Object.fromEntries(measured) as Record<PhaseName, Figures>;
}

async function figuresIn(phase: Phase, subject: Subject, bench: Bench): Promise<Figures> {
  const plan = { ...phase, first: bench.takeSequences(phase.count), connections: bench.options.connections };
  return figuresOf(await runPhase(plan, subject, bench));
}
