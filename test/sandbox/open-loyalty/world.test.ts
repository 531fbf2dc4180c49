import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { EVENT_NAMES, type WorldEvent } from '../../../src/sandbox/open-loyalty/world/event.ts';
import { walletOf } from '../../../src/sandbox/open-loyalty/world/member.ts';
import { WorldError } from '../../../src/sandbox/open-loyalty/world/world-error.ts';
import type { World } from '../../../src/sandbox/open-loyalty/world.ts';
import { faultsOfWebhook, OFFICIAL_NAMES } from './official.ts';
import { DAY_MS, memberOf, START_MS, worldOf } from './support.ts';

/** Days of scans and random activity. */
function live(world: World, days: number, activityPerDay: number): WorldEvent[] {
  const events: WorldEvent[] = [];
  let nowMs = START_MS;
  for (let day = 0; day < days; day++) {
    nowMs = world.nextScanAt(nowMs);
    events.push(...world.dayPassed(nowMs));
    for (let nth = 0; nth < activityPerDay; nth++) events.push(...world.randomActivity(nowMs + nth * 1000));
  }
  return events;
}

function bodyOf(world: World, { name, storeCode, occurredAtMs, data }: WorldEvent): JsonObject {
  const ids = { messageId: '3f0c7e1a-5a0e-4b53-9d0b-2f6f5d0c9a11', requestId: '3f0c7e1a-5a0e-4b53-9d0b-2f6f5d0c9a12' };
  return { ...ids, eventName: name, storeCode, createdAt: world.tenant(storeCode).zone.text(occurredAtMs), data };
}

const GOODS = { sku: 'A-1', name: 'Mug', quantity: 2, grossValue: 40, category: 'home', maker: 'Acme' };

function names(events: readonly WorldEvent[]): readonly string[] {
  return events.map(({ name }) => name);
}

function last(events: readonly WorldEvent[], name: string): JsonObject {
  return (events.findLast((event) => event.name === name)?.data ?? {}) as JsonObject;
}

describe('the events of a long life', () => {
  const world = worldOf(3, { members: 120 });
  const events = live(world, 400, 60);

  it('have the 28 official names, each of which occurs', () => {
    expect([...EVENT_NAMES].sort()).toEqual([...OFFICIAL_NAMES].sort());
    expect([...new Set(names(events))].sort()).toEqual([...OFFICIAL_NAMES].sort());
  });

  it.each(OFFICIAL_NAMES)('fit the official schema of %s', (name) => {
    const some = events.filter((event) => event.name === name);
    for (const event of some) expect(faultsOfWebhook(name, bodyOf(world, event))).toBeNull();
    expect(some.length).toBeGreaterThan(0);
  });

  it('come from both tenants, in their currencies', () => {
    expect(new Set(events.map(({ storeCode }) => storeCode))).toEqual(new Set(['Germany', 'Poland']));
    expect([...world.tenants.values()].map(({ currency }) => currency)).toEqual(['EUR', 'PLN']);
  });

  it('speak of members without an e-mail, a phone or a card', () => {
    const people = events.flatMap(({ data }) => {
      const customer = isJsonObject(data) ? data['customer'] : null;
      return isJsonObject(customer) ? [customer] : [];
    });
    for (const field of ['email', 'phone', 'loyaltyCardNumber']) {
      expect(people.some((person) => person[field] === null)).toBe(true);
    }
  });

  it('mention silent members by nothing but their units', () => {
    const silent = new Set(
      [...world.members.values()].filter((member) => member.silent).map((each) => each.customerId),
    );
    const about = events.filter(({ customerId }) => silent.has(customerId ?? ''));
    expect(silent.size).toBe(60);
    expect(new Set(names(about))).toEqual(
      new Set(['PointsWillExpire', 'UnitsTransferWasAdded', 'AvailablePointsAmountChanged']),
    );
    const reminded = new Set(about.filter(({ name }) => name === 'PointsWillExpire').map((each) => each.customerId));
    expect(reminded.size).toBeGreaterThan(50);
  });
});

describe('the same seed', () => {
  it('gives the same life', () => {
    const [one, other] = [worldOf(5), worldOf(5)].map((world) => live(world, 60, 20));
    expect(one).toEqual(other);
    expect(live(worldOf(6), 60, 20)).not.toEqual(one);
  });

  it('never gives the same id twice, even by poor chance', () => {
    const world = worldOf(1, { random: () => 0.5, members: 50 });
    expect(
      new Set(
        [...world.members.values()].flatMap(({ customerId, wallets }) => [
          customerId,
          ...wallets.map((each) => each.walletId),
        ]),
      ).size,
    ).toBe(150);
  });
});

it('lives a year of 1,000 members in seconds', () => {
  const startedMs = performance.now();
  const events = live(worldOf(9, { members: 1000 }), 365, 40);
  expect(events.length).toBeGreaterThan(50_000);
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});

describe('a purchase', () => {
  it('is registered, assigned, rewarded and counted, in this order', () => {
    const world = worldOf(2);
    const member = memberOf(world, 'Germany', ({ shopping }) => shopping.count === 0);
    expect(names(world.purchase(member, { items: [GOODS] }, START_MS)).slice(0, 8)).toEqual([
      'TransactionRegistered',
      'TransactionAssignedToCustomer',
      'UnitsTransferWasAdded',
      'AvailablePointsAmountChanged',
      'UnitsTransferWasAdded',
      'AvailablePointsAmountChanged',
      'CampaignEffectWasApplied',
      'MemberAchievementProgressWasChanged',
    ]);
  });

  it('gives units in both wallets, of which only the default ones expire', () => {
    const world = worldOf(2);
    const member = memberOf(world, 'Poland');
    const events = world.purchase(member, { items: [GOODS] }, START_MS);
    const added = events.filter(({ name }) => name === 'UnitsTransferWasAdded').map(({ data }) => data as JsonObject);
    expect(added.slice(0, 2).map(({ units, expiresAt }) => [units, expiresAt])).toEqual([
      [40, '2026-07-14T23:59:59+02:00'],
      [4, null],
    ]);
  });

  it('rewards the friend who brought the member, once', () => {
    const world = worldOf(2);
    const friend = memberOf(world, 'Germany', (member) => !member.silent);
    const profile = { ...friend.profile, email: 'new@germany.example', phone: null, loyaltyCardNumber: null };
    world.register(friend.tenant, { profile, referrerToken: friend.referralToken }, START_MS);
    const member = memberOf(world, 'Germany', (each) => each.profile.email === 'new@germany.example');
    const events = world.purchase(member, { items: [GOODS] }, START_MS);
    const effects = events
      .filter(({ name }) => name === 'CampaignEffectWasApplied')
      .map(({ data }) => data as JsonObject);
    const given = effects.flatMap(({ effectsGiven }) => effectsGiven as readonly JsonObject[]);
    expect(given).toContainEqual(expect.objectContaining({ target: friend.customerId, points: 200 }));
    const again = names(world.purchase(member, { items: [GOODS] }, START_MS));
    expect(again.filter((name) => name === 'CampaignEffectWasApplied')).toHaveLength(1);
  });

  it('brought back takes what is left of the units', () => {
    const world = worldOf(2);
    const member = memberOf(world, 'Germany');
    world.purchase(member, { items: [GOODS], documentNumber: '77' }, START_MS);
    const { active } = walletOf(member).account;
    world.spendPoints(member, { units: active - 15 }, START_MS);
    const events = world.purchase(member, { items: [GOODS], returnOf: '77' }, START_MS);
    expect(walletOf(member).account.active).toBe(0);
    expect(last(events, 'CampaignEffectWasApplied')['effectsGiven']).toMatchObject([
      { type: 'deduct_points', points: 15 },
    ]);
  });

  it('by somebody unknown names nobody', () => {
    const world = worldOf(2);
    const [event, ...others] = world.anonymousPurchase(world.tenant('Germany'), { items: [GOODS] }, START_MS);
    expect(others).toEqual([]);
    expect(event?.customerId).toBeNull();
    expect(last(event ? [event] : [], 'TransactionRegistered')['customerData']).toMatchObject({
      email: null,
      loyaltyCardNumber: null,
    });
  });
});

describe('achievements', () => {
  it('are completed by the fifth purchase, which then gives its bonus', () => {
    const world = worldOf(2);
    const member = memberOf(world, 'Germany');
    const rounds = Array.from({ length: 5 }, () => world.purchase(member, { items: [GOODS] }, START_MS));
    const counts = rounds.map((events) => {
      const data = events.find(
        ({ name, data }) =>
          name === 'MemberAchievementProgressWasChanged' && JSON.stringify(data).includes('5 purchases'),
      )?.data;
      const { memberProgress, previousMemberProgress } = (data as JsonObject)['achievement'] as Record<
        string,
        JsonObject
      >;
      return [previousMemberProgress?.['completedCount'], memberProgress?.['completedCount']];
    });
    expect(counts).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 1],
    ]);
    expect(last(rounds[4] ?? [], 'CampaignEffectWasApplied')['campaign']).toMatchObject({ triggerType: 'achievement' });
  });

  it('of weeks in a row break with a week without a purchase', () => {
    const world = worldOf(2);
    const member = memberOf(world, 'Germany');
    const streakAfter = (weeks: readonly number[]) =>
      weeks.map((week) => {
        const events = world.purchase(member, { items: [GOODS] }, START_MS + week * 7 * DAY_MS);
        const changed = events
          .filter(({ name }) => name === 'MemberAchievementProgressWasChanged')
          .map(({ data }) => data as JsonObject);
        const weekly = changed
          .map(({ achievement }) => achievement as JsonObject)
          .find((each) => each['achievementName'] === '3 weeks in a row');
        const progress = weekly?.['memberProgress'] as JsonObject;
        return [
          (progress['rules'] as readonly JsonObject[])[0]?.['completedConsecutivePeriods'],
          progress['completedCount'],
        ];
      });
    expect(streakAfter([0, 1, 1, 3, 4, 5, 6])).toEqual([
      [1, 0],
      [2, 0],
      [2, 0],
      [1, 0],
      [2, 0],
      [3, 1],
      [1, 1],
    ]);
  });
});

describe('tiers', () => {
  it('rise as soon as enough is earned, and fall at the recalculation', () => {
    const world = worldOf(2, { members: 2, silentShare: 1 });
    const member = memberOf(world, 'Germany');
    const up = world.earnPoints(member, { units: 600 }, START_MS);
    expect(last(up, 'CustomerLevelChanged')['level']).toMatchObject({ name: 'Silver', levelMoveUp: true });
    const first = world.tierRecalculation(member, START_MS + DAY_MS);
    expect(first).toEqual([]);
    const down = world.tierRecalculation(member, START_MS + 400 * DAY_MS);
    expect(last(down, 'CustomerLevelChanged')['level']).toMatchObject({ name: 'Basic', levelMoveDown: true });
    expect(member.standing.nextRecalculationAtMs).toBeNull();
  });

  it('given by hand are left alone by recalculation and promotion', () => {
    const world = worldOf(2);
    const member = memberOf(world, 'Germany');
    const vip = member.tenant.tierSet.tiers.find(({ name }) => name === 'VIP');
    expect(names(world.assignTier(member, vip?.levelId ?? '', START_MS))).toEqual([
      'CustomerLevelChanged',
      'CustomerUpdated',
    ]);
    world.earnPoints(member, { units: 9000 }, START_MS);
    world.tierRecalculation(member, START_MS + 400 * DAY_MS);
    expect(member.standing.tier.name).toBe('VIP');
  });
});

describe('a verb that is not allowed', () => {
  const world = worldOf(4);
  const member = memberOf(world, 'Germany', ({ profile }) => profile.email !== null && profile.phone !== null);
  const other = memberOf(world, 'Germany', (each) => each !== member && each.profile.email !== null);
  const foreign = memberOf(world, 'Poland');
  const stateOf = () => JSON.stringify([member.profile, member.standing, member.wallets.map(({ account }) => account)]);

  it.each<[string, () => unknown]>([
    ['spending more than there is', () => world.spendPoints(member, { units: 1e9 }, START_MS)],
    ['earning nothing', () => world.earnPoints(member, { units: 0 }, START_MS)],
    ['earning what is no number', () => world.earnPoints(member, { units: Number.NaN }, START_MS)],
    ['a wallet that is not there', () => world.earnPoints(member, { units: 1, walletCode: 'gold' }, START_MS)],
    ['units to oneself', () => world.transferPoints(member, member, 1, START_MS)],
    ['units to another tenant', () => world.transferPoints(member, foreign, 1, START_MS)],
    ['a tier that is not there', () => world.assignTier(member, 'no-tier', START_MS)],
    ['a reward that is not there', () => world.buyReward(member, 'no-reward', START_MS)],
    ['an e-mail that is taken', () => world.changeEmail(member, other.profile.email?.toUpperCase() ?? '', START_MS)],
    ['a purchase of nothing', () => world.purchase(member, { items: [] }, START_MS)],
  ])('throws and changes nothing: %s', (_, verb) => {
    const before = stateOf();
    expect(verb).toThrow(WorldError);
    expect(JSON.stringify([member.profile, member.standing, member.wallets.map(({ account }) => account)])).toBe(
      before,
    );
  });
});

describe('identifiers', () => {
  it('find their member until they change', () => {
    const world = worldOf(4);
    const member = memberOf(
      world,
      'Poland',
      ({ profile }) => profile.email !== null && profile.loyaltyCardNumber !== null,
    );
    const { email, loyaltyCardNumber } = member.profile;
    expect(world.find('Poland', `email=${email?.toUpperCase()}`)).toBe(member);
    expect(world.find('Poland', `loyaltyCardNumber=${loyaltyCardNumber}`)).toBe(member);
    expect(world.find('Poland', `loyaltyCardNumber=${loyaltyCardNumber?.toLowerCase()}`)).toBeNull();
    expect(world.find('Germany', `email=${email}`)).toBeNull();
    expect(world.find('Germany', member.customerId)).toBeNull();
    const events = world.changeEmail(member, 'moved@poland.example', START_MS);
    expect(names(events)).toEqual(['CustomerUpdated', 'CustomerEmailWasChanged']);
    expect(world.find('Poland', `email=${email}`)).toBeNull();
    expect(world.find('Poland', 'email=moved@poland.example')).toBe(member);
  });
});
