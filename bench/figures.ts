import type { PhaseRecord } from './phase.ts';
import { percentile } from './statistics.ts';

/** What a phase came to. Times in ms; a figure that cannot be had is NaN, one that the subject has not is null. */
export interface Figures {
  readonly sent: number;
  readonly accepted: number;
  /** Why others were not accepted: counts by status or error code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Acknowledged, and never at the sink. */
  readonly lost: number;
  /** Arrivals at the sink after the first of the same event. */
  readonly repeats: number;
  readonly acceptedPerSecond: number;
  readonly deliveredPerSecond: number;
  readonly loggedPerSecond: number | null;
  readonly ackP50: number;
  readonly ackP99: number;
  /** From sending to the arrival at the sink. */
  readonly endToEndP50: number;
  readonly endToEndP99: number;
  /** Of the subject, for 1,000 accepted events. */
  readonly cpuSecondsPer1k: number;
  /** How much of one processor load and sink used: near 1, they and not the subject are measured. */
  readonly aroundBusy: number;
  readonly eventsPerCall: number;
  readonly bodyBytes: number;
  readonly requestBytes: number;
}

/** Works out a phase's figures. Pure. */
export function figuresOf(record: PhaseRecord): Figures {
  const { sentAt, ackAt, arrivedAt, loggedAt } = record;
  const accepted = timesIn(ackAt);
  const arrived = timesIn(arrivedAt);
  const startedAt = timesIn(sentAt).reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY);
  const perSecond = (count: number, endedAt: number) => (count * 1000) / (endedAt - startedAt);
  const ack = ackAt.map((at, index) => at - (sentAt[index] ?? Number.NaN));
  const endToEnd = arrivedAt.map((at, index) => at - (sentAt[index] ?? Number.NaN));
  return {
    sent: sentAt.length,
    accepted: accepted.length,
    refusals: record.refusals,
    lost: lostOf(record),
    repeats: record.repeats,
    acceptedPerSecond: perSecond(accepted.length, lastOf(accepted)),
    deliveredPerSecond: perSecond(arrived.length, lastOf(arrived)),
    loggedPerSecond: loggedAt === null ? null : perSecond(accepted.length, loggedAt),
    ackP50: percentile(ack, 0.5),
    ackP99: percentile(ack, 0.99),
    endToEndP50: percentile(endToEnd, 0.5),
    endToEndP99: percentile(endToEnd, 0.99),
    cpuSecondsPer1k: (record.cpuSeconds * 1000) / accepted.length,
    aroundBusy: record.aroundCpuSeconds / record.durationSeconds,
    eventsPerCall: arrived.length / record.calls,
    bodyBytes: record.bodyBytes / sentAt.length,
    requestBytes: record.requestBytes / (arrived.length + record.repeats),
  };
}

/** How many were acknowledged and never arrived. Pure. */
export function lostOf({ ackAt, arrivedAt }: Pick<PhaseRecord, 'ackAt' | 'arrivedAt'>): number {
  return ackAt.filter((at, index) => !Number.isNaN(at) && Number.isNaN(arrivedAt[index] ?? Number.NaN)).length;
}

function timesIn(times: Float64Array): Float64Array {
  return times.filter((at) => !Number.isNaN(at));
}

function lastOf(times: Float64Array): number {
  return times.reduce((last, at) => Math.max(last, at), Number.NEGATIVE_INFINITY);
}
