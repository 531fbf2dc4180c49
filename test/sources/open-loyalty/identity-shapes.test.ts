import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { openLoyaltyCatalogue } from '../../../src/sources/open-loyalty/catalogue.ts';
import { createOpenLoyaltySource } from '../../../src/sources/open-loyalty/source.ts';
import { DATA, LEGACY_DATA, webhook } from './samples.ts';

const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: { type: 'none' } });
const { events } = openLoyaltyCatalogue();

/** Where the identifiers of one shape stand: `id`, and the prefix of the others. */
interface Shape {
  readonly events: readonly string[];
  readonly id: string | null;
  readonly others: readonly [card: string, email: string, phone: string] | null;
}

function personAt(prefix: string): Shape['others'] {
  return [`${prefix}.loyaltyCardNumber`, `${prefix}.email`, `${prefix}.phone`];
}

const FLAT: Shape['others'] = ['data.customerLoyaltyCardNumber', 'data.customerEmail', 'data.customerPhone'];

/** The eight shapes in which the published schemas name a member, then those of legacy bodies. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'data.customer': {
    events: [
      'AvailablePointsAmountChanged',
      'CouponWillExpire',
      'CustomerBoughtReward',
      'CustomerDeactivated',
      'CustomerEmailWasChanged',
      'CustomerLevelChanged',
      'CustomerPhoneNumberWasChanged',
      'CustomerRequestedPasswordReset',
      'CustomerRequestedSendActivationCode',
      'CustomerUpdated',
      'CustomerWasRegisteredWithoutActivation',
      'TransactionAssignedToCustomer',
    ],
    id: 'data.customer.customerId',
    others: personAt('data.customer'),
  },
  'data.member': {
    events: ['CampaignEffectWasApplied', 'MemberAchievementProgressWasChanged', 'UnitsTransferWasAdded'],
    id: 'data.member.customerId',
    others: personAt('data.member'),
  },
  'data[].member': {
    events: ['AchievementsWereProcessed'],
    id: 'data.0.member.customerId',
    others: personAt('data.0.member'),
  },
  'data.customerId and data.customerData': {
    events: ['CustomerRegistered'],
    id: 'data.customerId',
    others: personAt('data.customerData'),
  },
  'flat fields': { events: ['LevelWillExpire'], id: 'data.customerId', others: FLAT },
  'data.customerData without an id': {
    events: ['TransactionRegistered'],
    id: null,
    others: personAt('data.customerData'),
  },
  'data.issuedReward': {
    events: ['RewardRedemptionStatusChanged'],
    id: 'data.issuedReward.customerId',
    others: personAt('data.issuedReward.customerData'),
  },
  'nobody, or only an account': {
    events: [
      'AchievementCreated',
      'AchievementUpdated',
      'CampaignCreated',
      'CampaignUpdated',
      'PointsWillExpire',
      'RewardCreated',
      'RewardUpdated',
      'SegmentMembershipDropped',
      'WalletBalanceUpdated',
    ],
    id: null,
    others: null,
  },
  'legacy: an id': {
    events: [
      'account.available_points_amount_changed',
      'customer.deactivated',
      'customer.level_changed',
      'customer.level_changed_automatically',
      'customer.updated',
      'transaction.assigned_to_customer',
    ],
    id: 'data.customerId',
    others: null,
  },
  'legacy: data.data': { events: ['customer.registered'], id: 'data.customerId', others: personAt('data.data') },
  'legacy: data.customerData without an id': {
    events: ['transaction.registered'],
    id: null,
    others: personAt('data.customerData'),
  },
  'legacy: flat fields': {
    events: [
      'account.expiring_level_notification',
      'account.expiring_points_notification',
      'account.expiring_points_reminder_generated',
      'campaign.coupon_expiration',
    ],
    id: 'data.customerId',
    others: FLAT,
  },
};

/** A body that holds every field of a schema; each text is the path where it stands, so that nothing is mistaken for another. */
function bodyOf(schema: Json | undefined, path: string): Json {
  if (!isJsonObject(schema)) return null;
  const { properties, items } = schema;
  if (isJsonObject(properties)) {
    const fields = Object.entries(properties);
    return Object.fromEntries(fields.map(([key, field]) => [key, bodyOf(field, path === '' ? key : `${path}.${key}`)]));
  }
  if (items !== undefined) return [bodyOf(items, `${path}.0`)];
  return [schema['type']].flat().includes('string') ? path : 7;
}

function identifiedIn(name: string): readonly string[] {
  const body = { ...(bodyOf(events.get(name), '') as JsonObject), storeCode: 'S' };
  const { member, aliases } = source.identify(body, 0);
  return member === null ? [] : [member, ...aliases];
}

describe.each(Object.entries(SHAPES))('an event that names its member in the shape %s', (_, shape) => {
  const { id, others } = shape;
  const [card, email, phone] = others ?? [];
  const keys = [
    id,
    card && `card:${card}`,
    // An address is compared without regard to case, and so is the path that stands for one here.
    email && `email:${email.toLowerCase()}`,
    phone && `phone:${phone}`,
  ].flatMap((key) => (key ? [`S/${key}`] : []));

  it.each(shape.events)('%s', (name) => {
    expect(events.has(name)).toBe(true);
    expect(identifiedIn(name)).toEqual(keys);
  });
});

describe('the shapes', () => {
  it('cover every event of the catalogue', () => {
    const covered = Object.values(SHAPES).flatMap((shape) => shape.events);
    expect(covered.sort()).toEqual([...events.keys()].sort());
  });

  it('are told by their fields: a new event is understood, whatever its name', () => {
    for (const data of [...Object.values(DATA), ...Object.values(LEGACY_DATA)]) {
      const known = source.identify(webhook('CustomerDeactivated', data), 0);
      expect(source.identify(webhook('SomethingNewHappened', data), 0)).toEqual({ ...known, facts: [] });
    }
  });
});

describe('an identifier that is missing', () => {
  const customer = { customerId: 'c-1', email: 'ann@example.com', phone: '+1', loyaltyCardNumber: 'LC-1' };

  it.each<[string, JsonObject, readonly string[]]>([
    ['as a null e-mail', { ...customer, email: null }, ['DEFAULT/c-1', 'DEFAULT/card:LC-1', 'DEFAULT/phone:+1']],
    [
      'as a null id',
      { ...customer, customerId: null, phone: null },
      ['DEFAULT/card:LC-1', 'DEFAULT/email:ann@example.com'],
    ],
    ['in all but the phone', { phone: '+1' }, ['DEFAULT/phone:+1']],
    ['everywhere', { customerId: null, email: '', phone: ' ', loyaltyCardNumber: null }, []],
    ['because the person is empty', {}, []],
  ])('%s leaves the others', (_, person, keys) => {
    const { member, aliases } = source.identify(webhook('CustomerUpdated', { customer: person }), 0);
    expect(member === null ? [] : [member, ...aliases]).toEqual(keys);
  });

  it.each<[string, JsonObject]>([
    ['no data', { eventName: 'CustomerUpdated', storeCode: 'S' }],
    ['data that is null', { eventName: 'CustomerUpdated', storeCode: 'S', data: null }],
    ['data that is text', { eventName: 'CustomerUpdated', storeCode: 'S', data: 'c-1' }],
    ['a customer that is text', { eventName: 'CustomerUpdated', storeCode: 'S', data: { customer: 'c-1' } }],
    ['no name and nothing else', {}],
  ])('altogether, with %s, names nobody and teaches nothing', (_, body) => {
    expect(source.identify(body, 0)).toEqual({ member: null, aliases: [], facts: [] });
  });
});

describe('an e-mail that was changed', () => {
  it('becomes an alias of the same member, next to the one that was known', () => {
    const named = (email: string) => {
      const data = { customer: { customerId: 'c-1', email }, code: 'a1b2c3', codeNumber: 482_913 };
      return source.identify(webhook('CustomerEmailWasChanged', data), 0);
    };
    expect(named('ann@old.example')).toMatchObject({
      member: 'DEFAULT/c-1',
      aliases: ['DEFAULT/email:ann@old.example'],
    });
    expect(named('Ann@New.example')).toMatchObject({
      member: 'DEFAULT/c-1',
      aliases: ['DEFAULT/email:ann@new.example'],
    });
  });

  it('never makes an alias or a fact of its one-time code', () => {
    const identity = source.identify(webhook('CustomerEmailWasChanged', DATA['CustomerEmailWasChanged'] ?? {}), 0);
    expect(JSON.stringify(identity)).not.toMatch(/a1b2c3|482913/);
  });
});
