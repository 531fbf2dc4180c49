import { describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/runtime/metrics/buckets.ts';

describe('Buckets', () => {
  it('count each duration under every bound that it does not exceed', () => {
    const buckets = new Buckets([0.1, 1, 10]);
    for (const seconds of [0.1, 0.5, 1, 10.5]) buckets.add(seconds);
    expect(buckets.cumulative()).toEqual([1, 3, 3, 4]);
    expect(buckets.sum).toBeCloseTo(12.1);
  });

  it('count many equal ones at once', () => {
    const buckets = new Buckets([1]);
    buckets.addSame(0.5, 50);
    expect(buckets.cumulative()).toEqual([50, 50]);
    expect(buckets.sum).toBe(25);
  });

  it('take a duration that a clock made negative as none', () => {
    const buckets = new Buckets([1]);
    buckets.add(-3_600);
    expect(buckets.cumulative()).toEqual([1, 1]);
    expect(buckets.sum).toBe(0);
  });
});
