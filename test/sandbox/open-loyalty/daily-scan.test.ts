import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { WorldEvent } from '../../../src/sandbox/open-loyalty/world/event.ts';
import { type Member, walletOf } from '../../../src/sandbox/open-loyalty/world/member.ts';
import type { World } from '../../../src/sandbox/open-loyalty/world.ts';
import { DAY_MS, memberOf, START_MS, worldOf } from './support.ts';

/** Every scan of as many days; what it told, by name. */
function scans(
  world: World,
  days: number,
  fromMs = START_MS,
): readonly (readonly [atMs: number, events: readonly WorldEvent[]])[] {
  const told: (readonly [number, readonly WorldEvent[]])[] = [];
  let atMs = fromMs;
  for (let day = 0; day < days; day++) {
    atMs = world.nextScanAt(atMs);
    told.push([atMs, world.dayPassed(atMs)]);
  }
  return told;
}

function named(events: readonly WorldEvent[], name: string): readonly JsonObject[] {
  return events.filter((event) => event.name === name).map(({ data }) => data as JsonObject);
}

/** A member with nothing but what the test gives. */
function lonely(world: World, storeCode = 'Germany'): Member {
  const member = memberOf(world, storeCode);
  world.spendPoints(member, { units: walletOf(member).account.active }, START_MS);
  return member;
}

function alone(): World {
  return worldOf(1, { members: 2, silentShare: 1 });
}

describe('units', () => {
  it('are announced exactly as many days ahead as the setting says, then expire', () => {
    const world = alone();
    const member = lonely(world);
    world.earnPoints(member, { units: 50, expiresInDays: 20 }, START_MS);
    world.spendPoints(member, { units: 15 }, START_MS);
    const days = scans(world, 25).map(
      ([atMs, events]) => [atMs, events.filter((each) => each.customerId === member.customerId)] as const,
    );
    const reminders = days.filter(([, events]) => named(events, 'PointsWillExpire').length > 0);
    expect(
      reminders.map(([atMs, events]) => [new Date(atMs).toISOString(), named(events, 'PointsWillExpire')]),
    ).toEqual([
      [
        '2026-01-21T00:00:00.000Z',
        [
          {
            accountId: walletOf(member).walletId,
            points: 50,
            remainingUnits: 35,
            pointsWillExpire: '2026-02-04T23:59:59+01:00',
          },
        ],
      ],
    ]);
    const expiries = days.filter(([, events]) => events.some(({ name }) => name === 'UnitsTransferWasAdded'));
    expect(expiries.map(([atMs]) => new Date(atMs).toISOString())).toEqual(['2026-02-05T00:00:00.000Z']);
    const [expiry] = expiries.map(([, events]) => events);
    expect(named(expiry ?? [], 'UnitsTransferWasAdded')).toMatchObject([
      { type: 'expired', units: 35, relatedTransferId: expect.any(String) },
    ]);
    expect(named(expiry ?? [], 'AvailablePointsAmountChanged')).toMatchObject([
      { amount: 0, amountChange: 35, amountChangeType: 'subtract' },
    ]);
  });

  it('that were spent, or are permanent, get no reminder', () => {
    const world = alone();
    const member = lonely(world);
    world.earnPoints(member, { units: 50, expiresInDays: 20 }, START_MS);
    world.spendPoints(member, { units: 50 }, START_MS);
    world.earnPoints(member, { units: 50, walletCode: 'stars' }, START_MS);
    const events = scans(world, 400).flatMap(([, told]) => told);
    expect(events.filter(({ customerId }) => customerId === member.customerId)).toEqual([]);
  });

  it('get one reminder per lot, on a setting that can be changed', () => {
    const world = alone();
    const member = lonely(world);
    member.tenant.settings.expirePointsNotificationDays = 3;
    for (const units of [10, 20]) world.earnPoints(member, { units, expiresInDays: 10 }, START_MS);
    const events = scans(world, 12).flatMap(([, told]) => told);
    expect(named(events, 'PointsWillExpire').map(({ points }) => points)).toEqual([10, 20]);
    expect(events.find(({ name }) => name === 'PointsWillExpire')?.occurredAtMs).toBe(Date.UTC(2026, 0, 22));
  });

  it('that are pending become active on their day, and only that is told', () => {
    const world = alone();
    const member = lonely(world);
    const [added, ...others] = world.earnPoints(member, { units: 30, lockedDays: 5 }, START_MS);
    expect(others).toEqual([]);
    expect(added?.data).toMatchObject({ pending: true, lockedUntil: '2026-01-20T23:59:59+01:00' });
    expect(walletOf(member).account).toMatchObject({ active: 0, locked: 30 });
    const mine = scans(world, 6).map(([, events]) => events.filter((each) => each.customerId === member.customerId));
    expect(mine.map((events) => events.map(({ name }) => name))).toEqual([
      [],
      [],
      [],
      [],
      [],
      ['AvailablePointsAmountChanged'],
    ]);
    expect(walletOf(member).account).toMatchObject({ active: 30, locked: 0 });
  });
});

describe('a day', () => {
  it('is scanned once, and one that was missed loses its reminders', () => {
    const world = alone();
    const member = lonely(world);
    world.earnPoints(member, { units: 50, expiresInDays: 20 }, START_MS);
    const due = Date.UTC(2026, 0, 21);
    expect(named(world.dayPassed(due), 'PointsWillExpire')).toHaveLength(1);
    expect(world.dayPassed(due + 1000)).toEqual([]);
    const other = lonely(worldOf(1, { members: 2, silentShare: 1 }));
    expect(other.customerId).toBe(member.customerId);
    const missed = alone();
    missed.earnPoints(lonely(missed), { units: 50, expiresInDays: 20 }, START_MS);
    expect(named(missed.dayPassed(due + DAY_MS), 'PointsWillExpire')).toHaveLength(0);
  });

  it('begins and ends by the tenant and not by UTC, also when the clocks change', () => {
    const world = alone();
    const march = Date.UTC(2026, 2, 27, 12);
    expect(
      [0, 1, 2, 3]
        .reduce<number[]>((all) => [...all, world.nextScanAt(all.at(-1) ?? march)], [])
        .map((ms) => new Date(ms).toISOString()),
    ).toEqual([
      '2026-03-28T00:00:00.000Z',
      '2026-03-29T00:00:00.000Z',
      '2026-03-29T23:00:00.000Z',
      '2026-03-30T23:00:00.000Z',
    ]);
  });

  it('passes over members who left', () => {
    const world = alone();
    const member = lonely(world);
    world.earnPoints(member, { units: 50, expiresInDays: 20 }, START_MS);
    world.deactivate(member, START_MS);
    expect(
      scans(world, 30)
        .flatMap(([, told]) => told)
        .filter((each) => each.customerId === member.customerId),
    ).toEqual([]);
  });
});

describe('tiers', () => {
  it('are announced before each recalculation, kept or not', () => {
    const world = alone();
    const member = lonely(world);
    world.earnPoints(member, { units: 600 }, START_MS);
    const recalculatedAtMs = START_MS + 365 * DAY_MS;
    const days = scans(world, 740)
      .flatMap(([, told]) => told)
      .filter((each) => each.customerId === member.customerId);
    const reminders = days.filter(({ name }) => name === 'LevelWillExpire');
    expect(reminders.map(({ data }) => data)).toMatchObject([
      { levelName: 'Silver', futureLevelName: 'Silver' },
      { levelName: 'Silver', futureLevelName: 'Basic', customerFirstName: member.profile.firstName },
    ]);
    expect(reminders[0]?.occurredAtMs).toBe(Date.UTC(2026, 11, 16));
    const moves = days.filter(
      ({ name, data }) => name === 'CustomerLevelChanged' && JSON.stringify(data).includes('Basic'),
    );
    expect(moves).toHaveLength(1);
    expect(moves[0]?.occurredAtMs).toBeGreaterThan(recalculatedAtMs + 364 * DAY_MS);
  });
});

describe('coupons', () => {
  it('are announced unless they were used', () => {
    const world = alone();
    const member = memberOf(world, 'Germany');
    world.earnPoints(member, { units: 500, expiresInDays: 900 }, START_MS);
    const reward = member.tenant.rewards.find(({ type }) => type === 'static_coupon');
    for (const _ of [1, 2]) world.buyReward(member, reward?.rewardId ?? '', START_MS);
    const used = member.redemptions[0]?.coupon;
    if (used) used.usedAtMs = START_MS;
    const events = scans(world, 70);
    const told = events.filter(([, all]) => named(all, 'CouponWillExpire').length > 0);
    expect(told).toHaveLength(1);
    expect(new Date(told[0]?.[0] ?? 0).toISOString()).toBe('2026-03-09T00:00:00.000Z');
    expect(named(told[0]?.[1] ?? [], 'CouponWillExpire')).toMatchObject([
      {
        issuedCoupon: {
          code: member.redemptions[1]?.coupon?.code,
          activeTo: '2026-03-16T23:59:59+01:00',
          usedAt: null,
        },
      },
    ]);
  });
});

describe('segments', () => {
  it('tell when they lose members', () => {
    const world = worldOf(1, { members: 4, silentShare: 0 });
    const item = { sku: 'A', name: 'Mug', quantity: 1, grossValue: 5, category: 'home', maker: 'Acme' };
    world.purchase(memberOf(world, 'Germany'), { items: [item] }, START_MS);
    const dropped = scans(world, 40).flatMap(([, told]) => named(told, 'SegmentMembershipDropped'));
    expect(dropped).toMatchObject([
      { segment: { segmentName: 'Bought this week', previousCount: 1, newCount: 0 } },
      { segment: { segmentName: 'Bought this month', previousCount: 1, newCount: 0 } },
    ]);
  });
});

/** What the ledger says a wallet must hold. */
function ledger(member: Member) {
  return member.wallets.map((wallet) => {
    const sum = (state: string) =>
      wallet.transfers.filter((each) => each.state === state).reduce((all, { remaining }) => all + remaining, 0);
    return { active: sum('active'), locked: sum('pending') };
  });
}

describe('whatever happens', () => {
  it('balances equal their lots, tiers are one of the set, reminders are exact and of lots that hold something', () => {
    const life = fc.record({
      seed: fc.integer({ min: 0, max: 2 ** 31 }),
      days: fc.integer({ min: 5, max: 120 }),
      perDay: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(life, ({ seed, days, perDay }) => {
        const world = worldOf(seed, { members: 12 });
        let atMs = START_MS;
        for (let day = 0; day < days; day++) {
          atMs = world.nextScanAt(atMs);
          checkReminders(world, world.dayPassed(atMs), atMs);
          for (let nth = 0; nth < perDay; nth++) world.randomActivity(atMs + nth);
        }
        for (const member of world.members.values()) checkMember(member);
      }),
      { numRuns: 25 },
    );
  });
});

function checkReminders(world: World, events: readonly WorldEvent[], atMs: number): void {
  const expected = [...world.members.values()]
    .filter(({ active }) => active)
    .flatMap(({ tenant, wallets }) => {
      const ahead = tenant.zone.day(atMs) + tenant.settings.expirePointsNotificationDays;
      const lots = wallets.flatMap((wallet) => wallet.transfers.filter(({ state }) => state === 'active'));
      return lots
        .filter(({ expiresAtMs }) => expiresAtMs !== null && tenant.zone.day(expiresAtMs) === ahead)
        .map(({ remaining }) => remaining);
    });
  expect(
    named(events, 'PointsWillExpire')
      .map((data) => Number(data['remainingUnits']))
      .sort(),
  ).toEqual(expected.sort());
  expect(expected.every((remaining) => remaining > 0)).toBe(true);
}

function checkMember(member: Member): void {
  const { tiers } = member.tenant.tierSet;
  expect(tiers).toContain(member.standing.tier);
  for (const [index, { account, transfers }] of member.wallets.entries()) {
    const { active, locked } = ledger(member)[index] ?? { active: -1, locked: -1 };
    expect([account.active, account.locked]).toEqual([expect.closeTo(active, 6), expect.closeTo(locked, 6)]);
    expect(account.active).toBeGreaterThanOrEqual(0);
    const units = (type: string) =>
      transfers.filter((each) => each.type === type).reduce((all, each) => all + each.units, 0);
    const into = units('adding') + units('p2p_adding');
    const out = units('spending') + units('p2p_spending') + units('expired');
    expect(account.active + account.locked).toBeCloseTo(into - out, 6);
  }
}
