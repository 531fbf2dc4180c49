import { describe, expect, it } from 'vitest';
import { figuresOf, lostOf } from '../../bench/figures.ts';
import type { PhaseRecord } from '../../bench/phase.ts';

const NEVER = Number.NaN;

/** Four events: one delivered before and one after its answer, one lost, one refused that arrived all the same. */
const RECORD: PhaseRecord = {
  sentAt: Float64Array.of(1_000, 1_010, 1_020, 1_030),
  ackAt: Float64Array.of(1_002, 1_015, 1_021, NEVER),
  arrivedAt: Float64Array.of(1_001, 1_090, NEVER, 1_040),
  loggedAt: 1_100,
  repeats: 1,
  calls: 2,
  bodyBytes: 2_000,
  requestBytes: 1_200,
  refusals: { '503': 1 },
  cpuSeconds: 0.03,
  aroundCpuSeconds: 0.05,
  durationSeconds: 0.1,
};

describe('the figures of a phase', () => {
  it('count from the first event sent to the last that got so far', () => {
    const { acceptedPerSecond, deliveredPerSecond, loggedPerSecond } = figuresOf(RECORD);
    expect(acceptedPerSecond).toBeCloseTo(3 / 0.021);
    expect(deliveredPerSecond).toBeCloseTo(3 / 0.09);
    expect(loggedPerSecond).toBeCloseTo(3 / 0.1);
  });

  it('take latency from when each event was sent', () => {
    expect(figuresOf(RECORD)).toMatchObject({ ackP50: 2, ackP99: 5, endToEndP50: 10, endToEndP99: 80 });
  });

  it('charge the processor to what was accepted, and bytes to what they carried', () => {
    const { cpuSecondsPer1k, aroundBusy, eventsPerCall, bodyBytes, requestBytes } = figuresOf(RECORD);
    expect(cpuSecondsPer1k).toBeCloseTo(10);
    expect(aroundBusy).toBeCloseTo(0.5);
    expect([eventsPerCall, bodyBytes, requestBytes]).toEqual([1.5, 500, 300]);
  });

  it('have no logged rate where there is no log', () => {
    expect(figuresOf({ ...RECORD, loggedAt: null }).loggedPerSecond).toBeNull();
  });
});

describe('lost', () => {
  it('is what was acknowledged and never arrived', () => {
    expect(figuresOf(RECORD)).toMatchObject({ sent: 4, accepted: 3, lost: 1, repeats: 1 });
  });

  it('is not what was refused and never arrived: the sender knows', () => {
    expect(lostOf({ ackAt: Float64Array.of(NEVER), arrivedAt: Float64Array.of(NEVER) })).toBe(0);
  });
});
