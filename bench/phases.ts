import type { Options } from './options.ts';
import type { SubjectName } from './subject.ts';

/** The phases of a measurement, by name. */
export type PhaseName = 'saturated' | 'calm' | 'brisk' | 'slowSaturated' | 'slowCalm';

/** What every measurement goes through, in this order. */
export const PHASE_NAMES: readonly PhaseName[] = ['saturated', 'calm', 'brisk', 'slowSaturated', 'slowCalm'];

/** One phase: how much is sent, how fast, and to what kind of sink. */
export interface Phase {
  /** For the table. */
  readonly title: string;
  readonly count: number;
  /** Events per second of an open loop; null = closed loop. */
  readonly perSecond: number | null;
  /** How long the sink takes to answer. */
  readonly sinkMs: number;
}

/** Events per second of the calm phases, and of the brisk one. */
export const CALM_RATE = 100;
export const BRISK_RATE = 1_000;

/** Before anything is measured: Node has compiled what is hot then, and every member has been met once. */
const WARM_UP_EVENTS = 20_000;
/** How long a subject that waits for the sink may take over a slow saturated phase. */
const SLOW_SECONDS = 3;

/** What warms a subject up. */
export function warmUpOf({ events }: Options): Phase {
  return { title: 'warm-up', count: Math.min(WARM_UP_EVENTS, events), perSecond: null, sinkMs: 0 };
}

/** A phase as one subject goes through it. Pure. */
export function phaseOf(name: PhaseName, subject: SubjectName, options: Options): Phase {
  const { events, connections, slowMs } = options;
  if (name === 'saturated') return saturated(events, 0, options);
  if (name === 'calm') return steady(CALM_RATE, 0, options);
  if (name === 'brisk') return steady(BRISK_RATE, 0, options);
  if (name === 'slowCalm') return steady(CALM_RATE, slowMs, options);
  const waited = Math.ceil((SLOW_SECONDS * 1000 * connections) / slowMs);
  return saturated(subject === 'forwarder' ? Math.min(events, waited) : events, slowMs, options);
}

function saturated(count: number, sinkMs: number, { connections }: Options): Phase {
  return { title: `saturated, ${connections} connections, sink ${sinkMs} ms`, count, perSecond: null, sinkMs };
}

function steady(perSecond: number, sinkMs: number, { seconds }: Options): Phase {
  return { title: `${perSecond} events/s, sink ${sinkMs} ms`, count: perSecond * seconds, perSecond, sinkMs };
}
