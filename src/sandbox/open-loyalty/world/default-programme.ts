import type { Chance } from '../random.ts';
import { TimeZone } from '../zoned-time.ts';
import type { Achievement, Campaign, Reward, Segment, Tenant, Tier, WalletType } from './programme.ts';

/** What tells one tenant from another; the programme itself is the same in all. */
export interface TenantOptions {
  readonly storeCode: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** A name of the IANA list. */
  readonly timeZone: string;
}

/** Two tenants, two currencies. */
export const DEFAULT_TENANTS: readonly TenantOptions[] = [
  { storeCode: 'Germany', name: 'Germany', currency: 'EUR', country: 'DE', timeZone: 'Europe/Berlin' },
  { storeCode: 'Poland', name: 'Poland', currency: 'PLN', country: 'PL', timeZone: 'Europe/Warsaw' },
];

/** Days until the default wallet's units expire. */
const UNITS_EXPIRE_DAYS = 180;

/** Builds a tenant with a whole programme: wallets, tiers, campaigns, rewards, achievements, segments. */
export function buildTenant(options: TenantOptions, chance: Chance, nowMs: number): Tenant {
  const rewards = defaultRewards(chance, nowMs);
  const achievements = defaultAchievements(chance);
  const { timeZone, ...own } = options;
  return {
    ...own,
    storeId: chance.uuid(),
    zone: new TimeZone(timeZone),
    channelId: chance.uuid(),
    walletTypes: defaultWalletTypes(chance, nowMs),
    tierSet: { tierSetId: chance.uuid(), name: 'Main tiers', tiers: defaultTiers(chance), recalculationDays: 365 },
    settings: { expirePointsNotificationDays: 14, expireCouponsNotificationDays: 7, expireLevelsNotificationDays: 30 },
    campaigns: defaultCampaigns(chance, rewards, achievements),
    rewards,
    achievements,
    segments: defaultSegments(chance),
    lastScanDay: null,
    serial: 1000,
  };
}

function defaultWalletTypes(chance: Chance, createdAtMs: number): readonly WalletType[] {
  const points = { code: 'default', name: 'Points', unitSingularName: 'Point', unitPluralName: 'Points' };
  const stars = { code: 'stars', name: 'Stars', unitSingularName: 'Star', unitPluralName: 'Stars' };
  return [
    { ...points, walletTypeId: chance.uuid(), isDefault: true, createdAtMs, expiresAfterDays: UNITS_EXPIRE_DAYS },
    { ...stars, walletTypeId: chance.uuid(), isDefault: false, createdAtMs, expiresAfterDays: null },
  ];
}

function defaultTiers(chance: Chance): readonly Tier[] {
  const tiers = { Basic: 0, Silver: 500, Gold: 1500, VIP: null, Employee: null };
  return Object.entries(tiers).map(([name, fromUnits]) => ({ levelId: chance.uuid(), name, fromUnits }));
}

function defaultRewards(chance: Chance, createdAtMs: number): Reward[] {
  const reward = (part: Pick<Reward, 'name' | 'type' | 'costInPoints' | 'price' | 'couponValue' | 'validDays'>) => ({
    ...part,
    rewardId: chance.uuid(),
    active: true,
    createdAtMs,
  });
  return [
    reward({ name: '10 off', type: 'static_coupon', costInPoints: 100, price: 10, couponValue: 10, validDays: 60 }),
    reward({
      name: 'Units to cash',
      type: 'conversion_coupon',
      costInPoints: 50,
      price: 5,
      couponValue: 5,
      validDays: 30,
    }),
    reward({ name: 'Backpack', type: 'material', costInPoints: 400, price: 40, couponValue: 0, validDays: 0 }),
  ];
}

function defaultAchievements(chance: Chance): Achievement[] {
  const achievement = (part: Pick<Achievement, 'name' | 'trigger' | 'goal' | 'period' | 'consecutive'>) => ({
    ...part,
    achievementId: chance.uuid(),
    ruleId: chance.uuid(),
    active: true,
  });
  return [
    achievement({ name: '5 purchases', trigger: 'transaction', goal: 5, period: 'overall', consecutive: null }),
    achievement({ name: '3 weeks in a row', trigger: 'transaction', goal: 1, period: 'week', consecutive: 3 }),
    achievement({ name: '3 reviews', trigger: 'custom_event', goal: 3, period: 'overall', consecutive: null }),
  ];
}

function defaultCampaigns(
  chance: Chance,
  rewards: readonly Reward[],
  achievements: readonly Achievement[],
): Campaign[] {
  const units = (amount: number, changes: object = {}) =>
    ({ kind: 'units', walletCode: 'default', units: amount, perMoney: false, to: 'member', ...changes }) as const;
  const campaign = (part: Omit<Campaign, 'campaignId' | 'achievementId'>, achievementId: string | null = null) => ({
    ...part,
    campaignId: chance.uuid(),
    achievementId,
  });
  const [five, weeks] = achievements.map(({ achievementId }) => achievementId);
  const coupon = { kind: 'reward', rewardId: rewards[0]?.rewardId ?? '' } as const;
  const stars = units(0.1, { walletCode: 'stars', perMoney: true });
  const deduction = { ...units(1, { perMoney: true }), kind: 'deduct' } as const;
  return [
    campaign({ name: 'Welcome', triggerType: 'internal_event', gifts: [units(100)] }),
    campaign({ name: 'Shop and earn', triggerType: 'transaction', gifts: [units(1, { perMoney: true }), stars] }),
    campaign({ name: 'Bring a friend', triggerType: 'transaction', gifts: [units(200, { to: 'referrer' })] }),
    campaign({ name: 'Goods returned', triggerType: 'return_transaction', gifts: [deduction] }),
    campaign({ name: 'Write a review', triggerType: 'custom_event', gifts: [units(25)] }),
    campaign({ name: 'Code on the pack', triggerType: 'custom_event_unique_code', gifts: [units(40)] }),
    campaign({ name: '5 purchases', triggerType: 'achievement', gifts: [units(50)] }, five ?? null),
    campaign({ name: 'Regular guest', triggerType: 'achievement', gifts: [coupon] }, weeks ?? null),
  ];
}

function defaultSegments(chance: Chance): readonly Segment[] {
  return [
    { segmentId: chance.uuid(), name: 'Bought this month', withinDays: 30, count: 0 },
    { segmentId: chance.uuid(), name: 'Bought this week', withinDays: 7, count: 0 },
  ];
}
