import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextLookMs, WAITING_SCHEDULE_MS } from '../../src/core/waiting.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SINCE_MS = 1_770_000_000_000;

describe('a delivery that waits for a fact', () => {
  it('is looked at after a minute, ten minutes, an hour, six hours, a day and three days, then no more', () => {
    const looks: number[] = [];
    for (let next = nextLookMs(SINCE_MS, SINCE_MS); next !== null; next = nextLookMs(SINCE_MS, next)) {
      looks.push(next - SINCE_MS);
    }
    expect(looks).toEqual([MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 72 * HOUR_MS]);
    expect(looks).toEqual(WAITING_SCHEDULE_MS);
  });

  it('has its next look in the future and on the schedule, until its time is up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 * HOUR_MS }), (ageMs) => {
        const next = nextLookMs(SINCE_MS, SINCE_MS + ageMs);
        if (ageMs >= 72 * HOUR_MS) expect(next).toBeNull();
        else expect(next).toBeGreaterThan(SINCE_MS + ageMs);
        if (next !== null) expect(WAITING_SCHEDULE_MS).toContain(next - SINCE_MS);
      }),
    );
  });
});
