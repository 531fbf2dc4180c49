import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPaused, type Pause, pausedMs } from '../../src/core/pause.ts';

const ADDRESS = { destination: 'bloomreach', endpoint: 'event' };
const LATEST_MS = 40;

function aPause(over: Partial<Pause> = {}): Pause {
  return {
    destination: 'bloomreach',
    endpoint: null,
    cause: 'by_hand',
    detail: 'ops',
    sinceMs: 0,
    untilMs: null,
    ...over,
  };
}

const time = fc.nat(LATEST_MS);
const pauses: fc.Arbitrary<readonly Pause[]> = fc.array(
  fc.record({
    destination: fc.constantFrom('bloomreach', 'bloomreach', 'crm'),
    endpoint: fc.constantFrom(null, 'event', 'customer'),
    cause: fc.constantFrom('by_hand' as const, 'unauthorized' as const),
    detail: fc.constant('ops'),
    sinceMs: time,
    untilMs: fc.option(time, { freq: 3, nil: null }),
  }),
  { maxLength: 6 },
);

/** Counted ms by ms. */
function counted(all: readonly Pause[], fromMs: number, toMs: number): number {
  const concerning = all.filter(({ destination, endpoint }) => {
    return destination === 'bloomreach' && (endpoint === null || endpoint === 'event');
  });
  let sum = 0;
  for (let ms = fromMs; ms < toMs; ms++) {
    if (concerning.some(({ sinceMs, untilMs }) => sinceMs <= ms && (untilMs === null || ms < untilMs))) sum += 1;
  }
  return sum;
}

describe('whether an address is paused', () => {
  it.each([
    ['by a pause of its destination', aPause(), true],
    ['by a pause of its own', aPause({ endpoint: 'event' }), true],
    ['not by one of another endpoint', aPause({ endpoint: 'customer' }), false],
    ['not by one of another destination', aPause({ destination: 'crm' }), false],
    ['not by one that ended', aPause({ untilMs: 5 }), false],
  ])('%s', (_what, pause, expected) => {
    expect(isPaused([aPause({ destination: 'other' }), pause], ADDRESS)).toBe(expected);
  });

  it('is not where nothing is', () => {
    expect(isPaused([], ADDRESS)).toBe(false);
  });
});

describe('how long an address was paused', () => {
  it('counts pauses that overlap, touch or contain one another once', () => {
    const spells = [
      aPause({ sinceMs: 10, untilMs: 20 }),
      aPause({ sinceMs: 15, untilMs: 30, endpoint: 'event' }),
      aPause({ sinceMs: 12, untilMs: 13, cause: 'unauthorized' }),
      aPause({ sinceMs: 30, untilMs: 35 }),
      aPause({ sinceMs: 50, untilMs: null }),
    ];
    expect(pausedMs(spells, ADDRESS, 0, 60)).toBe(25 + 10);
    expect(pausedMs(spells, ADDRESS, 18, 52)).toBe(17 + 2);
  });

  it('is what counting ms by ms comes to, in whatever order the pauses stand', () => {
    fc.assert(
      fc.property(pauses, time, time, (all, fromMs, toMs) => {
        const expected = counted(all, fromMs, toMs);
        expect(pausedMs(all, ADDRESS, fromMs, toMs)).toBe(expected);
        expect(pausedMs([...all].reverse(), ADDRESS, fromMs, toMs)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('adds up: of one time and the next it is that of both together', () => {
    fc.assert(
      fc.property(pauses, fc.tuple(time, time, time), (all, times) => {
        const [fromMs = 0, betweenMs = 0, toMs = 0] = [...times].sort((left, right) => left - right);
        const parts = pausedMs(all, ADDRESS, fromMs, betweenMs) + pausedMs(all, ADDRESS, betweenMs, toMs);
        expect(parts).toBe(pausedMs(all, ADDRESS, fromMs, toMs));
      }),
    );
  });

  it('is never less than nothing nor more than the time itself, though the clock was set back', () => {
    fc.assert(
      fc.property(pauses, time, time, (all, fromMs, toMs) => {
        const paused = pausedMs(all, ADDRESS, fromMs, toMs);
        expect(paused).toBeGreaterThanOrEqual(0);
        expect(paused).toBeLessThanOrEqual(Math.max(0, toMs - fromMs));
      }),
    );
  });
});
