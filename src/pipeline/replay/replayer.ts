import type { RuleSet } from '../../core/rule-set.ts';
import { refilled, type TokenBucket } from '../../core/token-bucket.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Replay, ReplayStep, ReplayStore } from '../../ports/replays.ts';
import type { ShapeTools } from '../route/shape.ts';
import { reprocessEvents } from './reprocess.ts';

/** What carrying out replays needs. */
export interface ReplayerTools extends ShapeTools {
  readonly store: Pick<ReplayStore, 'runningReplays' | 'redeliverStep' | 'replayedEvents' | 'reprocessStep'>;
  readonly ruleSet: () => RuleSet;
  readonly clock: Clock;
  readonly log: Logger;
  /** Left out, nothing is counted. */
  readonly meter?: Pick<Meter, 'replaysRunning' | 'replayed' | 'made'>;
  /** Aborts at shutdown: a replay goes on at the next start. */
  readonly signal: AbortSignal;
  /** Told after each commit that made deliveries pending: a hint. */
  readonly onRouted: () => void;
}

/** Carries out stored replays, each in turn. */
export interface Replayer {
  /** One step of each running replay; how much was looked at. */
  step(): Promise<number>;
}

/** Deliveries of one step: what one commit takes without delaying a webhook much. */
const DELIVERIES = 100;
/** Events of one step: each is run through its mappings. */
const EVENTS = 50;
/** Of the time, what is left to others: three times what a step took, in ms at most. */
const REST_TIMES = 3;
const LONGEST_REST_MS = 250;

/** Builds what carries out replays. All it needs to know is stored: it may be killed at any moment. */
export function createReplayer(tools: ReplayerTools): Replayer {
  const buckets = new Map<number, TokenBucket>();
  return {
    async step() {
      const running = await tools.store.runningReplays();
      tools.meter?.replaysRunning(running.length);
      let looked = 0;
      for (const replay of running) {
        const room = roomOf(replay, buckets, tools.clock.now());
        if (room < 1 || tools.signal.aborted) continue;
        const startedMs = tools.clock.now();
        const step = await stepOf(replay, room, tools);
        if (!step) continue;
        const done = step.replay.looked - replay.looked;
        spend(replay, buckets, done);
        tools.meter?.replayed(replay, step.replay);
        report(replay, step, tools);
        looked += step.isHeldUp ? 0 : Math.max(done, 1);
        await rest(tools.clock.now() - startedMs, tools);
      }
      return looked;
    },
  };
}

async function stepOf(replay: Replay, room: number, tools: ReplayerTools): Promise<ReplayStep | null> {
  const { store, clock } = tools;
  if (replay.mode === 'redeliver') return store.redeliverStep(replay.id, Math.min(room, DELIVERIES), clock.now());
  const { events, rest } = await store.replayedEvents(replay, replay, Math.min(room, EVENTS));
  const rules = { rules: tools.ruleSet(), mapping: replay.mapping, nowMs: clock.now() };
  const made = await reprocessEvents(events, rules, tools);
  const step = await store.reprocessStep(replay.id, made, rest, clock.now());
  // What stands behind an event that is held up is made again.
  const taken = step ? step.replay.looked - replay.looked : 0;
  for (const { routed } of made.slice(0, taken)) if (routed !== null) tools.meter?.made(routed.deliveries);
  return step;
}

/** How many it may look at now; without a rate, as many as a step takes. */
function roomOf({ id, ratePerSecond }: Replay, buckets: Map<number, TokenBucket>, nowMs: number): number {
  if (ratePerSecond === null) return Number.POSITIVE_INFINITY;
  const limits = { ratePerSecond, capacity: Math.max(1, ratePerSecond) };
  const bucket = refilled(buckets.get(id) ?? { tokens: 1, atMs: nowMs }, limits, nowMs);
  buckets.set(id, bucket);
  return Math.floor(bucket.tokens);
}

function spend({ id }: Replay, buckets: Map<number, TokenBucket>, done: number): void {
  const bucket = buckets.get(id);
  if (bucket) buckets.set(id, { ...bucket, tokens: bucket.tokens - done });
}

function report(before: Replay, { replay, isHeldUp }: ReplayStep, { log, onRouted }: ReplayerTools): void {
  const { id, status, looked, replayed, changed, unchanged, canceled, refused } = replay;
  if (replayed > before.replayed || canceled > before.canceled) onRouted();
  const fields = { stage: 'replay', replay: id, status, n: looked, replayed, changed, unchanged, canceled, refused };
  if (changed > 0 && before.changed === 0) {
    log.warn(fields, 'a replay sends other bytes than were delivered before: the destination keeps both');
  }
  if (status === 'done') log.info(fields, 'a replay is done');
  else log.debug({ ...fields, heldUp: isHeldUp }, 'a replay goes on');
}

async function rest(tookMs: number, { clock, signal }: ReplayerTools): Promise<void> {
  const ms = Math.min(REST_TIMES * tookMs, LONGEST_REST_MS);
  if (ms > 0) await clock.sleep(ms, signal).catch(() => undefined);
}
