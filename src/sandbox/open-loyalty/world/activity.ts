import {
  createAchievement,
  createCampaign,
  createReward,
  updateAchievement,
  updateCampaign,
  updateReward,
} from './configuration.ts';
import { customEvent, redeemCode } from './custom-events.ts';
import type { WorldEvent } from './event.ts';
import { type Member, REDEMPTION_STATUSES, walletOf } from './member.ts';
import { deactivate, register, updateProfile, withCode } from './membership.ts';
import { inventProfile } from './people.ts';
import { earnPoints, spendPoints, transferPoints } from './points.ts';
import { nextSerial, type Tenant } from './programme.ts';
import { anonymousPurchase, purchase } from './purchases.ts';
import { buyReward, changeRewardStatus } from './rewards.ts';
import type { PurchaseItem, WorldState } from './state.ts';
import { assignTier } from './tiers.ts';

/** Something that may happen to a member by chance; nothing when it cannot happen to her. */
type Action = (state: WorldState, member: Member, nowMs: number) => readonly WorldEvent[];

/** How often each thing happens, relative to the others. */
const ACTIONS: readonly (readonly [weight: number, action: Action])[] = [
  [500, buysSomething],
  [15, buysUnrecognised],
  [15, bringsSomethingBack],
  [60, getsUnitsByHand],
  [40, losesUnitsByHand],
  [10, givesUnitsAway],
  [60, buysSomeReward],
  [40, movesSomeReward],
  [20, usesCoupon],
  [40, writesReview],
  [15, findsCode],
  [15, changesEmail],
  [15, changesPhone],
  [15, movesHouse],
  [10, (state, member, nowMs) => [withCode(state, 'CustomerRequestedPasswordReset', member, nowMs)]],
  [10, (state, member, nowMs) => [withCode(state, 'CustomerRequestedSendActivationCode', member, nowMs)]],
  [20, bringsFriend],
  [5, registersInStore],
  [4, leaves],
  [4, becomesVip],
  [5, changesConfiguration],
];
const TOTAL = ACTIONS.reduce((sum, [weight]) => sum + weight, 0);

/** One thing that happens to one of the lively members; empty when the dice fall on something impossible. */
export function randomActivity(state: WorldState, nowMs: number): readonly WorldEvent[] {
  const member = state.chance.pick(state.lively);
  if (member === undefined || !member.active) return [];
  let ticket = state.chance.int(0, TOTAL - 1);
  for (const [weight, action] of ACTIONS) {
    if (ticket < weight) return action(state, member, nowMs);
    ticket -= weight;
  }
  return [];
}

function buysSomething(state: WorldState, member: Member, nowMs: number) {
  return purchase(state, member, { items: basket(state) }, nowMs);
}

function buysUnrecognised(state: WorldState, { tenant }: Member, nowMs: number) {
  return anonymousPurchase(state, tenant, { items: basket(state) }, nowMs);
}

function bringsSomethingBack(state: WorldState, member: Member, nowMs: number) {
  const [item] = basket(state);
  if (member.shopping.count === 0 || item === undefined) return [];
  return purchase(state, member, { items: [item], returnOf: `${member.tenant.serial}` }, nowMs);
}

function getsUnitsByHand(state: WorldState, member: Member, nowMs: number) {
  const pending = state.chance.hits(0.3) ? { lockedDays: state.chance.int(1, 14) } : {};
  const wallet = state.chance.hits(0.2) ? { walletCode: 'stars' } : {};
  return earnPoints(
    state,
    member,
    { units: state.chance.int(5, 120), comment: 'Goodwill', ...pending, ...wallet },
    nowMs,
  );
}

function losesUnitsByHand(state: WorldState, member: Member, nowMs: number) {
  const units = Math.floor(walletOf(member).account.active / 2);
  return units < 1 ? [] : spendPoints(state, member, { units, comment: 'Correction' }, nowMs);
}

function givesUnitsAway(state: WorldState, from: Member, nowMs: number) {
  const to = state.chance.pick(state.lively);
  if (to === undefined || to === from || !to.active || to.tenant !== from.tenant) return [];
  const units = Math.floor(walletOf(from).account.active / 4);
  return units < 1 ? [] : transferPoints(state, { from, to, units }, nowMs);
}

function buysSomeReward(state: WorldState, member: Member, nowMs: number) {
  const { active } = walletOf(member).account;
  const affordable = member.tenant.rewards.filter((reward) => reward.active && reward.costInPoints <= active);
  const reward = state.chance.pick(affordable);
  return reward === undefined ? [] : buyReward(state, member, reward.rewardId, nowMs);
}

function movesSomeReward(state: WorldState, member: Member, nowMs: number) {
  const redemption = member.redemptions.at(-1);
  const status = state.chance.pick(REDEMPTION_STATUSES.filter((each) => each !== redemption?.status));
  if (redemption === undefined || status === undefined) return [];
  return changeRewardStatus(redemption, { status, comment: 'By hand' }, nowMs);
}

/** Nobody is told; the coupon gets no reminder from now on. */
function usesCoupon(_: WorldState, member: Member, nowMs: number): readonly WorldEvent[] {
  const coupon = member.redemptions.find((each) => each.coupon !== null && each.coupon.usedAtMs === null)?.coupon;
  if (coupon) coupon.usedAtMs = nowMs;
  return [];
}

function writesReview(state: WorldState, member: Member, nowMs: number) {
  return customEvent(state, member, { type: 'review', customEventId: state.chance.uuid() }, nowMs);
}

function findsCode(state: WorldState, member: Member, nowMs: number) {
  return redeemCode(state, member, `PACK-${state.chance.hex(8).toUpperCase()}`, nowMs);
}

function changesEmail(state: WorldState, member: Member, nowMs: number) {
  const email = `new.${nextSerial(member.tenant)}@${member.tenant.storeCode}.example`.toLowerCase();
  return updateProfile(state, member, { email }, nowMs);
}

function changesPhone(state: WorldState, member: Member, nowMs: number) {
  const phone = `+49556${String(nextSerial(member.tenant)).padStart(6, '0')}`;
  return updateProfile(state, member, { phone }, nowMs);
}

function movesHouse(state: WorldState, member: Member, nowMs: number) {
  const { address } = inventProfile(state.chance, member.tenant);
  return updateProfile(state, member, { address }, nowMs);
}

function bringsFriend(state: WorldState, { tenant, referralToken }: Member, nowMs: number) {
  return register(state, tenant, { profile: inventProfile(state.chance, tenant), referrerToken: referralToken }, nowMs);
}

function registersInStore(state: WorldState, { tenant }: Member, nowMs: number) {
  return register(state, tenant, { profile: inventProfile(state.chance, tenant), activation: false }, nowMs);
}

function leaves(_: WorldState, member: Member, nowMs: number) {
  return deactivate(member, nowMs);
}

function becomesVip(state: WorldState, member: Member, nowMs: number) {
  const tier = state.chance.pick(member.tenant.tierSet.tiers.filter(({ fromUnits }) => fromUnits === null));
  return tier === undefined ? [] : assignTier(member, tier.levelId, nowMs);
}

function changesConfiguration(state: WorldState, { tenant }: Member, nowMs: number): readonly WorldEvent[] {
  const change = state.chance.pick([touchCampaign, touchReward, touchAchievement]);
  return change?.(state, tenant, nowMs) ?? [];
}

function touchCampaign(state: WorldState, tenant: Tenant, nowMs: number) {
  const campaign = state.chance.pick(tenant.campaigns);
  if (campaign === undefined) return [];
  if (state.chance.hits(0.5)) return updateCampaign(tenant, campaign, nowMs);
  // Without gifts: new campaigns must not make a long life richer and richer.
  return createCampaign(state, tenant, { ...campaign, name: `${campaign.name}, again`, gifts: [] }, nowMs);
}

function touchReward(state: WorldState, tenant: Tenant, nowMs: number) {
  const reward = state.chance.pick(tenant.rewards);
  if (reward === undefined) return [];
  if (state.chance.hits(0.5)) return updateReward(tenant, reward, nowMs);
  return createReward(state, tenant, { ...reward, name: `${reward.name}, again` }, nowMs);
}

function touchAchievement(state: WorldState, tenant: Tenant, nowMs: number) {
  const achievement = state.chance.pick(tenant.achievements);
  if (achievement === undefined) return [];
  if (state.chance.hits(0.5)) return updateAchievement(tenant, achievement, nowMs);
  return createAchievement(state, tenant, { ...achievement, name: `${achievement.name}, again`, active: false }, nowMs);
}

const GOODS = [
  { sku: 'A-1', name: 'Mug', price: 9.9, category: 'home', maker: 'Acme' },
  { sku: 'B-2', name: 'Lamp', price: 39, category: 'home', maker: 'Lux' },
  { sku: 'C-3', name: 'Coffee', price: 6.5, category: 'food', maker: 'Roast' },
] as const;

function basket({ chance }: WorldState): readonly PurchaseItem[] {
  return Array.from({ length: chance.int(1, 3) }, () => {
    const { price, ...good } = chance.pick(GOODS) ?? GOODS[0];
    const quantity = chance.int(1, 3);
    return { ...good, quantity, grossValue: Math.round(price * quantity * 100) / 100 };
  });
}
