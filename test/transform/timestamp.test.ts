import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarDaysUntil, readTimestamp, unixSeconds } from '../../src/transform/timestamp.ts';

const DAY_MS = 86_400_000;

const secondsOf = (text: string): number | null => {
  const timestamp = readTimestamp(text);
  return timestamp === null ? null : unixSeconds(timestamp);
};

const daysBetween = (text: string, clock: string): number | null => {
  const timestamp = readTimestamp(text);
  return timestamp === null ? null : calendarDaysUntil(timestamp, Date.parse(clock));
};

describe('Unix seconds of a timestamp', () => {
  it.each([
    ['2026-02-11T09:30:00+01:00', 1770798600],
    ['2026-02-11T09:30:00.123456+01:00', 1770798600.123456],
    ['2026-02-11T08:30:00.5Z', 1770798600.5],
    ['2026-02-11T08:30:00,250Z', 1770798600.25],
    ['2026-02-11T08:30Z', 1770798600],
    ['2026-02-11 08:30:00', 1770798600],
    ['2026-02-11T04:00:00-0430', 1770798600],
    ['2026-02-11T09:30:00+01', 1770798600],
    ['2026-02-11', 1770768000],
    ['1969-12-31T23:59:59.75Z', -0.25],
    ['1969-12-31T23:59:58.000001Z', -1.999999],
  ])('reads %s as %d', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each([
    '',
    'tomorrow',
    '2026-02-30',
    '2026-13-01',
    '2026-02-11T24:00:00Z',
    '2026-02-11T09:60:00Z',
    '2026-02-11T09:30:61Z',
    '2026-02-11T09:30:00+25:00',
    '11.02.2026',
    '1770798600',
    '2026-02-11T09:30:00+01:00 ',
  ])('refuses %j', (text) => {
    expect(readTimestamp(text)).toBeNull();
  });

  it('keeps up to six decimals to the last digit', () => {
    const year2100 = 4_102_444_800;
    fc.assert(
      fc.property(fc.integer({ min: -year2100, max: year2100 }), fc.stringMatching(/^\d{1,6}$/), (seconds, digits) => {
        const date = new Date(seconds * 1000).toISOString().slice(0, 19);
        const scale = 10 ** digits.length;
        const micros = seconds * scale + Number(digits);
        expect(secondsOf(`${date}.${digits}Z`)).toBe(micros / scale);
      }),
    );
  });

  it('agrees with JavaScript in every offset', () => {
    const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), minutes, (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
        const size = Math.abs(offset);
        const zone = [Math.floor(size / 60), size % 60].map((number) => String(number).padStart(2, '0')).join(':');
        const text = `${local}${offset < 0 ? '-' : '+'}${zone}`;
        expect(secondsOf(text)).toBe(Date.parse(text) / 1000);
      }),
    );
  });
});

describe('calendar days until a timestamp', () => {
  it('counts days in the offset that the timestamp is written in', () => {
    // 23:30 UTC is already the 12th in Warsaw.
    expect(daysBetween('2026-02-12T00:00:00+01:00', '2026-02-11T23:30:00Z')).toBe(0);
    expect(daysBetween('2026-02-12T00:00:00Z', '2026-02-11T23:30:00Z')).toBe(1);
    expect(daysBetween('2026-02-12', '2026-02-11T23:59:59.999Z')).toBe(1);
  });

  it('is 0 on the same day and negative in the past', () => {
    expect(daysBetween('2026-02-11T23:59:59+01:00', '2026-02-11T08:30:00Z')).toBe(0);
    expect(daysBetween('2026-02-11T00:00:00+01:00', '2026-02-11T08:30:00Z')).toBe(0);
    expect(daysBetween('2026-02-10T23:59:59+01:00', '2026-02-11T08:30:00Z')).toBe(-1);
    expect(daysBetween('2025-02-11', '2026-02-11T08:30:00Z')).toBe(-365);
  });

  it('grows by one a day and is zero at the clock itself', () => {
    const clocks = fc.date({ min: new Date('1950-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(clocks, fc.integer({ min: -9000, max: 9000 }), (clock, days) => {
        const then = new Date(clock.getTime() + days * DAY_MS).toISOString();
        expect(daysBetween(then, clock.toISOString())).toBe(days);
      }),
    );
  });
});
