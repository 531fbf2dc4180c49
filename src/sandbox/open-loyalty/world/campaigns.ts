import type { JsonObject } from '../../../core/json.ts';
import { memberEvent, type WorldEvent } from './event.ts';
import { type Member, walletOf } from './member.ts';
import { identifiers } from './payloads.ts';
import { earnPoints, spendPoints } from './points.ts';
import type { Campaign, CampaignGift, TriggerType } from './programme.ts';
import { giveReward } from './rewards.ts';
import type { WorldState } from './state.ts';
import type { ActionCause } from './wallet.ts';

/** What sets campaigns off. */
export interface Occasion {
  readonly triggerType: TriggerType;
  /** The event's `campaign.trigger`, less its `type`. */
  readonly trigger: JsonObject;
  readonly cause: Partial<ActionCause>;
  readonly comment: string;
  /** Of a purchase, in the tenant's currency. */
  readonly grossValue?: number;
  /** Of a completed achievement. */
  readonly achievementId?: string;
  readonly redemptionCode?: string;
  /** The member who brought this one, when this is her first purchase. */
  readonly referrer?: Member | null;
}

/** Lets every campaign that the occasion sets off take effect, one after another. */
export function applyCampaigns(
  state: WorldState,
  member: Member,
  occasion: Occasion,
  nowMs: number,
): readonly WorldEvent[] {
  const { campaigns } = member.tenant;
  const set = campaigns.filter(({ triggerType, achievementId }) => {
    return triggerType === occasion.triggerType && achievementId === (occasion.achievementId ?? null);
  });
  return set.flatMap((campaign) => applyCampaign(state, member, { campaign, occasion }, nowMs));
}

interface Effect {
  readonly events: readonly WorldEvent[];
  readonly given: JsonObject;
}

interface Applied {
  readonly campaign: Campaign;
  readonly occasion: Occasion;
}

function applyCampaign(state: WorldState, member: Member, applied: Applied, nowMs: number): readonly WorldEvent[] {
  const effects = applied.campaign.gifts.flatMap((gift) => applyGift(state, member, { ...applied, gift }, nowMs) ?? []);
  if (effects.length === 0) return [];
  const { campaign, occasion } = applied;
  const { campaignId, name, triggerType } = campaign;
  const data = {
    member: identifiers(member),
    campaign: { triggerType, campaignId, name, trigger: { type: triggerType, ...occasion.trigger } },
    effectsGiven: effects.map(({ given }) => given),
    redemptionCode: occasion.redemptionCode ?? null,
  };
  return [...effects.flatMap(({ events }) => events), memberEvent('CampaignEffectWasApplied', member, nowMs, data)];
}

/** Null when the gift comes to nothing. */
function applyGift(
  state: WorldState,
  member: Member,
  { campaign, occasion, gift }: Applied & { readonly gift: CampaignGift },
  nowMs: number,
): Effect | null {
  const cause = causeOf(member, campaign, occasion);
  if (gift.kind === 'reward') {
    const events = giveReward(state, member, { rewardId: gift.rewardId, cause }, nowMs);
    return { events, given: given(member, { type: 'give_reward', rewardId: gift.rewardId }) };
  }
  const receiver = gift.to === 'member' ? member : (occasion.referrer ?? null);
  if (receiver === null || !receiver.active) return null;
  const booking = { walletCode: gift.walletCode, comment: occasion.comment, cause };
  const units = unitsOf(gift, occasion, receiver);
  if (units <= 0) return null;
  const book = gift.kind === 'units' ? earnPoints : spendPoints;
  const type = gift.kind === 'units' ? 'give_points' : 'deduct_points';
  const events = book(state, receiver, { ...booking, units }, nowMs);
  return { events, given: given(receiver, { type, points: units, walletTypeCode: gift.walletCode }) };
}

/** Never more than the wallet holds when units are taken. */
function unitsOf(
  gift: Exclude<CampaignGift, { kind: 'reward' }>,
  { grossValue = 0 }: Occasion,
  receiver: Member,
): number {
  const units = gift.perMoney ? Math.floor(gift.units * grossValue) : gift.units;
  return gift.kind === 'units' ? units : Math.min(units, walletOf(receiver, gift.walletCode).account.active);
}

/** `target` is the id of whoever got it; that the API sends an id is inferred. */
function given({ customerId }: Member, what: JsonObject): JsonObject {
  const nothing = { walletTypeCode: null, points: null, couponValue: null, rewardId: null };
  return { status: 'applied', target: customerId, ...nothing, ...what };
}

function causeOf({ customerId }: Member, { campaignId }: Campaign, { cause }: Occasion): ActionCause {
  const nothing = { transactionId: null, customEventId: null, internalEventName: null, performedAtMs: null };
  return { ...nothing, campaignId, customerId, ...cause };
}
