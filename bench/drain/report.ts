import { isNoisy, noiseText } from '../noise.ts';
import type { Target } from '../targets.ts';
import type { Drained } from './drain.ts';

/** What was measured, one figure a line. Pure. */
export function drainLines(drained: Drained): readonly string[] {
  const { deliveries, calls, seconds, cpuSeconds, peakRssBytes, arrived } = drained;
  return [
    `drained ${deliveries} deliveries in ${seconds.toFixed(1)} s: ${(deliveries / seconds).toFixed(0)} deliveries/s`,
    `  CPU s per 1,000     ${((cpuSeconds * 1000) / deliveries).toFixed(4)} (the server's start included)`,
    `  peak RSS MB         ${(peakRssBytes / 1e6).toFixed(0)}`,
    `  calls               ${calls}, ${(arrived / calls).toFixed(1)} deliveries each`,
    `  repeats             ${drained.repeats}`,
    `  noise               ${noiseText(drained)}${isNoisy(drained) ? ': read with care' : ''}`,
  ];
}

/** What is wanted of it. Pure. */
export function drainTargets({ deliveries, arrived, logged, peakRssBytes }: Drained): readonly Target[] {
  return [
    { title: 'peak RSS while draining', measured: peakRssBytes / 1e6, atMost: 200, unit: ' MB', digits: 0 },
    { title: 'lost', measured: deliveries - arrived, atMost: 0, unit: '', digits: 0 },
    { title: 'not logged as delivered', measured: deliveries - logged, atMost: 0, unit: '', digits: 0 },
  ];
}

/** What went wrong; nothing may. Pure. */
export function drainFaults({ deliveries, arrived, logged, complaints }: Drained): readonly string[] {
  const lost = deliveries - arrived;
  const faults = [
    ...(lost > 0 ? [`${lost} deliveries never arrived.`] : []),
    ...(logged < deliveries ? [`The log calls ${logged} of ${deliveries} delivered.`] : []),
  ];
  return faults.length === 0 ? [] : [...faults, ...complaints.map((line) => `  it said: ${line}`)];
}
