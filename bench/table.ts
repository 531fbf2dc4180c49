import type { Figures } from './figures.ts';
import { type Measurement, sumOf } from './measure.ts';
import type { Options } from './options.ts';
import { PHASE_NAMES, type PhaseName, phaseOf } from './phases.ts';
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
  return [
    lineOf(['median (least to most)', 'pointsman', 'forwarder', 'ratio']),
    ...PHASE_NAMES.flatMap((name) => phaseLines(name, rounds, options)),
    'all phases',
    ...OVERALL_ROWS.map((row) => rowLine(row, rounds)),
  ];
}

function phaseLines(name: PhaseName, rounds: readonly Round[], options: Options): readonly string[] {
  const [ours, theirs] = [phaseOf(name, 'pointsman', options), phaseOf(name, 'forwarder', options)];
  const fewer = ours.count === theirs.count ? '' : ` (forwarder ${theirs.count})`;
  const rows = phaseRows(name, ours.perSecond === null);
  return [`${ours.title}: ${ours.count} events${fewer}`, ...rows.map((row) => rowLine(row, rounds))];
}

function phaseRows(phase: PhaseName, isSaturated: boolean): readonly Row[] {
  const row = (title: string, digits: number, key: Exclude<keyof Figures, 'refusals'>): Row => {
    return { title, digits, of: ({ phases }) => phases[phase][key] };
  };
  const rates = [
    row('accepted events/s', 0, 'acceptedPerSecond'),
    row('delivered events/s', 0, 'deliveredPerSecond'),
    row('logged events/s', 0, 'loggedPerSecond'),
  ];
  const latencies = [
    row('acknowledged p50 ms', 2, 'ackP50'),
    row('acknowledged p99 ms', 2, 'ackP99'),
    row('end to end p50 ms', 2, 'endToEndP50'),
    row('end to end p99 ms', 2, 'endToEndP99'),
  ];
  return [
    ...(isSaturated ? rates : []),
    ...latencies,
    row('CPU s per 1,000 events', 3, 'cpuSecondsPer1k'),
    { ...row('events per sink call', 1, 'eventsPerCall'), isCount: true },
    { ...row('load and sink, cores busy', 2, 'aroundBusy'), isCount: true },
  ];
}

const OVERALL_ROWS: readonly Row[] = [
  { title: 'peak RSS MB', digits: 0, of: ({ peakRssBytes }) => peakRssBytes / 1e6 },
  { title: 'webhook bytes/event', digits: 0, of: ({ phases }) => phases.saturated.bodyBytes, isCount: true },
  { title: 'bytes sent/event', digits: 0, of: ({ phases }) => phases.saturated.requestBytes, isCount: true },
  { title: 'body + frozen request/event', digits: 0, of: ({ keptBytesPerEvent }) => keptBytesPerEvent },
  { title: 'database bytes/event', digits: 0, of: ({ databaseBytesPerEvent }) => databaseBytesPerEvent },
  { title: 'not accepted', digits: 0, of: (measured) => sumOf(measured, unaccepted), isCount: true },
  {
    title: 'repeats at the sink',
    digits: 0,
    of: (measured) => sumOf(measured, ({ repeats }) => repeats),
    isCount: true,
  },
  { title: 'lost', digits: 0, of: (measured) => sumOf(measured, ({ lost }) => lost), isCount: true },
];

function unaccepted({ sent, accepted }: Figures): number {
  return sent - accepted;
}

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
