import type { JsonObject } from '../../../core/json.ts';
import { memberEvent, type WorldEvent } from './event.ts';
import { type Coupon, type Member, REDEMPTION_STATUSES, type Redemption, type RedemptionStatus } from './member.ts';
import { addressPayload, causePayload, couponPayload, identifiers } from './payloads.ts';
import { spendPoints } from './points.ts';
import { nextSerial, type Reward } from './programme.ts';
import type { WorldState } from './state.ts';
import type { ActionCause } from './wallet.ts';
import { WorldError } from './world-error.ts';

/** Buys a reward with units of the default wallet. Throws a WorldError when there are too few, or no such reward. */
export function buyReward(state: WorldState, member: Member, rewardId: string, nowMs: number): readonly WorldEvent[] {
  const reward = rewardOf(member, rewardId);
  const comment = reward.name;
  const spent = spendPoints(state, member, { units: reward.costInPoints, comment }, nowMs);
  return [...spent, issue(state, member, { reward, costInPoints: reward.costInPoints, cause: null }, nowMs)];
}

/** Gives a reward for nothing, as a campaign does. Throws a WorldError when there is no such reward. */
export function giveReward(
  state: WorldState,
  member: Member,
  { rewardId, cause }: { readonly rewardId: string; readonly cause: ActionCause },
  nowMs: number,
): readonly WorldEvent[] {
  return [issue(state, member, { reward: rewardOf(member, rewardId), costInPoints: 0, cause }, nowMs)];
}

/** Moves a bought reward to another status. Throws a WorldError for an unknown one. */
export function changeRewardStatus(
  redemption: Redemption,
  { status, comment = '' }: { readonly status: string; readonly comment?: string },
  nowMs: number,
): readonly WorldEvent[] {
  const known: readonly string[] = REDEMPTION_STATUSES;
  if (!known.includes(status)) throw new WorldError('status', 'The value you selected is not a valid choice.');
  const { status: oldStatus, comment: oldComment, changedAtMs, member } = redemption;
  const { zone } = member.tenant;
  redemption.status = status as RedemptionStatus;
  redemption.comment = comment;
  redemption.changedAtMs = nowMs;
  const data = {
    issuedReward: issuedRewardPayload(redemption),
    newStatus: status,
    newComment: comment,
    newDate: zone.text(nowMs),
    oldStatus,
    oldComment,
    oldDate: zone.text(changedAtMs),
  };
  return [memberEvent('RewardRedemptionStatusChanged', member, nowMs, data)];
}

interface Issue {
  readonly reward: Reward;
  readonly costInPoints: number;
  readonly cause: ActionCause | null;
}

function issue(state: WorldState, member: Member, { reward, costInPoints, cause }: Issue, nowMs: number): WorldEvent {
  const redemption: Redemption = {
    issuedRewardId: state.chance.uuid(),
    token: state.chance.hex(12),
    rewardId: reward.rewardId,
    rewardName: reward.name,
    rewardType: reward.type,
    costInPoints,
    price: reward.price,
    member,
    redeemedAtMs: nowMs,
    coupon: couponOf(state, member, reward, nowMs),
    status: 'issued',
    comment: '',
    changedAtMs: nowMs,
  };
  member.redemptions.push(redemption);
  state.redemptions.set(redemption.issuedRewardId, redemption);
  return bought(redemption, cause, nowMs);
}

function bought(redemption: Redemption, cause: ActionCause | null, nowMs: number): WorldEvent {
  const { member, coupon, rewardId, rewardName, rewardType } = redemption;
  const { zone } = member.tenant;
  const { performedAt: _, ...actionCause } = causePayload(cause, zone) ?? {};
  return memberEvent('CustomerBoughtReward', member, nowMs, {
    customer: identifiers(member),
    coupon: coupon === null ? null : { ...couponPayload(coupon, zone), status: 'active' },
    reward: { rewardId, rewardName, rewardType },
    rewardRedemption: { redeemedRewardId: redemption.issuedRewardId },
    costInPoints: redemption.costInPoints,
    actionCause: cause === null ? null : actionCause,
  });
}

function couponOf(state: WorldState, { tenant }: Member, reward: Reward, nowMs: number): Coupon | null {
  if (reward.type === 'material') return null;
  return {
    code: `${tenant.storeCode.slice(0, 2).toUpperCase()}-${nextSerial(tenant)}-${state.chance.hex(6).toUpperCase()}`,
    value: reward.couponValue,
    activeFromMs: nowMs,
    activeToMs: tenant.zone.endOfDay(nowMs, reward.validDays),
    usedAtMs: null,
  };
}

function rewardOf({ tenant }: Member, rewardId: string): Reward {
  const reward = tenant.rewards.find((each) => each.rewardId === rewardId);
  if (reward?.active !== true) throw new WorldError('reward', 'This reward does not exist.');
  return reward;
}

function issuedRewardPayload(redemption: Redemption): JsonObject {
  const { member, coupon, price } = redemption;
  const { zone } = member.tenant;
  const { email, firstName, lastName, phone, loyaltyCardNumber } = member.profile;
  const issuedCoupon = coupon === null ? null : couponPayload(coupon, zone);
  return {
    issuedRewardId: redemption.issuedRewardId,
    token: redemption.token,
    name: redemption.rewardName,
    customerId: member.customerId,
    status: redemption.status,
    costInPoints: redemption.costInPoints,
    tax: 23,
    taxPriceValue: Math.round(price * 23) / 100,
    price,
    redemptionDate: zone.text(redemption.redeemedAtMs),
    customerData: {
      email,
      firstName,
      lastName,
      companyName: null,
      nip: null,
      phone,
      loyaltyCardNumber,
      address: addressPayload(member),
    },
    rewardType: redemption.rewardType,
    rewardId: redemption.rewardId,
    issuedCoupon:
      issuedCoupon === null
        ? null
        : {
            code: issuedCoupon.code,
            value: issuedCoupon.value,
            activeFrom: issuedCoupon.activeFrom,
            activeTo: issuedCoupon.activeTo,
          },
  };
}
