import { describe, expect, it } from 'vitest';
import { type ClockWatch, pruneBeforeMs, watchedClock } from '../../src/core/retention.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-02-11T09:30:00Z');
const steady: ClockWatch = { seenMs: NOW, steadySinceMs: NOW - 7 * DAY };

describe('watching the clock', () => {
  it('begins to trust it with the first look', () => {
    expect(watchedClock(null, NOW)).toEqual({ seenMs: NOW, steadySinceMs: NOW });
  });

  it.each([
    ['goes on', 10 * 60_000],
    ['rests for less than a day', DAY],
    ['is set back a little', -HOUR],
  ])('goes on trusting it when it %s', (_name, step) => {
    expect(watchedClock(steady, NOW + step)).toEqual({ seenMs: NOW + step, steadySinceMs: steady.steadySinceMs });
  });

  it.each([
    ['jumps ahead', 400 * DAY],
    ['jumps a little more than a day ahead', DAY + 1],
    ['jumps back', -2 * HOUR],
  ])('begins anew when it %s', (_name, step) => {
    expect(watchedClock(steady, NOW + step)).toEqual({ seenMs: NOW + step, steadySinceMs: NOW + step });
  });
});

describe('what is old enough to go', () => {
  it('is told once the clock has been steady for a day', () => {
    expect(pruneBeforeMs(steady, 90 * DAY, NOW)).toBe(NOW - 90 * DAY);
    expect(pruneBeforeMs({ seenMs: NOW, steadySinceMs: NOW - DAY + 1 }, 90 * DAY, NOW)).toBeNull();
  });

  it('is told sooner where events are kept for less than a day', () => {
    expect(pruneBeforeMs({ seenMs: NOW, steadySinceMs: NOW - HOUR }, HOUR, NOW)).toBe(NOW - HOUR);
  });
});
