import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/core/event.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { createOpenLoyaltySource } from '../../../src/sources/open-loyalty/source.ts';
import { ANN, DATA, LEGACY_DATA, legacy, sample, webhook } from './samples.ts';

const CLOCK_MS = 1_770_800_000_000;
const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: { type: 'none' } });

function identify(body: JsonObject): Identity {
  return source.identify(body, CLOCK_MS);
}

describe('the envelope', () => {
  it('is read from a webhook', () => {
    expect(source.read(sample('CustomerLevelChanged'))).toEqual({
      name: 'CustomerLevelChanged',
      storeCode: 'DEFAULT',
      messageId: '3f0c7e1a-5a0e-4b53-9d0b-2f6f5d0c9a11',
      createdAtMs: Date.parse('2026-02-11T08:30:00Z'),
    });
  });

  it.each<[string, JsonObject, string | null]>([
    ['eventName', { eventName: ' CustomerUpdated ' }, 'CustomerUpdated'],
    ['type when there is no eventName', { type: 'customer.updated' }, 'customer.updated'],
    ['eventName before type', { eventName: 'A', type: 'B' }, 'A'],
    ['type when eventName is blank', { eventName: ' ', type: 'B' }, 'B'],
    ['type when eventName is no text', { eventName: 7, type: 'B' }, 'B'],
    ['nothing', {}, null],
    ['the first 200 characters', { eventName: 'x'.repeat(5000) }, 'x'.repeat(200)],
  ])('takes the name from %s', (_, body, name) => {
    expect(source.read(body).name).toBe(name);
  });

  it.each<[Json, string | null]>([
    ['m-1', 'm-1'],
    ['', null],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), null],
    [7, null],
    [null, null],
  ])('reads the message id %j', (messageId, expected) => {
    expect(source.read({ messageId }).messageId).toBe(expected);
  });

  it.each<[Json, string]>([
    ['Germany', 'Germany'],
    [null, ''],
    [['a'], ''],
  ])('reads the store code %j', (storeCode, expected) => {
    expect(source.read({ storeCode }).storeCode).toBe(expected);
  });

  it.each<[Json, string | null]>([
    ['2026-02-11T09:30:00+01:00', '2026-02-11T08:30:00.000Z'],
    ['2026-02-11T09:30:00Z', '2026-02-11T09:30:00.000Z'],
    ['2026-02-11T09:30:00.123999Z', '2026-02-11T09:30:00.123Z'],
    ['2026-02-11T09:30:00.5-0230', '2026-02-11T12:00:00.500Z'],
    ['2026-12-31T23:59:59-00:01', '2027-01-01T00:00:59.000Z'],
    ['2026-02-11T09:30:00', null],
    ['2026-02-11', null],
    ['2026-02-30T00:00:00Z', null],
    ['2026-13-01T00:00:00Z', null],
    ['2026-02-11T24:00:00Z', null],
    ['2026-02-11T09:30:00+24:00', null],
    ['0000-00-00T00:00:00Z', null],
    ['0050-01-01T00:00:00Z', null],
    ['tomorrow', null],
    [1_770_800_000, null],
    [null, null],
  ])('reads the time %j', (createdAt, expected) => {
    const { createdAtMs } = source.read({ createdAt });
    expect(createdAtMs === null ? null : new Date(createdAtMs).toISOString()).toBe(expected);
  });
});

describe('the member', () => {
  const withoutMember = ['TransactionRegistered', 'PointsWillExpire', 'SegmentMembershipDropped'];

  it.each(Object.keys(DATA).filter((name) => !withoutMember.includes(name)))('is found in %s', (name) => {
    const { member, aliases } = identify(sample(name));
    expect({ member, aliases }).toEqual({ member: ANN.member, aliases: ANN.aliases });
  });

  it('is the card of a transaction that names no id', () => {
    expect(identify(sample('TransactionRegistered'))).toMatchObject({
      member: 'DEFAULT/card:LC-1001',
      aliases: ['DEFAULT/email:ann@example.com'],
    });
  });

  it.each(['PointsWillExpire', 'SegmentMembershipDropped', 'CampaignCreated'])('is nobody in %s', (name) => {
    expect(identify(sample(name))).toMatchObject({ member: null, aliases: [] });
  });

  it.each<[string, JsonObject, string]>([
    ['the email, lower-cased and trimmed', { email: ' Ann@Example.COM ' }, 'DEFAULT/email:ann@example.com'],
    ['the phone', { email: null, phone: '+48500100200' }, 'DEFAULT/phone:+48500100200'],
    ['the card, its case kept', { loyaltyCardNumber: 'lc-A', email: 'a@b.c' }, 'DEFAULT/card:lc-A'],
  ])('is %s when there is nothing better', (_, customer, member) => {
    expect(identify(webhook('CustomerUpdated', { customer })).member).toBe(member);
  });

  it('is told apart by tenant, and keeps its notation without one', () => {
    expect(identify(webhook('CustomerUpdated', { customer: { customerId: 'c' } }, { storeCode: 'PL' })).member).toBe(
      'PL/c',
    );
    expect(identify({ eventName: 'CustomerUpdated', data: { customer: { customerId: 'c' } } }).member).toBe('/c');
  });

  it('ignores empty, overlong and non-text identifiers', () => {
    const customer = { customerId: ' ', email: 'x'.repeat(321), phone: 48500100200, loyaltyCardNumber: [] };
    expect(identify(webhook('CustomerUpdated', { customer })).member).toBeNull();
  });

  it('is found in an event whose name is new', () => {
    expect(identify(webhook('WalletBalanceUpdated', { member: { customerId: ANN.memberId } })).member).toBe(ANN.member);
  });

  it('is read from the flat fields that a points reminder may carry', () => {
    const data = { ...(DATA['PointsWillExpire'] as JsonObject), customerEmail: 'Ann@Example.com' };
    expect(identify(webhook('PointsWillExpire', data)).member).toBe('DEFAULT/email:ann@example.com');
  });

  it('is read from the flat fields of version 3', () => {
    const body = { type: 'customer.level_changed_automatically', data: { customerId: 'c-1', levelMove: 'up' } };
    expect(identify(body)).toEqual({ member: '/c-1', aliases: [], facts: [] });
  });

  it('is nobody when an event is about several, and the one when all elements name the same', () => {
    const ann = { member: { customerId: 'ann', email: 'ann@x.y' } };
    const annAgain = { member: { customerId: 'ann', phone: '+1' } };
    const bob = { member: { customerId: 'bob', email: 'bob@x.y' } };
    expect(identify(webhook('AchievementsWereProcessed', [ann, bob]))).toEqual({
      member: null,
      aliases: [],
      facts: [],
    });
    expect(identify(webhook('AchievementsWereProcessed', [ann, {}, annAgain]))).toEqual({
      member: 'DEFAULT/ann',
      aliases: ['DEFAULT/email:ann@x.y', 'DEFAULT/phone:+1'],
      facts: [],
    });
    expect(identify(webhook('AchievementsWereProcessed', []))).toMatchObject({ member: null });
  });
});

describe('what events teach', () => {
  const value = {
    customerId: ANN.memberId,
    email: 'Ann@Example.com',
    phone: '+48500100200',
    loyaltyCardNumber: 'LC-1001',
    wallet: { code: 'default', name: 'Points' },
  };

  it.each(['AvailablePointsAmountChanged', 'UnitsTransferWasAdded'])('%s tells whose a wallet is', (name) => {
    expect(identify(sample(name)).facts).toEqual([
      { source: 'open-loyalty', storeCode: 'DEFAULT', kind: 'wallet', key: ANN.walletId, value, learnedAtMs: CLOCK_MS },
    ]);
  });

  it('falls back on accountId, and leaves out what the event does not say', () => {
    const data = { customer: { customerId: 'c', email: null, phone: '' }, accountId: 'w-1' };
    const [fact] = identify(webhook('AvailablePointsAmountChanged', data)).facts;
    expect(fact).toMatchObject({ key: 'w-1' });
    expect(fact?.value).toEqual({ customerId: 'c' });
  });

  it('a legacy balance tells it where it names an account', () => {
    const data = { ...(LEGACY_DATA['account.available_points_amount_changed'] as JsonObject), accountId: 'w-1' };
    expect(identify(legacy('account.available_points_amount_changed', data)).facts).toMatchObject([
      { storeCode: '', kind: 'wallet', key: 'w-1', value: { customerId: ANN.memberId } },
    ]);
  });

  it.each(Object.keys(LEGACY_DATA))('nothing when a legacy %s names none', (name) => {
    for (const body of source.split(legacy(name))) expect(identify(body).facts).toEqual([]);
  });

  it.each<[string, string, Json]>([
    ['names no wallet', 'AvailablePointsAmountChanged', { customer: { customerId: 'c' } }],
    ['names nobody', 'AvailablePointsAmountChanged', { accountId: 'w-1' }],
    ['is of another kind', 'CustomerUpdated', { customer: { customerId: 'c' }, accountId: 'w-1' }],
  ])('nothing when the event %s', (_, name, data) => {
    expect(identify(webhook(name, data)).facts).toEqual([]);
  });
});

describe('any body at all', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('customer', 'x@y.z', 'AvailablePointsAmountChanged'));
  const keys = ['eventName', 'type', 'storeCode', 'messageId', 'createdAt', 'data', 'customer', 'member', 'customerId'];
  const wellKnown = [
    ...keys,
    'customerData',
    'issuedReward',
    'wallet',
    'accountId',
    'email',
    '__proto__',
    'constructor',
  ];
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      text,
      fc.constantFrom(null, true, 0, 1.5, -0),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...wellKnown), fc.string()), tie('value'), { maxKeys: 6 }),
    ),
  })).value;

  it('is read and identified without throwing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...wellKnown), json), (anything) => {
        const body = JSON.parse(JSON.stringify(anything)) as JsonObject;
        const { name, storeCode } = source.read(body);
        const { member, aliases } = identify(body);
        expect(name === null || name.length > 0).toBe(true);
        for (const key of [member ?? `${storeCode}/`, ...aliases]) expect(key.startsWith(`${storeCode}/`)).toBe(true);
        expect(aliases).not.toContain(member);
      }),
    );
  });

  it('cannot borrow fields from a prototype', () => {
    const body = JSON.parse(
      '{"__proto__":{"eventName":"A","data":{"customer":{"customerId":"c"}}},"data":{"__proto__":{"customer":{"customerId":"c"}}}}',
    ) as JsonObject;
    expect(source.read(body).name).toBeNull();
    expect(identify(body).member).toBeNull();
  });
});
