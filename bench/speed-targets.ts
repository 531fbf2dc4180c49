import type { Figures } from './figures.ts';
import { type Measurement, sumOf } from './measure.ts';
import { BRISK_RATE, CALM_RATE, type PhaseName } from './phases.ts';
import type { Round } from './rounds.ts';
import { median } from './statistics.ts';
import type { Target } from './targets.ts';

/** A figure that has a ratio. */
type Figure = Exclude<keyof Figures, 'refusals'>;

const LATENCY = { atMost: 1.5, unit: 'x', digits: 2 } as const;
const END_TO_END = { atMost: 3, unit: 'x', digits: 2 } as const;

/** What is wanted of Pointsman next to the forwarder: medians of each round's ratio, never of a machine's own speed. */
export function speedTargets(rounds: readonly Round[], slowMs: number): readonly Target[] {
  const ratio = (phase: PhaseName, figure: Figure, theirs: Figure = figure): number => {
    return over(
      rounds,
      ({ pointsman, forwarder }) => numberIn(pointsman, phase, figure) / numberIn(forwarder, phase, theirs),
    );
  };
  const settled = (phase: PhaseName) => ratio(phase, 'loggedPerSecond', 'deliveredPerSecond');
  const times = { unit: 'x', digits: 2 } as const;
  return [
    { title: 'CPU per event, saturated', measured: ratio('saturated', 'cpuSecondsPer1k'), atMost: 0.45, ...times },
    { title: 'accepted, delivered and logged/s, sink 0 ms', measured: settled('saturated'), atLeast: 2, ...times },
    {
      title: `accepted, delivered and logged/s, sink ${slowMs} ms`,
      measured: settled('slowSaturated'),
      atLeast: 6,
      ...times,
    },
    ...latencyTargets('calm', CALM_RATE, ratio),
    ...latencyTargets('brisk', BRISK_RATE, ratio),
    {
      title: `own acknowledgement p50, ${CALM_RATE}/s, sink ${slowMs} ms against 0 ms`,
      measured: over(rounds, ({ pointsman: { phases } }) => phases.slowCalm.ackP50 / phases.calm.ackP50),
      atMost: 1.2,
      ...times,
    },
    {
      title: 'database bytes against body + frozen request',
      measured: over(rounds, ({ pointsman }) => bytesRatio(pointsman)),
      atMost: 2.2,
      ...times,
    },
    { title: 'acknowledged and lost', measured: lostIn(rounds), atMost: 0, unit: '', digits: 0 },
  ];
}

type Ratio = (phase: PhaseName, figure: Figure) => number;

function latencyTargets(phase: PhaseName, rate: number, ratio: Ratio): readonly Target[] {
  return [
    { title: `acknowledgement p50, ${rate}/s, sink 0 ms`, measured: ratio(phase, 'ackP50'), ...LATENCY },
    { title: `acknowledgement p99, ${rate}/s, sink 0 ms`, measured: ratio(phase, 'ackP99'), ...LATENCY },
    { title: `end to end p50, ${rate}/s, sink 0 ms`, measured: ratio(phase, 'endToEndP50'), ...END_TO_END },
  ];
}

function over(rounds: readonly Round[], figure: (round: Round) => number): number {
  return median(rounds.map(figure));
}

function numberIn({ phases }: Measurement, phase: PhaseName, figure: Figure): number {
  return phases[phase][figure] ?? Number.NaN;
}

function bytesRatio({ databaseBytesPerEvent, keptBytesPerEvent }: Measurement): number {
  return (databaseBytesPerEvent ?? Number.NaN) / (keptBytesPerEvent ?? Number.NaN);
}

function lostIn(rounds: readonly Round[]): number {
  return rounds.reduce((sum, { pointsman }) => sum + sumOf(pointsman, ({ lost }) => lost), 0);
}
