import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, percentile } from '../../bench/statistics.ts';

describe('percentile', () => {
  it('is the smallest value that at least the share does not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 99, 100]);
  });

  it('leaves out events that never came', () => {
    expect(percentile(Float64Array.of(Number.NaN, 3, Number.NaN, 1, 2), 0.5)).toBe(2);
  });

  it('is NaN when nothing came at all', () => {
    expect(percentile([Number.NaN], 0.5)).toBeNaN();
    expect(percentile([], 0.99)).toBeNaN();
  });

  it('sorts by number and leaves its input as it was', () => {
    const values = [10, 9, 1];
    expect(percentile(values, 1)).toBe(10);
    expect(values).toEqual([10, 9, 1]);
  });

  it('is one of the values, and never falls as the share grows', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const values = fc.array(
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(values, share, share, (all, one, other) => {
        const [lower, upper] = [Math.min(one, other), Math.max(one, other)].map((each) => percentile(all, each));
        expect(all).toContain(lower);
        expect(lower).toBeLessThanOrEqual(upper ?? Number.NaN);
      }),
    );
  });
});

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([40, 10, 20, 30])).toBe(25);
    expect(median([])).toBeNaN();
  });
});
