import type { Json } from '../../../core/json.ts';
import type { Member } from './member.ts';
import type { Tenant } from './programme.ts';

/** The 28 events of Open Loyalty. Source: webhooks.yaml of its OpenAPI, 2025-10. */
export const EVENT_NAMES = [
  'AchievementCreated',
  'AchievementUpdated',
  'AchievementsWereProcessed',
  'AvailablePointsAmountChanged',
  'CampaignCreated',
  'CampaignEffectWasApplied',
  'CampaignUpdated',
  'CouponWillExpire',
  'CustomerBoughtReward',
  'CustomerDeactivated',
  'CustomerEmailWasChanged',
  'CustomerLevelChanged',
  'CustomerPhoneNumberWasChanged',
  'CustomerRegistered',
  'CustomerRequestedPasswordReset',
  'CustomerRequestedSendActivationCode',
  'CustomerUpdated',
  'CustomerWasRegisteredWithoutActivation',
  'LevelWillExpire',
  'MemberAchievementProgressWasChanged',
  'PointsWillExpire',
  'RewardCreated',
  'RewardRedemptionStatusChanged',
  'RewardUpdated',
  'SegmentMembershipDropped',
  'TransactionAssignedToCustomer',
  'TransactionRegistered',
  'UnitsTransferWasAdded',
] as const;

/** The name of an event. */
export type EventName = (typeof EVENT_NAMES)[number];

/** Something that happened: what Open Loyalty would tell its subscribers. */
export interface WorldEvent {
  readonly name: EventName;
  readonly storeCode: string;
  readonly occurredAtMs: number;
  /** Whom it is about, also where `data` does not say; null when it is about nobody or about a stranger. */
  readonly customerId: string | null;
  readonly data: Json;
}

/** An event about a member. */
export function memberEvent(name: EventName, member: Member, occurredAtMs: number, data: Json): WorldEvent {
  return { name, storeCode: member.tenant.storeCode, occurredAtMs, customerId: member.customerId, data };
}

/** An event about a tenant's configuration, or about somebody unknown. */
export function tenantEvent(name: EventName, tenant: Tenant, occurredAtMs: number, data: Json): WorldEvent {
  return { name, storeCode: tenant.storeCode, occurredAtMs, customerId: null, data };
}
