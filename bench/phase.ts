import type { Child } from './child.ts';
import { monotonicMs } from './clock.ts';
import { cpuSecondsOf } from './linux.ts';
import type { LoadReply, SinkReply } from './messages.ts';
import type { Phase } from './phases.ts';
import { reached } from './reached.ts';
import type { Subject } from './subject.ts';

/** The processes around a subject. */
export interface Surroundings {
  readonly load: Child;
  readonly sink: Child;
}

/** What a phase sends. */
export interface PhasePlan extends Phase {
  readonly first: number;
  readonly connections: number;
}

/** What a phase saw, raw. */
export interface PhaseRecord extends LoadReply, SinkReply {
  /** When the log called everything delivered that had been accepted; null without a log, NaN when it never did. */
  readonly loggedAt: number | null;
  /** Processor seconds of the subject until everything was settled. */
  readonly cpuSeconds: number;
  /** Processor seconds of load and sink together: they share a core. */
  readonly aroundCpuSeconds: number;
  readonly durationSeconds: number;
}

/** Sends a plan's events and waits until every accepted one is at the sink and in the log. */
export async function runPhase(plan: PhasePlan, subject: Subject, { load, sink }: Surroundings): Promise<PhaseRecord> {
  const { first, count, connections, perSecond } = plan;
  const loggedBefore = (await subject.logged?.()) ?? 0;
  await sink.ask({ kind: 'expect', first, count, delayMs: plan.sinkMs });
  const cpuBefore = cpuSecondsOf(subject.pid);
  const aroundBefore = cpuSecondsOf(load.pid) + cpuSecondsOf(sink.pid);
  const startedAt = monotonicMs();

  const { url, headers, logged } = subject;
  const sent = await load.ask<LoadReply>({ url, headers, first, count, connections, perSecond });
  const accepted = sent.ackAt.filter((at) => !Number.isNaN(at)).length;
  // The log is asked only when it can be complete: until then nothing reads the database that the subject writes.
  await reached(accepted, () => sink.ask<number>({ kind: 'arrived' }));
  const loggedAt = logged && (await reached(accepted, async () => (await logged()) - loggedBefore));

  const endedAt = monotonicMs();
  const cpuSeconds = cpuSecondsOf(subject.pid) - cpuBefore;
  const aroundCpuSeconds = cpuSecondsOf(load.pid) + cpuSecondsOf(sink.pid) - aroundBefore;
  const seen = await sink.ask<SinkReply>({ kind: 'collect' });
  return { ...sent, ...seen, loggedAt, cpuSeconds, aroundCpuSeconds, durationSeconds: (endedAt - startedAt) / 1000 };
}
