import { figuresOfAll, type Measurement, sumOf } from './measure.ts';
import { noiseText, percentText, QUIET } from './noise.ts';
import type { Options } from './options.ts';
import { isDisturbed, type Round, type Rounds } from './rounds.ts';

/** From here on load and sink, not the subject, may be what is measured. */
const AROUND_IS_FULL = 0.9;

/** One line about a measurement, for the reader who waits. */
export function progressLine(round: number, measured: Measurement): string {
  const { subject, phases } = measured;
  const { saturated, slowSaturated, calm } = phases;
  const rates = `${saturated.deliveredPerSecond.toFixed(0)} delivered/s, ${slowSaturated.deliveredPerSecond.toFixed(0)} to the slow sink`;
  return `round ${round}  ${subject}  ${rates}, calm acknowledged p50 ${calm.ackP50.toFixed(2)} ms  (${noiseText(measured)})`;
}

/** What a reader must know before reading the table. */
export function remarksOf({ kept, dropped, isCutShort }: Rounds, options: Options): readonly string[] {
  const disturbed = kept.filter(isDisturbed).length;
  const measurements = measurementsOf(kept);
  const around = Math.max(...measurements.map(({ phases }) => phases.saturated.aroundBusy));
  const limits = `more than ${percentText(QUIET.stolen)} stolen by the host or ${percentText(QUIET.others)} used by others`;
  return [
    `${kept.length} rounds, medians; ${dropped.length} more dropped as disturbed (${limits})`,
    ...(disturbed > 0 ? [`Read with care: of these ${kept.length} rounds, ${disturbed} disturbed as well.`] : []),
    ...(around > AROUND_IS_FULL
      ? ['Read with care: load and sink were as busy as a processor can be, saturated with a quick sink.']
      : []),
    ...(isCutShort ? [`Cut short by --seconds-limit ${options.secondsLimit}.`] : []),
    ...(options.profileDir === null ? [] : ['Taken while profiling: compare nothing with other runs.']),
  ];
}

/** What went wrong, over every event of every round; nothing may. */
export function faultsOf({ kept, dropped }: Rounds): readonly string[] {
  return measurementsOf([...kept, ...dropped]).flatMap((measured) => {
    const lost = sumOf(measured, (figures) => figures.lost);
    const unlogged = sumOf(measured, ({ loggedPerSecond }) => (Number.isNaN(loggedPerSecond) ? 1 : 0));
    const refused = sumOf(measured, ({ sent, accepted }) => sent - accepted);
    const faults = [
      ...(refused > 0 ? [`${measured.subject} did not accept ${refused} events: ${reasonsOf(measured)}.`] : []),
      ...(lost > 0 ? [`${measured.subject} lost ${lost} events that it had acknowledged.`] : []),
      ...(unlogged > 0 ? [`The log of ${measured.subject} does not call everything delivered.`] : []),
    ];
    return faults.length === 0 ? [] : [...faults, ...measured.complaints.map((line) => `  it said: ${line}`)];
  });
}

function reasonsOf(measured: Measurement): string {
  const reasons = new Set(figuresOfAll(measured).flatMap(({ refusals }) => Object.keys(refusals)));
  return [...reasons].join(', ');
}

function measurementsOf(rounds: readonly Round[]): readonly Measurement[] {
  return rounds.flatMap(({ pointsman, forwarder }) => [pointsman, forwarder]);
}
