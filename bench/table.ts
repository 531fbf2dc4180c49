import type { Figures } from './figures.ts';
import { type Measurement, sumOf } from './measure.ts';
import type { Options } from './options.ts';
import type { Round } from './rounds.ts';
import { median } from './statistics.ts';

interface Row {
  readonly title: string;
  readonly of: (measured: Measurement) => number | null;
  readonly digits: number;
  /** Counts need no ratio. */
  readonly isCount?: boolean;
}

const COLUMNS = [30, 28, 28, 10] as const;

/** The table of medians, with the range over the rounds, and the median of each round's ratio. */
export function tableOf(rounds: readonly Round[], options: Options): readonly string[] {
  const { events, connections, perSecond, calmSeconds } = options;
  return [
    lineOf(['median (least to most)', 'pointsman', 'forwarder', 'ratio']),
    `saturated: ${events} events over ${connections} connections`,
    ...phaseRows(({ saturated }) => saturated, true).map((row) => rowLine(row, rounds)),
    `calm: ${perSecond} events/s for ${calmSeconds} s`,
    ...phaseRows(({ calm }) => calm, false).map((row) => rowLine(row, rounds)),
    'both',
    ...BOTH_ROWS.map((row) => rowLine(row, rounds)),
  ];
}

function phaseRows(figures: (measured: Measurement) => Figures, withRates: boolean): readonly Row[] {
  const row = (title: string, digits: number, key: Exclude<keyof Figures, 'refusals'>): Row => {
    return { title, digits, of: (measured) => figures(measured)[key] };
  };
  const rates = [
    row('accepted events/s', 0, 'acceptedPerSecond'),
    row('delivered events/s', 0, 'deliveredPerSecond'),
    row('logged events/s', 0, 'loggedPerSecond'),
  ];
  return [
    ...(withRates ? rates : []),
    row('acknowledged p50 ms', 2, 'ackP50'),
    row('acknowledged p99 ms', 2, 'ackP99'),
    row('end to end p50 ms', 2, 'endToEndP50'),
    row('end to end p99 ms', 2, 'endToEndP99'),
    row('CPU s per 1,000 events', 3, 'cpuSecondsPer1k'),
    { ...row('load and sink, cores busy', 2, 'aroundBusy'), isCount: true },
  ];
}

const BOTH_ROWS: readonly Row[] = [
  { title: 'peak RSS MB', digits: 0, of: ({ peakRssBytes }) => peakRssBytes / 1e6 },
  { title: 'webhook bytes/event', digits: 0, of: ({ saturated }) => saturated.bodyBytes, isCount: true },
  { title: 'request bytes/event', digits: 0, of: ({ saturated }) => saturated.requestBytes, isCount: true },
  { title: 'database bytes/event', digits: 0, of: ({ databaseBytesPerEvent }) => databaseBytesPerEvent },
  { title: 'events per sink call', digits: 1, of: ({ saturated }) => saturated.eventsPerCall, isCount: true },
  {
    title: 'not accepted',
    digits: 0,
    of: (measured) => sumOf(measured, ({ sent, accepted }) => sent - accepted),
    isCount: true,
  },
  {
    title: 'repeats at the sink',
    digits: 0,
    of: (measured) => sumOf(measured, ({ repeats }) => repeats),
    isCount: true,
  },
  { title: 'lost', digits: 0, of: (measured) => sumOf(measured, ({ lost }) => lost), isCount: true },
];

function rowLine({ title, of, digits, isCount = false }: Row, rounds: readonly Round[]): string {
  const cell = (values: readonly (number | null)[]): string => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return '–';
    const range =
      known.length > 1 ? ` (${Math.min(...known).toFixed(digits)} to ${Math.max(...known).toFixed(digits)})` : '';
    return `${median(known).toFixed(digits)}${range}`;
  };
  const ours = rounds.map(({ pointsman }) => of(pointsman));
  const theirs = rounds.map(({ forwarder }) => of(forwarder));
  const ratios = ours.map((value, index) => (value ?? Number.NaN) / (theirs[index] ?? Number.NaN));
  const ratio = isCount || ratios.some(Number.isNaN) ? '' : `${median(ratios).toFixed(2)}x`;
  return lineOf([`  ${title}`, cell(ours), cell(theirs), ratio]);
}

function lineOf(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index === 0 ? cell.padEnd(COLUMNS[0]) : cell.padStart(COLUMNS[index] ?? 0)))
    .join('');
}
