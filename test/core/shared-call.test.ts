import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/attempt.ts';
import type { RetryPolicy } from '../../src/core/retry-policy.ts';
import { type CallOutcome, decideInCall, shareLimitAfter } from '../../src/core/shared-call.ts';

const NOW_MS = 1_770_000_000_000;
const POLICY: RetryPolicy = { quick: 2, scheduleMs: [5_000], jitter: 0, giveUpAfterMs: 3_600_000 };

function outcome(verdict: Verdict, overrides: Partial<CallOutcome> = {}): CallOutcome {
  return {
    answer: { verdict, code: 'DELIVERY_UNAVAILABLE', detail: 'HTTP 500', retryAfterMs: null },
    ...{ isDivided: false, hasQuickTry: false, retries: 0 },
    ...{ pendingSinceMs: NOW_MS, pausedMs: 0, nowMs: NOW_MS, random: 0.5 },
    ...overrides,
  };
}

describe('a delivery of a call', () => {
  it('is tried again quickly while it may be', () => {
    expect(decideInCall(outcome('transient', { hasQuickTry: true }), POLICY, 'resend')).toEqual({ kind: 'keep' });
    expect(decideInCall(outcome('transient'), POLICY, 'resend')).toMatchObject({ kind: 'retry', retries: 1 });
    expect(decideInCall(outcome('ambiguous', { hasQuickTry: true }), POLICY, 'resend').kind).toBe('retry');
  });

  it('is refused only when it answers for itself', () => {
    expect(decideInCall(outcome('rejected', { isDivided: true }), POLICY, 'resend')).toEqual({ kind: 'keep' });
    expect(decideInCall(outcome('rejected'), POLICY, 'resend')).toMatchObject({ kind: 'dead' });
  });

  it('is given up only when it answers for itself', () => {
    const last = outcome('transient', { retries: 1 });
    expect(decideInCall(last, POLICY, 'resend')).toMatchObject({ kind: 'dead', code: 'DELIVERY_GIVEN_UP' });
    expect(decideInCall({ ...last, isDivided: true }, POLICY, 'resend')).toEqual({ kind: 'keep' });
  });

  it('is held when nobody knows whether it arrived, also in a shared call', () => {
    const decision = decideInCall(outcome('ambiguous', { isDivided: true }), POLICY, 'hold');
    expect(decision).toMatchObject({ kind: 'dead', code: 'DELIVERY_HELD' });
  });
});

it('travels in half the call after a first failure, and alone after a second', () => {
  expect(shareLimitAfter(50, null)).toBe(25);
  expect(shareLimitAfter(25, 25)).toBe(1);
  expect(shareLimitAfter(3, null)).toBe(2);
  expect(shareLimitAfter(2, null)).toBe(1);
});
