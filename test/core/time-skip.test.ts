import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockStep, LONGEST_STEP_MS, skippedMs, type TimeSkip } from '../../src/core/time-skip.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const T0 = Date.parse('2026-02-11T09:30:00Z');

describe('a look at the clock', () => {
  it('sees nothing in a step of up to a minute, ahead or back', () => {
    const none: readonly TimeSkip[] = [];
    for (const stepMs of [0, 250, LONGEST_STEP_MS, -1, -LONGEST_STEP_MS]) {
      const step = clockStep(none, T0, T0 + stepMs);
      expect(step.skips).toBe(none);
      expect(step.isBack).toBe(false);
    }
  });

  it('takes a longer step ahead for time that nobody lived through', () => {
    expect(clockStep([], T0, T0 + YEAR_MS)).toEqual({ skips: [{ fromMs: T0, toMs: T0 + YEAR_MS }], isBack: false });
  });

  it('takes nothing for skipped that is to come again after the clock was set back', () => {
    const ahead = clockStep([], T0, T0 + YEAR_MS).skips;
    expect(clockStep(ahead, T0 + YEAR_MS + 5, T0 + 5)).toEqual({ skips: [{ fromMs: T0, toMs: T0 + 5 }], isBack: true });
    expect(clockStep(ahead, T0 + YEAR_MS, T0 - YEAR_MS)).toEqual({ skips: [], isBack: true });
  });

  it('remembers a bounded number of skips', () => {
    let skips: readonly TimeSkip[] = [];
    for (let day = 0; day < 1_000; day++)
      skips = clockStep(skips, T0 + day * 2 * LONGEST_STEP_MS, T0 + (day + 1) * 2 * LONGEST_STEP_MS).skips;
    expect(skips.length).toBeLessThanOrEqual(50);
  });
});

describe('skipped time', () => {
  it('never overlaps and never exceeds the time it is part of, whatever the clock does', () => {
    const step = fc.oneof(
      fc.integer({ min: -2 * YEAR_MS, max: 2 * YEAR_MS }),
      fc.integer({ min: -90_000, max: 90_000 }),
    );
    const jumps = fc.array(step, { maxLength: 30 });
    fc.assert(
      fc.property(jumps, fc.nat(YEAR_MS), fc.nat(YEAR_MS), (steps, from, length) => {
        let skips: readonly TimeSkip[] = [];
        let nowMs = T0;
        for (const stepMs of steps) {
          skips = clockStep(skips, nowMs, nowMs + stepMs).skips;
          nowMs += stepMs;
          expect(skips.every(({ toMs }) => toMs <= nowMs || stepMs >= -LONGEST_STEP_MS)).toBe(true);
        }
        const skipped = skippedMs(skips, T0 + from, T0 + from + length);
        expect(skipped).toBeGreaterThanOrEqual(0);
        expect(skipped).toBeLessThanOrEqual(length);
      }),
      { numRuns: 2_000 },
    );
  });
});
