import type { TimeZone } from '../zoned-time.ts';

/** A kind of units: a member has one wallet in each. */
export interface WalletType {
  readonly walletTypeId: string;
  readonly code: string;
  readonly name: string;
  readonly unitSingularName: string;
  readonly unitPluralName: string;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
  /** Units expire at the end of the local day this many days after they were earned; null = never. */
  readonly expiresAfterDays: number | null;
}

/** A level of the tier set. */
export interface Tier {
  readonly levelId: string;
  readonly name: string;
  /** Units of the default wallet to be earned between two recalculations; null = given by hand only. */
  readonly fromUnits: number | null;
}

/** The tenant's one set of tiers: those earned rising, then those given by hand. */
export interface TierSet {
  readonly tierSetId: string;
  readonly name: string;
  readonly tiers: readonly Tier[];
  /** A promotion, and each recalculation, set the next recalculation this many days later. */
  readonly recalculationDays: number;
}

/** What sets a campaign off. Source: CampaignResponse of the OpenAPI. */
export type TriggerType =
  | 'transaction'
  | 'custom_event'
  | 'internal_event'
  | 'achievement'
  | 'return_transaction'
  | 'custom_event_unique_code';

/** What a campaign does when it is set off. `perMoney` counts `units` once for each unit of the purchase's currency. */
export type CampaignGift =
  | {
      readonly kind: 'units' | 'deduct';
      readonly walletCode: string;
      readonly units: number;
      readonly perMoney: boolean;
      readonly to: 'member' | 'referrer';
    }
  | { readonly kind: 'reward'; readonly rewardId: string };

/** A rule: what sets it off and what it gives. */
export interface Campaign {
  readonly campaignId: string;
  readonly name: string;
  readonly triggerType: TriggerType;
  readonly gifts: readonly CampaignGift[];
  /** Only this achievement sets it off; null for other triggers. */
  readonly achievementId: string | null;
}

/** Something bought with units. */
export interface Reward {
  readonly rewardId: string;
  readonly name: string;
  readonly type: 'static_coupon' | 'conversion_coupon' | 'material';
  readonly costInPoints: number;
  readonly price: number;
  /** Value of the coupon in the tenant's currency; 0 when there is none. */
  readonly couponValue: number;
  /** Days a coupon is valid. */
  readonly validDays: number;
  readonly active: boolean;
  readonly createdAtMs: number;
}

/** A goal a member counts towards. */
export interface Achievement {
  readonly achievementId: string;
  readonly ruleId: string;
  readonly name: string;
  readonly trigger: 'transaction' | 'custom_event';
  /** How often within a period. */
  readonly goal: number;
  readonly period: 'overall' | 'week';
  /** Periods in a row; null = one is enough. */
  readonly consecutive: number | null;
  readonly active: boolean;
}

/** A group of members: those who bought something within the last days. */
export interface Segment {
  readonly segmentId: string;
  readonly name: string;
  readonly withinDays: number;
  /** Members at the last count. */
  count: number;
}

/** When reminders go out, in days before. Source: settings of the REST API; EXP suggests 7, 14 and 30. */
interface ReminderSettings {
  expirePointsNotificationDays: number;
  expireCouponsNotificationDays: number;
  expireLevelsNotificationDays: number;
}

/** One store: its programme, settings and the day of its last scan. */
export interface Tenant {
  readonly storeId: string;
  readonly storeCode: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string;
  readonly zone: TimeZone;
  readonly channelId: string;
  readonly walletTypes: readonly WalletType[];
  readonly tierSet: TierSet;
  readonly settings: ReminderSettings;
  readonly campaigns: Campaign[];
  readonly rewards: Reward[];
  readonly achievements: Achievement[];
  readonly segments: readonly Segment[];
  /** The local day of the last scan; null before the first. */
  lastScanDay: number | null;
  /** Counts documents, cards and codes: unique within the tenant. */
  serial: number;
}

/** The tier that as many units earn, of those that are earned at all. */
export function tierFor({ tiers }: TierSet, units: number): Tier {
  const earned = tiers.filter(({ fromUnits }) => fromUnits !== null && fromUnits <= units);
  const tier = earned.at(-1) ?? tiers[0];
  if (tier === undefined) throw new RangeError('A tier set has at least one tier.');
  return tier;
}

/** The next number of the tenant's own count. */
export function nextSerial(tenant: Tenant): number {
  tenant.serial += 1;
  return tenant.serial;
}
