import { describe, expect, it } from 'vitest';
import { speedTargets } from '../../bench/speed-targets.ts';
import { isMet, targetLines } from '../../bench/targets.ts';
import { LOGGED, roundOf } from './rounds-fixture.ts';

const target = (measured: number, bound: { readonly atMost?: number; readonly atLeast?: number }) => {
  return { title: 'some ratio', measured, unit: 'x', digits: 2, ...bound };
};

describe('a target', () => {
  it('is met up to its bound and at it', () => {
    expect([0, 0.45, 0.46].map((measured) => isMet(target(measured, { atMost: 0.45 })))).toEqual([true, true, false]);
    expect([1.99, 2, 3].map((measured) => isMet(target(measured, { atLeast: 2 })))).toEqual([false, true, true]);
  });

  it('is missed when nothing could be measured', () => {
    expect(isMet(target(Number.NaN, { atMost: 1 }))).toBe(false);
  });

  it('is told with what was measured and what is wanted', () => {
    const [heading, met, missed] = targetLines([target(0.4, { atMost: 0.45 }), target(1, { atLeast: 2 })]);
    expect(heading).toBe('targets: 1 of 2 met');
    expect(met).toMatch(/^ {2}met +some ratio +0\.40x {2}\(at most 0\.45x\)$/);
    expect(missed).toMatch(/^ {2}MISSED +some ratio +1\.00x {2}\(at least 2\.00x\)$/);
  });
});

describe('the targets of speed', () => {
  const measuredIn = (...rounds: Parameters<typeof speedTargets>[0]) => {
    return new Map(speedTargets(rounds, 50).map(({ title, measured }) => [title, measured]));
  };

  it('compare what is logged with what the forwarder delivers', () => {
    const fast = { ...LOGGED, loggedPerSecond: 3_500 };
    const measured = measuredIn(roundOf({ phases: { slowSaturated: fast } }));
    expect(measured.get('accepted, delivered and logged/s, sink 50 ms')).toBe(7);
    expect(measured.get('accepted, delivered and logged/s, sink 0 ms')).toBe(0.5);
  });

  it('are medians of the ratios of each round', () => {
    const rounds = [0.1, 0.2, 0.9].map((cpuSecondsPer1k) => {
      return roundOf({ phases: { saturated: { ...LOGGED, cpuSecondsPer1k } } });
    });
    expect(measuredIn(...rounds).get('CPU per event, saturated')).toBe(0.4);
  });

  it('compare the acknowledgement with a slow sink with its own, not with that of the forwarder', () => {
    const measured = measuredIn(roundOf({ phases: { slowCalm: { ...LOGGED, ackP50: 3 } } }));
    expect(measured.get('own acknowledgement p50, 100/s, sink 50 ms against 0 ms')).toBe(3);
  });

  it('weigh the database against what it has to keep, and count what was lost in every round', () => {
    const lossy = roundOf({ warmUp: { ...LOGGED, lost: 2 }, phases: { brisk: { ...LOGGED, lost: 1 } } });
    const measured = measuredIn(roundOf(), lossy);
    expect(measured.get('database bytes against body + frozen request')).toBe(2);
    expect(measured.get('acknowledged and lost')).toBe(3);
  });

  it('are missed by figures that are not there', () => {
    const unlogged = roundOf({ phases: { saturated: { ...LOGGED, loggedPerSecond: null } } });
    expect(measuredIn(unlogged).get('accepted, delivered and logged/s, sink 0 ms')).toBeNaN();
  });
});
