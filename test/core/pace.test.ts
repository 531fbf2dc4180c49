import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterCall,
  afterRateLimit,
  afterRetryAfter,
  callDelayMs,
  heldUntil,
  type Pace,
  rateNow,
  rebasedPace,
  restedPace,
} from '../../src/core/pace.ts';

const NOW_MS = 1_770_000_000_000;
const HOUR_MS = 3_600_000;

/** When each of so many calls leaves, each as soon as it may. */
function departures(start: Pace, count: number): readonly number[] {
  let pace = start;
  let nowMs = NOW_MS;
  return Array.from({ length: count }, () => {
    for (let waitMs = callDelayMs(pace, nowMs); waitMs > 0; waitMs = callDelayMs(pace, nowMs)) nowMs += waitMs;
    pace = afterCall(pace, nowMs);
    return nowMs - NOW_MS;
  });
}

describe('the pace of calls', () => {
  it('lets a tenth of a second of calls leave at once, and the others at the rate', () => {
    const left = departures(restedPace(80, NOW_MS), 88);
    expect(left.filter((ms) => ms === 0)).toHaveLength(8);
    expect(left.at(-1)).toBeGreaterThanOrEqual(1_000);
    expect(left.at(-1)).toBeLessThan(1_100);
  });

  it('never lets more calls leave in a second than the rate and the burst', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (ratePerSecond) => {
        const left = departures(restedPace(ratePerSecond, NOW_MS), 3 * ratePerSecond + 5);
        for (const from of left) {
          const inSecond = left.filter((ms) => ms >= from && ms < from + 1_000).length;
          expect(inSecond).toBeLessThanOrEqual(ratePerSecond + Math.max(1, ratePerSecond / 10) + 1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('goes on at the rate when the clock is set back while nothing may leave', () => {
    let pace = restedPace(80, NOW_MS);
    for (let call = 0; call < 8; call++) pace = afterCall(pace, NOW_MS);
    expect(callDelayMs(pace, NOW_MS)).toBeGreaterThan(0);
    pace = rebasedPace(pace, NOW_MS - HOUR_MS);
    expect(callDelayMs(pace, NOW_MS - HOUR_MS + 100)).toBe(0);
    expect(rebasedPace(pace, NOW_MS)).toBe(pace);
  });

  it('waits for seconds at a rate below one a second', () => {
    expect(departures(restedPace(0.5, NOW_MS), 3)).toEqual([0, 2_000, 4_000]);
  });
});

describe('a 429', () => {
  const limited = (pace: Pace, startedAtMs: number, nowMs: number) => afterRateLimit(pace, { startedAtMs, nowMs });

  it('halves the rate for a minute', () => {
    const slow = limited(restedPace(80, NOW_MS), NOW_MS - 10, NOW_MS);
    expect(rateNow(slow, NOW_MS)).toBe(40);
    expect(rateNow(slow, NOW_MS + 59_999)).toBe(40);
    expect(rateNow(slow, NOW_MS + 60_000)).toBe(80);
  });

  it('counts once for calls that were in flight together', () => {
    let pace = restedPace(80, NOW_MS);
    for (let n = 0; n < 16; n++) pace = limited(pace, NOW_MS - 50, NOW_MS + n);
    expect(rateNow(pace, NOW_MS + 16)).toBe(40);
  });

  it('to a call that left at half the rate quarters it, and no more after that', () => {
    let pace = limited(restedPace(80, NOW_MS), NOW_MS - 10, NOW_MS);
    for (let n = 1; n < 9; n++) pace = limited(pace, NOW_MS + n * 100, NOW_MS + n * 100 + 50);
    expect(rateNow(pace, NOW_MS + 900)).toBe(20);
    expect(rateNow(pace, NOW_MS + 850 + 60_000)).toBe(80);
  });

  it('is forgotten when the clock is set back', () => {
    expect(rateNow(limited(restedPace(80, NOW_MS), NOW_MS, NOW_MS), NOW_MS - HOUR_MS)).toBe(80);
  });
});

describe('a Retry-After', () => {
  it('holds every call until then', () => {
    const held = afterRetryAfter(restedPace(80, NOW_MS), 7_000, NOW_MS);
    expect(callDelayMs(held, NOW_MS)).toBe(7_000);
    expect(callDelayMs(held, NOW_MS + 7_000)).toBe(0);
    expect(heldUntil(held, NOW_MS)).toBe(NOW_MS + 7_000);
    expect(heldUntil(held, NOW_MS + 7_000)).toBe(null);
  });

  it('is obeyed for an hour at most, and a shorter one does not shorten it', () => {
    const held = afterRetryAfter(restedPace(80, NOW_MS), 24 * HOUR_MS, NOW_MS);
    expect(callDelayMs(held, NOW_MS)).toBe(HOUR_MS);
    expect(callDelayMs(afterRetryAfter(held, 1_000, NOW_MS), NOW_MS)).toBe(HOUR_MS);
  });

  it('is forgotten when the clock is set back', () => {
    expect(callDelayMs(afterRetryAfter(restedPace(80, NOW_MS), 7_000, NOW_MS), NOW_MS - HOUR_MS)).toBe(0);
  });
});
