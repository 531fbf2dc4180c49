import { describe, expect, it } from 'vitest';
import { TimeZone } from '../../../src/sandbox/open-loyalty/zoned-time.ts';

describe('times of a zone', () => {
  it.each([
    ['Europe/Berlin', '2026-02-11T08:30:00.900Z', '2026-02-11T09:30:00+01:00'],
    ['Europe/Warsaw', '2026-08-10T21:59:59Z', '2026-08-10T23:59:59+02:00'],
    ['UTC', '2026-08-10T21:59:59Z', '2026-08-10T21:59:59+00:00'],
    ['America/St_Johns', '2026-01-01T00:00:00Z', '2025-12-31T20:30:00-03:30'],
  ])('in %s are written with their offset', (name, utc, text) => {
    expect(new TimeZone(name).text(Date.parse(utc))).toBe(text);
  });

  it.each([
    ['2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['2026-10-26', '2026-10-25T23:00:00.000Z'],
  ])('%s begins at its own midnight', (day, utc) => {
    const berlin = new TimeZone('Europe/Berlin');
    const number = Date.parse(day) / 86_400_000;
    expect(new Date(berlin.startOfDay(number)).toISOString()).toBe(utc);
    expect(berlin.day(berlin.startOfDay(number))).toBe(number);
    expect(berlin.day(berlin.startOfDay(number) - 1)).toBe(number - 1);
  });

  it('are refused for a zone that is none', () => {
    expect(() => new TimeZone('Europe/Nowhere')).toThrow(RangeError);
  });
});
