import { expect, it } from 'vitest';
import { type Breaker, breakerAfter, breakerAt, CLOSED } from '../../src/core/breaker.ts';

const LIMITS = { breakerFailures: 3, probeMs: 30_000 };
const NOW_MS = 1_770_000_000_000;

function after(outcomes: readonly boolean[], nowMs = NOW_MS): Breaker {
  return outcomes.reduce<Breaker>((breaker, failed) => breakerAfter(breaker, failed, LIMITS, nowMs), CLOSED);
}

it('opens after so many failed calls in a row, and not before', () => {
  expect(after([true, true])).toEqual({ kind: 'closed', failures: 2 });
  expect(after([true, true, false, true, true])).toEqual({ kind: 'closed', failures: 2 });
  expect(after([true, true, true])).toEqual({ kind: 'open', sinceMs: NOW_MS, openedAtMs: NOW_MS });
});

it('is half open when its time is over', () => {
  const open = after([true, true, true]);
  expect(breakerAt(open, LIMITS, NOW_MS + 29_999)).toBe(open);
  expect(breakerAt(open, LIMITS, NOW_MS + 30_000)).toEqual({ kind: 'half-open', sinceMs: NOW_MS });
});

it('opens again when the call that tries fails, and still says since when', () => {
  const trying = breakerAt(after([true, true, true]), LIMITS, NOW_MS + 30_000);
  const open = breakerAfter(trying, true, LIMITS, NOW_MS + 30_100);
  expect(open).toEqual({ kind: 'open', sinceMs: NOW_MS, openedAtMs: NOW_MS + 30_100 });
  expect(breakerAt(open, LIMITS, NOW_MS + 60_099).kind).toBe('open');
  expect(breakerAfter(trying, false, LIMITS, NOW_MS + 30_100)).toBe(CLOSED);
});

it('is closed by any success, and a late failure does not keep it open for longer', () => {
  const open = after([true, true, true]);
  expect(breakerAfter(open, true, LIMITS, NOW_MS + 20_000)).toBe(open);
  expect(breakerAfter(open, false, LIMITS, NOW_MS + 20_000)).toBe(CLOSED);
});

it('stays open no longer than it should when the clock is set back', () => {
  expect(breakerAt(after([true, true, true]), LIMITS, NOW_MS - 3_600_000).kind).toBe('half-open');
});
