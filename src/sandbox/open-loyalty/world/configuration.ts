import type { JsonObject } from '../../../core/json.ts';
import { tenantEvent, type WorldEvent } from './event.ts';
import type { Achievement, Campaign, Reward, Tenant } from './programme.ts';
import type { WorldState } from './state.ts';

/** A new campaign: it takes effect from the next occasion on. */
export function createCampaign(
  state: WorldState,
  tenant: Tenant,
  draft: Omit<Campaign, 'campaignId'>,
  nowMs: number,
): readonly WorldEvent[] {
  const campaign = { ...draft, campaignId: state.chance.uuid() };
  tenant.campaigns.push(campaign);
  return [tenantEvent('CampaignCreated', tenant, nowMs, campaignPayload(tenant, campaign, nowMs))];
}

/** A campaign changes. */
export function updateCampaign(tenant: Tenant, campaign: Campaign, nowMs: number): readonly WorldEvent[] {
  put(tenant.campaigns, campaign, ({ campaignId }) => campaignId === campaign.campaignId);
  return [tenantEvent('CampaignUpdated', tenant, nowMs, campaignPayload(tenant, campaign, nowMs))];
}

/** A new reward. */
export function createReward(
  state: WorldState,
  tenant: Tenant,
  draft: Omit<Reward, 'rewardId' | 'createdAtMs'>,
  nowMs: number,
): readonly WorldEvent[] {
  const reward = { ...draft, rewardId: state.chance.uuid(), createdAtMs: nowMs };
  tenant.rewards.push(reward);
  return [tenantEvent('RewardCreated', tenant, nowMs, rewardPayload(tenant, reward))];
}

/** A reward changes. */
export function updateReward(tenant: Tenant, reward: Reward, nowMs: number): readonly WorldEvent[] {
  put(tenant.rewards, reward, ({ rewardId }) => rewardId === reward.rewardId);
  return [tenantEvent('RewardUpdated', tenant, nowMs, rewardPayload(tenant, reward))];
}

/** A new achievement: nobody has any progress yet. */
export function createAchievement(
  state: WorldState,
  tenant: Tenant,
  draft: Omit<Achievement, 'achievementId' | 'ruleId'>,
  nowMs: number,
): readonly WorldEvent[] {
  const achievement = { ...draft, achievementId: state.chance.uuid(), ruleId: state.chance.uuid() };
  tenant.achievements.push(achievement);
  return [tenantEvent('AchievementCreated', tenant, nowMs, achievementPayload(achievement))];
}

/** An achievement changes; progress stays. */
export function updateAchievement(tenant: Tenant, achievement: Achievement, nowMs: number): readonly WorldEvent[] {
  put(tenant.achievements, achievement, ({ achievementId }) => achievementId === achievement.achievementId);
  return [tenantEvent('AchievementUpdated', tenant, nowMs, achievementPayload(achievement))];
}

function put<Item>(items: Item[], item: Item, isSame: (other: Item) => boolean): void {
  const index = items.findIndex(isSame);
  if (index < 0) items.push(item);
  else items[index] = item;
}

/** The event carries a trigger although nothing set the campaign off: an example of one. Source: WebhookCampaign. */
function campaignPayload(
  tenant: Tenant,
  { campaignId, name, triggerType, achievementId }: Campaign,
  nowMs: number,
): JsonObject {
  const triggerId = achievementId ?? campaignId;
  const createdAt = tenant.zone.text(nowMs);
  const times = { triggerId, createdAt };
  const related = { achievementId, achievementName: name, limitReached: false };
  const triggers: Readonly<Record<Campaign['triggerType'], JsonObject>> = {
    transaction: { ...times, purchasedAt: createdAt, documentNumber: '' },
    custom_event: { ...times, eventDate: createdAt, eventId: campaignId },
    internal_event: { triggerId, payload: {} },
    custom_event_unique_code: { triggerId },
    achievement: { triggerId, relatedAchievement: related },
    return_transaction: {},
  };
  return { campaign: { triggerType, campaignId, name, trigger: { type: triggerType, ...triggers[triggerType] } } };
}

function rewardPayload({ zone, tierSet }: Tenant, reward: Reward): JsonObject {
  const { rewardId, active, type, name, price, costInPoints, createdAtMs } = reward;
  return {
    reward: {
      rewardId,
      active,
      fulfillmentTracking: type === 'material',
      canBeBoughtManually: true,
      type,
      name,
      price,
      costInPoints,
      levels: tierSet.tiers.map(({ levelId }) => levelId),
      segments: [],
      categories: [],
      photos: [],
      translations: [{ id: 1, name, locale: 'en' }],
      createdAt: zone.text(createdAtMs),
      activity: { allTime: true },
      visibility: { allTime: true },
      labels: [],
      featured: false,
      public: true,
      usageLimit: { perUser: 10, general: 10_000 },
      limits: {},
    },
  };
}

function achievementPayload(achievement: Achievement): JsonObject {
  const { achievementId, name, active, trigger, goal, period, consecutive } = achievement;
  const limit = { value: 100, interval: { type: 'calendarYears', value: 1 } };
  const translations = { en: { name } };
  const completeRule = { periodGoal: goal, period: { type: period, consecutive: consecutive ?? 1 } };
  const rule = {
    trigger,
    type: 'direct',
    completeRule,
    conditions: [],
    aggregation: { type: 'quantity' },
    limit,
    translations,
  };
  return { achievement: { achievementId, active, limit, translations, rules: [rule] } };
}
