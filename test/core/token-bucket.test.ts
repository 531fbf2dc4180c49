import fc from 'fast-check';
import { expect, it } from 'vitest';
import { refilled, tokenDelayMs } from '../../src/core/token-bucket.ts';

const LIMITS = { ratePerSecond: 10, capacity: 3 };

it('gains tokens at its rate and holds no more than its capacity', () => {
  const empty = { tokens: 0, atMs: 1_000 };
  expect(refilled(empty, LIMITS, 1_150)).toEqual({ tokens: 1.5, atMs: 1_150 });
  expect(refilled(empty, LIMITS, 60_000).tokens).toBe(3);
});

it('says how long to wait for the next token', () => {
  expect(tokenDelayMs({ tokens: 1, atMs: 0 }, LIMITS)).toBe(0);
  expect(tokenDelayMs({ tokens: 0.5, atMs: 0 }, LIMITS)).toBe(50);
  expect(tokenDelayMs({ tokens: -1, atMs: 0 }, LIMITS)).toBe(200);
});

it('gains nothing from a clock that is set back, and goes on from there', () => {
  const back = refilled({ tokens: 0.5, atMs: 100_000 }, LIMITS, 50_000);
  expect(back).toEqual({ tokens: 0.5, atMs: 50_000 });
  expect(refilled(back, LIMITS, 50_100).tokens).toBe(1.5);
});

it('has a token once the wait is over, whatever its rate', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 10_000, noNaN: true }),
      fc.double({ min: -5, max: 1, noNaN: true }),
      (ratePerSecond, tokens) => {
        const limits = { ratePerSecond, capacity: 1 };
        const waitMs = tokenDelayMs({ tokens, atMs: 0 }, limits);
        expect(refilled({ tokens, atMs: 0 }, limits, waitMs + 1).tokens).toBeGreaterThanOrEqual(1);
      },
    ),
  );
});
