import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child.ts';
import { monotonicMs } from './clock.ts';
import { cpuSecondsOf } from './linux.ts';
import type { LoadReply, SinkReply } from './messages.ts';
import type { Subject } from './subject.ts';

/** The processes around a subject. */
export interface Surroundings {
  readonly load: Child;
  readonly sink: Child;
}

/** What a phase sends. */
export interface PhasePlan {
  readonly first: number;
  readonly count: number;
  readonly connections: number;
  /** Null = closed loop. */
  readonly perSecond: number | null;
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

const LOOK_EVERY_MS = 20;
/** How long nothing may move before the rest counts as lost. */
const STANDSTILL_MS = 15_000;

/** Sends a plan's events and waits until every accepted one is at the sink and in the log. */
export async function runPhase(plan: PhasePlan, subject: Subject, { load, sink }: Surroundings): Promise<PhaseRecord> {
  const loggedBefore = (await subject.logged?.()) ?? 0;
  await sink.ask({ kind: 'expect', first: plan.first, count: plan.count });
  const cpuBefore = cpuSecondsOf(subject.pid);
  const aroundBefore = cpuSecondsOf(load.pid) + cpuSecondsOf(sink.pid);
  const startedAt = monotonicMs();

  const sent = await load.ask<LoadReply>({ ...plan, url: subject.url, headers: subject.headers });
  const accepted = sent.ackAt.filter((at) => !Number.isNaN(at)).length;
  await reached(accepted, () => sink.ask<number>({ kind: 'arrived' }));
  const { logged } = subject;
  const loggedAt = logged && (await reached(accepted, async () => (await logged()) - loggedBefore));

  const endedAt = monotonicMs();
  const cpuSeconds = cpuSecondsOf(subject.pid) - cpuBefore;
  const aroundCpuSeconds = cpuSecondsOf(load.pid) + cpuSecondsOf(sink.pid) - aroundBefore;
  const seen = await sink.ask<SinkReply>({ kind: 'collect' });
  return { ...sent, ...seen, loggedAt, cpuSeconds, aroundCpuSeconds, durationSeconds: (endedAt - startedAt) / 1000 };
}

/** When the count reached its goal; NaN when it stood still too long. */
async function reached(goal: number, count: () => Promise<number>): Promise<number> {
  let last = -1;
  for (let movedAt = monotonicMs(); monotonicMs() - movedAt < STANDSTILL_MS; await sleep(LOOK_EVERY_MS)) {
    const now = await count();
    if (now >= goal) return monotonicMs();
    if (now !== last) movedAt = monotonicMs();
    last = now;
  }
  return Number.NaN;
}
