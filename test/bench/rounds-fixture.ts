import type { Figures } from '../../bench/figures.ts';
import type { Measurement } from '../../bench/measure.ts';
import type { Round, Rounds } from '../../bench/rounds.ts';

/** What every phase of the forwarder comes to. */
const FIGURES: Figures = {
  sent: 100,
  accepted: 100,
  refusals: {},
  lost: 0,
  repeats: 0,
  acceptedPerSecond: 1_000,
  deliveredPerSecond: 500,
  loggedPerSecond: null,
  ackP50: 1,
  ackP99: 2,
  endToEndP50: 3,
  endToEndP99: 4,
  cpuSecondsPer1k: 0.5,
  aroundBusy: 0.2,
  eventsPerCall: 1,
  bodyBytes: 492,
  requestBytes: 302,
};

/** What every phase of Pointsman comes to. */
export const LOGGED: Figures = { ...FIGURES, deliveredPerSecond: 250, loggedPerSecond: 250 };

const FORWARDER: Measurement = {
  subject: 'forwarder',
  warmUp: FIGURES,
  phases: { saturated: FIGURES, calm: FIGURES, brisk: FIGURES, slowSaturated: FIGURES, slowCalm: FIGURES },
  peakRssBytes: 100e6,
  databaseBytesPerEvent: null,
  keptBytesPerEvent: null,
  complaints: [],
  stolen: 0,
  others: 0.01,
};

/** What is different in a round. */
export interface Difference extends Partial<Omit<Measurement, 'phases'>> {
  readonly phases?: Partial<Measurement['phases']>;
}

/** A round in which Pointsman's measurement differs in this. */
export function roundOf({ phases, ...different }: Difference = {}): Round {
  const usual = { saturated: LOGGED, calm: LOGGED, brisk: LOGGED, slowSaturated: LOGGED, slowCalm: LOGGED };
  const pointsman: Measurement = {
    ...FORWARDER,
    subject: 'pointsman',
    warmUp: LOGGED,
    databaseBytesPerEvent: 1_600,
    keptBytesPerEvent: 800,
    ...different,
    phases: { ...usual, ...phases },
  };
  return { forwarder: FORWARDER, pointsman };
}

/** Rounds that were all kept. */
export function roundsOf(...kept: readonly Round[]): Rounds {
  return { kept, dropped: [], isCutShort: false };
}
