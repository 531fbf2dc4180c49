import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/attempt.ts';
import { type Pause, pausedMs } from '../../src/core/pause.ts';
import { type AmbiguousPolicy, type Decision, decide, type RetryPolicy } from '../../src/core/retry-policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = 1_770_000_000_000;
const ADDRESS = { destination: 'bloomreach', endpoint: 'event' };

/** One try of a ladder, and what the clock does before the next. */
interface Rung {
  readonly verdict: Verdict;
  readonly retryAfterMs: number | null;
  readonly random: number;
  /** How long after its time it is tried, in ms; the clock may have been set back, even to before the beginning. */
  readonly lateMs: number;
  /** Whether its destination is paused from this try to the next. */
  readonly isPaused: boolean;
}

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  quick: fc.constant(0),
  scheduleMs: fc.array(fc.nat(DAY_MS), { maxLength: 6 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  giveUpAfterMs: fc.nat(4 * DAY_MS),
});

const rung: fc.Arbitrary<Rung> = fc.record({
  verdict: fc.constantFrom<Verdict>('transient', 'transient', 'transient', 'ambiguous', 'unauthorized', 'rejected'),
  retryAfterMs: fc.option(fc.nat(2 * DAY_MS), { freq: 3 }),
  random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  lateMs: fc.oneof(
    { weight: 4, arbitrary: fc.nat(HOUR_MS) },
    { weight: 1, arbitrary: fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }) },
  ),
  isPaused: fc.boolean(),
});

interface Ladder {
  readonly policy: RetryPolicy;
  readonly onAmbiguous: AmbiguousPolicy;
  readonly rungs: readonly Rung[];
}

const ladders: fc.Arbitrary<Ladder> = fc.record({
  policy: policies,
  onAmbiguous: fc.constantFrom<AmbiguousPolicy>('resend', 'hold'),
  rungs: fc.array(rung, { minLength: 1, maxLength: 25 }),
});

/** One decision, and what it was taken on. */
interface Taken {
  readonly rung: Rung;
  readonly retries: number;
  readonly nowMs: number;
  readonly pausedMs: number;
  readonly decision: Decision;
}

/** Climbs until the delivery is final or the rungs are used up. */
function climb({ policy, onAmbiguous, rungs }: Ladder): readonly Taken[] {
  const taken: Taken[] = [];
  const pauses: Pause[] = [];
  let retries = 0;
  let nowMs = START_MS;
  for (const one of rungs) {
    const paused = pausedMs(pauses, ADDRESS, START_MS, nowMs);
    const answer = { verdict: one.verdict, code: null, detail: null, retryAfterMs: one.retryAfterMs };
    const { random } = one;
    const outcome = { answer, retries, pendingSinceMs: START_MS, pausedMs: paused, nowMs, random };
    const decision = decide(outcome, policy, onAmbiguous);
    taken.push({ rung: one, retries, nowMs, pausedMs: paused, decision });
    if (decision.kind !== 'retry') break;
    retries = decision.retries;
    const nextMs = decision.dueAtMs + one.lateMs;
    const detail = 'by ops';
    const spell = { destination: 'bloomreach', endpoint: null, cause: 'by_hand', detail, sinceMs: nowMs } as const;
    if (one.isPaused) pauses.push({ ...spell, untilMs: nextMs });
    nowMs = nextMs;
  }
  return taken;
}

const isTriedAgain = ({ verdict }: Rung, onAmbiguous: AmbiguousPolicy): boolean =>
  verdict === 'transient' || (verdict === 'ambiguous' && onAmbiguous === 'resend');

describe('any ladder of tries, whatever the answers, the pauses and the clock', () => {
  it('ends: at most one try more than the schedule has places, those that were unauthorized apart', () => {
    fc.assert(
      fc.property(ladders, (ladder) => {
        const burning = climb(ladder).filter(({ rung: { verdict } }) => verdict !== 'unauthorized');
        expect(burning.length).toBeLessThanOrEqual(ladder.policy.scheduleMs.length + 1);
      }),
    );
  });

  it('never plans a try for the past, and never one later than its step or the longest Retry-After', () => {
    fc.assert(
      fc.property(ladders, (ladder) => {
        for (const { decision, nowMs, retries } of climb(ladder)) {
          if (decision.kind !== 'retry') continue;
          const step = Math.ceil((ladder.policy.scheduleMs[retries] ?? 0) * (1 + ladder.policy.jitter));
          expect(decision.dueAtMs).toBeGreaterThanOrEqual(nowMs);
          expect(decision.dueAtMs - nowMs).toBeLessThanOrEqual(Math.max(step, HOUR_MS));
        }
      }),
    );
  });

  it('burns one place of the schedule with each try, and none where the credentials are at fault', () => {
    fc.assert(
      fc.property(ladders, (ladder) => {
        for (const { decision, retries, rung: one } of climb(ladder)) {
          const isFault = one.verdict === 'unauthorized';
          if (isFault) expect(decision.kind).toBe('retry');
          if (decision.kind === 'retry') expect(decision.retries).toBe(isFault ? retries : retries + 1);
        }
      }),
    );
  });

  it('gives up exactly when the schedule is used up, or the next try would be older, unpaused, than it may be', () => {
    fc.assert(
      fc.property(ladders, (ladder) => {
        const { policy, onAmbiguous } = ladder;
        for (const { decision, retries, nowMs, rung: one, pausedMs: paused } of climb(ladder)) {
          const isGivenUp = decision.kind === 'dead' && decision.code === 'DELIVERY_GIVEN_UP';
          if (!isTriedAgain(one, onAmbiguous)) {
            expect(isGivenUp).toBe(false);
            continue;
          }
          const patient = { ...policy, giveUpAfterMs: Number.MAX_SAFE_INTEGER };
          const answer = { verdict: one.verdict, code: null, detail: null, retryAfterMs: one.retryAfterMs };
          const tried = { answer, retries, pendingSinceMs: START_MS, pausedMs: paused, nowMs, random: one.random };
          const planned = decide(tried, patient, onAmbiguous);
          const isUsedUp = retries >= policy.scheduleMs.length;
          const ageMs = planned.kind === 'retry' ? planned.dueAtMs - START_MS - paused : 0;
          expect(isGivenUp).toBe(isUsedUp || ageMs > policy.giveUpAfterMs);
        }
      }),
    );
  });

  it('is dead at once when it is refused, and held when the answer is unknown and the mapping says so', () => {
    fc.assert(
      fc.property(ladders, (ladder) => {
        for (const { decision, rung: one } of climb(ladder)) {
          const isHeld = one.verdict === 'ambiguous' && ladder.onAmbiguous === 'hold';
          const code = one.verdict === 'rejected' ? 'DELIVERY_REJECTED' : isHeld ? 'DELIVERY_HELD' : null;
          if (code !== null) expect(decision).toMatchObject({ kind: 'dead', code });
        }
      }),
    );
  });
});
