import { describe, expect, it } from 'vitest';
import type { Drained } from '../../../bench/drain/drain.ts';
import { drainFaults, drainLines, drainTargets } from '../../../bench/drain/report.ts';
import { isMet } from '../../../bench/targets.ts';

const DRAINED: Drained = {
  deliveries: 1_000,
  arrived: 1_000,
  repeats: 0,
  calls: 20,
  logged: 1_000,
  seconds: 2,
  cpuSeconds: 0.5,
  peakRssBytes: 150e6,
  stolen: 0,
  others: 0.2,
  complaints: ['{"level":"error"}'],
};

describe('the report of a drain', () => {
  it('tells rate, processor time, memory and calls', () => {
    const text = drainLines(DRAINED).join('\n');
    expect(text).toContain('1000 deliveries in 2.0 s: 500 deliveries/s');
    expect(text).toMatch(/CPU s per 1,000 +0\.5000/);
    expect(text).toMatch(/peak RSS MB +150/);
    expect(text).toMatch(/noise +stolen 0\.0 %, others 20\.0 %: read with care/);
    expect(text).toMatch(/calls +20, 50\.0 deliveries each/);
  });

  it('finds nothing wrong when everything arrived and is logged', () => {
    expect(drainTargets(DRAINED).every(isMet)).toBe(true);
    expect(drainFaults(DRAINED)).toEqual([]);
  });

  it('misses a target, but finds no fault, when too much memory was used', () => {
    const large = { ...DRAINED, peakRssBytes: 201e6 };
    expect(drainTargets(large).filter((target) => !isMet(target))).toHaveLength(1);
    expect(drainFaults(large)).toEqual([]);
  });

  it('finds what was lost or is not logged, with what the server complained of', () => {
    expect(drainFaults({ ...DRAINED, arrived: 998, logged: 997 })).toEqual([
      '2 deliveries never arrived.',
      'The log calls 997 of 1000 delivered.',
      '  it said: {"level":"error"}',
    ]);
  });
});
