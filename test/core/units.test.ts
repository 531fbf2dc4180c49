import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, parseRate, parseSize } from '../../src/core/units.ts';

describe('parseDuration', () => {
  it.each([
    ['0ms', 0],
    ['250ms', 250],
    ['5s', 5000],
    ['2m', 120_000],
    ['3h', 10_800_000],
    ['90d', 7_776_000_000],
  ])('reads %s as %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', 's', '-5s', '1.5h', '5 s', '5S', '5w', ' 5s', '5s\n', '99999999999999d', 'constructor'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('grows with the count and with the unit', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (count) => {
        const values = ['ms', 's', 'm', 'h', 'd'].map((unit) => parseDuration(`${count + 1}${unit}`) ?? Number.NaN);
        expect(values).toEqual([...values].sort((left, right) => left - right));
        expect(parseDuration(`${count}s`)).toBe(count * 1000);
      }),
    );
  });
});

describe('parseSize', () => {
  it.each([
    ['0b', 0],
    ['512b', 512],
    ['64kb', 65_536],
    ['1mb', 1_048_576],
    ['2gb', 2_147_483_648],
  ])('reads %s as %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '64', 'kb', '64KB', '1.5mb', '1 mb', '-1kb', '99999999999gb'])('refuses %j', (text) => {
    expect(parseSize(text)).toBeNull();
  });
});

describe('parseRate', () => {
  it.each([
    ['80/s', 80],
    ['6000/m', 100],
    ['30/m', 0.5],
  ])('reads %s as %d a second', (text, perSecond) => {
    expect(parseRate(text)).toBe(perSecond);
  });

  it.each(['', '80', '0/s', '80/h', '80 / s', '-1/s', '1.5/s', '80/sec'])('refuses %j', (text) => {
    expect(parseRate(text)).toBeNull();
  });
});
