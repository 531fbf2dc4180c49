import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/attempt.ts';
import { decide, mayTryQuickly, type RetryPolicy, type TryOutcome } from '../../src/core/retry-policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = 1_770_000_000_000;

const POLICY: RetryPolicy = { quick: 2, scheduleMs: [5_000, 30_000], jitter: 0.2, giveUpAfterMs: HOUR_MS };

function outcome(verdict: Verdict, overrides: Partial<TryOutcome> = {}): TryOutcome {
  return {
    answer: { verdict, code: 'DELIVERY_UNAVAILABLE', detail: 'HTTP 503', retryAfterMs: null },
    retries: 0,
    pendingSinceMs: NOW_MS,
    pausedMs: 0,
    nowMs: NOW_MS,
    random: 0.5,
    ...overrides,
  };
}

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  quick: fc.nat(5),
  scheduleMs: fc.array(fc.nat(DAY_MS), { maxLength: 8 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  giveUpAfterMs: fc.nat(4 * DAY_MS),
});

const askingForMore: fc.Arbitrary<TryOutcome> = fc.record({
  answer: fc.record({
    verdict: fc.constantFrom<Verdict>('transient', 'ambiguous'),
    code: fc.constantFrom('DELIVERY_UNAVAILABLE' as const, null),
    detail: fc.constantFrom('HTTP 503', null),
    retryAfterMs: fc.option(fc.nat(10 * DAY_MS)),
  }),
  retries: fc.nat(9),
  pendingSinceMs: fc.integer({ min: NOW_MS - 3 * DAY_MS, max: NOW_MS }),
  pausedMs: fc.nat(HOUR_MS),
  nowMs: fc.constant(NOW_MS),
  random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
});

describe('what becomes of a delivery after a try', () => {
  it('is delivered when the destination says so', () => {
    expect(decide(outcome('delivered'), POLICY, 'hold')).toEqual({ kind: 'delivered' });
  });

  it('is dead with the code and words of the refusal when it is rejected, however many retries are left', () => {
    const answer = { verdict: 'rejected', code: 'DELIVERY_REJECTED', detail: 'bad id', retryAfterMs: null } as const;
    const expected = { kind: 'dead', code: 'DELIVERY_REJECTED', detail: 'bad id' };
    expect(decide(outcome('rejected', { answer }), POLICY, 'resend')).toEqual(expected);
  });

  it('says why it is dead even when the destination gave neither code nor words', () => {
    const answer = { verdict: 'rejected', code: null, detail: null, retryAfterMs: null } as const;
    const expected = { kind: 'dead', code: 'DELIVERY_REJECTED', detail: 'The destination refused it.' };
    expect(decide(outcome('rejected', { answer }), POLICY, 'resend')).toEqual(expected);
  });

  it('is held for a person when the answer is unknown and the mapping says hold', () => {
    const decision = decide(outcome('ambiguous'), POLICY, 'hold');
    expect(decision).toEqual({ kind: 'dead', code: 'DELIVERY_HELD', detail: 'HTTP 503 Held for a person.' });
  });

  it('is sent again when the answer is unknown and the mapping says resend', () => {
    const decision = decide(outcome('ambiguous'), POLICY, 'resend');
    expect(decision).toEqual({ kind: 'retry', dueAtMs: NOW_MS + 5_000, retries: 1, code: 'DELIVERY_UNAVAILABLE' });
  });

  it('is given up with the last cause when the schedule is used up', () => {
    const decision = decide(outcome('transient', { retries: 2 }), POLICY, 'resend');
    const detail = 'Given up after 2 retries; last: HTTP 503';
    expect(decision).toEqual({ kind: 'dead', code: 'DELIVERY_GIVEN_UP', detail });
  });

  it('is given up when the next try would come after giveUpAfter, and not one millisecond earlier', () => {
    const at = (ageMs: number) => decide(outcome('transient', { pendingSinceMs: NOW_MS - ageMs }), POLICY, 'resend');
    expect(at(HOUR_MS - 5_000)).toMatchObject({ kind: 'retry' });
    expect(at(HOUR_MS - 4_999)).toMatchObject({ kind: 'dead', code: 'DELIVERY_GIVEN_UP' });
  });

  it('does not age while it is paused', () => {
    const at = (pausedMs: number) =>
      decide(outcome('transient', { pendingSinceMs: NOW_MS - DAY_MS, pausedMs }), POLICY, 'resend');
    expect(at(DAY_MS - HOUR_MS + 5_000)).toMatchObject({ kind: 'retry' });
    expect(at(DAY_MS - HOUR_MS + 4_999)).toMatchObject({ kind: 'dead', code: 'DELIVERY_GIVEN_UP' });
  });

  it('burns no retry where the credentials are at fault, however old it is and however many were used', () => {
    const answer = { verdict: 'unauthorized', code: null, detail: null, retryAfterMs: 9_000 } as const;
    const old = outcome('unauthorized', { answer, retries: 2, pendingSinceMs: NOW_MS - 9 * DAY_MS });
    const expected = { kind: 'retry', dueAtMs: NOW_MS, retries: 2, code: 'DELIVERY_UNAUTHORIZED' };
    expect(decide(old, POLICY, 'hold')).toEqual(expected);
  });
});

describe('refused credentials', () => {
  it('burn no retry and give nothing up: what is at fault is paused, and tried again after it', () => {
    const tried = outcome('unauthorized', { retries: 2, pendingSinceMs: NOW_MS - 10 * HOUR_MS });
    const expected = { kind: 'retry', dueAtMs: NOW_MS, retries: 2, code: 'DELIVERY_UNAVAILABLE' };
    expect(decide(tried, POLICY, 'hold')).toEqual(expected);
  });
});

describe('a pause', () => {
  it('does not make a delivery older', () => {
    const tried = outcome('transient', { pendingSinceMs: NOW_MS - 5 * HOUR_MS });
    expect(decide(tried, POLICY, 'resend')).toMatchObject({ code: 'DELIVERY_GIVEN_UP' });
    expect(decide({ ...tried, pausedMs: 5 * HOUR_MS }, POLICY, 'resend')).toMatchObject({ kind: 'retry', retries: 1 });
  });
});

describe('the wait before the next try', () => {
  it('is never in the past, never after giveUpAfter, and uses up one place of the schedule', () => {
    fc.assert(
      fc.property(askingForMore, policies, (tried, policy) => {
        const decision = decide(tried, policy, 'resend');
        if (decision.kind === 'dead') return;
        expect(decision).toMatchObject({ kind: 'retry', retries: tried.retries + 1 });
        const dueAtMs = decision.kind === 'retry' ? decision.dueAtMs : Number.NaN;
        expect(Number.isInteger(dueAtMs)).toBe(true);
        expect(dueAtMs).toBeGreaterThanOrEqual(tried.nowMs);
        expect(dueAtMs - tried.pendingSinceMs - tried.pausedMs).toBeLessThanOrEqual(policy.giveUpAfterMs);
      }),
    );
  });

  it('stays within the jitter of its step when the destination names no wait', () => {
    fc.assert(
      fc.property(askingForMore, policies, (tried, policy) => {
        const quiet = { ...tried, answer: { ...tried.answer, retryAfterMs: null } };
        const decision = decide(quiet, { ...policy, giveUpAfterMs: Number.MAX_SAFE_INTEGER }, 'resend');
        const step = policy.scheduleMs[tried.retries];
        if (step === undefined) expect(decision).toMatchObject({ kind: 'dead', code: 'DELIVERY_GIVEN_UP' });
        if (step === undefined || decision.kind !== 'retry') return;
        const waitMs = decision.dueAtMs - tried.nowMs;
        expect(waitMs).toBeGreaterThanOrEqual(Math.floor(step * (1 - policy.jitter)));
        expect(waitMs).toBeLessThanOrEqual(Math.ceil(step * (1 + policy.jitter)));
      }),
    );
  });

  it('honours Retry-After up to an hour and no longer', () => {
    fc.assert(
      fc.property(askingForMore, policies, fc.nat(10 * DAY_MS), (tried, policy, retryAfterMs) => {
        const asking = { ...tried, answer: { ...tried.answer, retryAfterMs } };
        const decision = decide(asking, { ...policy, giveUpAfterMs: Number.MAX_SAFE_INTEGER }, 'resend');
        if (decision.kind !== 'retry') return;
        const waitMs = decision.dueAtMs - tried.nowMs;
        const longestStep = Math.ceil((policy.scheduleMs[tried.retries] ?? 0) * (1 + policy.jitter));
        expect(waitMs).toBeGreaterThanOrEqual(Math.min(retryAfterMs, HOUR_MS));
        expect(waitMs).toBeLessThanOrEqual(Math.max(longestStep, HOUR_MS));
      }),
    );
  });

  it('ends: a destination that is down for ever gets one try more than the schedule has places, at most', () => {
    fc.assert(
      fc.property(policies, fc.double({ min: 0, max: 0.999, noNaN: true }), (policy, random) => {
        let tries = 0;
        let state = { retries: 0, nowMs: NOW_MS };
        for (;;) {
          tries += 1;
          const decision = decide(outcome('transient', { ...state, random }), policy, 'resend');
          if (decision.kind !== 'retry') break;
          state = { retries: decision.retries, nowMs: decision.dueAtMs };
        }
        expect(tries).toBeLessThanOrEqual(policy.scheduleMs.length + 1);
        expect(state.nowMs - NOW_MS).toBeLessThanOrEqual(policy.giveUpAfterMs);
      }),
    );
  });
});

describe('another quick try', () => {
  const answer = { verdict: 'transient', retryAfterMs: null, code: 'DELIVERY_UNAVAILABLE' } as const;

  it('follows a passing fault', () => {
    expect(mayTryQuickly(answer)).toBe(true);
  });

  it.each([
    ['a refusal', { ...answer, verdict: 'rejected' as const }],
    ['an unknown answer', { ...answer, verdict: 'ambiguous' as const }],
    ['wrong credentials', { ...answer, verdict: 'unauthorized' as const }],
    ['a delivery', { ...answer, verdict: 'delivered' as const }],
    ['a wait the destination asks for', { ...answer, retryAfterMs: 0 }],
    ['a rate limit', { ...answer, code: 'DELIVERY_RATE_LIMITED' as const }],
  ])('does not follow %s', (_what, given) => {
    expect(mayTryQuickly(given)).toBe(false);
  });
});
