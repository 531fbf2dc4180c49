import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { createOpenLoyaltySource } from '../../../src/sources/open-loyalty/source.ts';
import { ANN, DATA, LEGACY_DATA, legacy, sample, webhook } from './samples.ts';

const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: { type: 'none' } });
const reminder = 'account.expiring_points_notification';

describe('a body that is one event', () => {
  const whole: readonly (readonly [string, JsonObject])[] = [
    ...Object.keys(DATA).map((name) => [name, sample(name)] as const),
    ...Object.entries(LEGACY_DATA)
      .filter(([, data]) => !Array.isArray(data))
      .map(([name]) => [name, legacy(name)] as const),
    ['a reminder about nobody', legacy(reminder, [])],
    ['a reminder without data', { type: reminder }],
    ['a legacy name next to an eventName', webhook('AchievementsWereProcessed', [{}, {}], { type: reminder })],
    ['AchievementsWereProcessed under type', { type: 'AchievementsWereProcessed', data: [{}, {}] }],
    ['an array without a name', { data: [{}, {}] }],
    ['a name that is no text', { type: 7, data: [{}, {}] }],
    ['a name with dots at its ends', { type: '.points.', data: [{}, {}] }],
  ];

  it.each(whole)('stays the same object: %s', (_, body) => {
    const parts = source.split(body);
    expect(parts).toHaveLength(1);
    expect(parts[0]).toBe(body);
  });
});

describe('a legacy body with an array', () => {
  it('becomes one body per element, in order, each about its own member', () => {
    const parts = source.split(legacy(reminder));
    expect(parts.map((part) => part['data'])).toEqual(LEGACY_DATA[reminder]);
    expect(parts.map((part) => source.read(part).name)).toEqual([reminder, reminder]);
    expect(parts.map((part) => source.identify(part, 0).member)).toEqual([
      `/${ANN.memberId}`,
      '/0b0b0b0b-0000-4000-8000-000000000003',
    ]);
  });

  it('keeps what else stands in the body, and takes a name in lower case without dots', () => {
    expect(source.split({ type: ' reminders ', storeCode: 'PL', data: [1, null] })).toEqual([
      { type: ' reminders ', storeCode: 'PL', data: 1 },
      { type: ' reminders ', storeCode: 'PL', data: null },
    ]);
  });

  it('loses none of the thousands that a coupon reminder may name', () => {
    const data = Array.from({ length: 12_000 }, (_, index) => ({ customerId: `c-${index}`, coupon: 'A' }));
    const parts = source.split(legacy('campaign.coupon_expiration', data));
    expect(parts).toHaveLength(12_000);
    expect(parts.at(-1)?.['data']).toEqual({ customerId: 'c-11999', coupon: 'A' });
  });
});

describe('any body at all', () => {
  it('is split without throwing, and nothing is lost', () => {
    const name = fc.oneof(fc.constantFrom(reminder, 'CustomerUpdated', '', null), fc.jsonValue());
    const body = fc.record(
      { type: name, eventName: name, data: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()), ['__proto__']: name },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, (anything) => {
        const sent = JSON.parse(JSON.stringify(anything)) as JsonObject;
        const parts = source.split(sent);
        const whole: Json = parts.length === 1 && parts[0] === sent ? sent : { ...sent, data: dataOf(parts) };
        expect(whole).toEqual(sent);
      }),
    );
  });

  function dataOf(parts: readonly JsonObject[]): Json {
    return parts.map((part) => part['data'] ?? null);
  }
});
