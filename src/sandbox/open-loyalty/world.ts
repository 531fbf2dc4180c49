import { Chance } from './random.ts';
import { achievementProgress, type Deed } from './world/achievements.ts';
import { randomActivity } from './world/activity.ts';
import * as configuration from './world/configuration.ts';
import { type CustomEvent, customEvent, redeemCode } from './world/custom-events.ts';
import { dayPassed, nextScanAt } from './world/daily-scan.ts';
import { buildTenant, DEFAULT_TENANTS, type TenantOptions } from './world/default-programme.ts';
import type { WorldEvent } from './world/event.ts';
import { found } from './world/founding.ts';
import type { Member, Profile, Redemption } from './world/member.ts';
import {
  deactivate,
  type Enrolment,
  enrol,
  type Joining,
  register,
  updateProfile,
  withCode,
} from './world/membership.ts';
import { type Booking, type Earning, earnPoints, spendPoints, transferPoints } from './world/points.ts';
import type { Achievement, Campaign, Reward, Tenant } from './world/programme.ts';
import { anonymousPurchase, type Purchase, purchase } from './world/purchases.ts';
import { buyReward, changeRewardStatus } from './world/rewards.ts';
import { WorldState } from './world/state.ts';
import { assignTier, tierRecalculation } from './world/tiers.ts';

/** How a world begins. */
export interface WorldOptions {
  /** Uniform in [0, 1): everything follows from it. */
  readonly random: () => number;
  readonly nowMs: number;
  /** Default: Germany in EUR and Poland in PLN. */
  readonly tenants?: readonly TenantOptions[];
  /** Members over all tenants; default 20. */
  readonly members?: number;
  /** Which part of them stays silent: enrolled with units, mentioned by nothing but what happens to these; default half. */
  readonly silentShare?: number;
}

/**
 * A small loyalty programme in memory. Every verb changes the world consistently and returns the events that Open
 * Loyalty would tell, in order; no verb does any I/O. A verb that is not allowed throws a WorldError and changes nothing.
 */
export class World {
  readonly state: WorldState;

  constructor(state: WorldState) {
    this.state = state;
  }

  /** Tenants by store code. */
  get tenants(): ReadonlyMap<string, Tenant> {
    return this.state.tenants;
  }

  /** All members by id. */
  get members(): ReadonlyMap<string, Member> {
    return this.state.members;
  }

  /** The tenant of a store code. Throws a RangeError when there is none. */
  tenant(storeCode: string): Tenant {
    const tenant = this.state.tenants.get(storeCode);
    if (tenant === undefined) throw new RangeError(`There is no tenant ${storeCode}.`);
    return tenant;
  }

  /** The member behind an id, `email=…`, `phone=…` or `loyaltyCardNumber=…`; null when there is none. */
  find(storeCode: string, identifier: string): Member | null {
    return this.state.find(storeCode, identifier);
  }

  /** Adds a member without any event, as if she had been there before. */
  enrol(tenant: Tenant, enrolment: Enrolment): Member {
    return enrol(this.state, tenant, enrolment);
  }

  register(tenant: Tenant, joining: Joining, nowMs: number): readonly WorldEvent[] {
    return register(this.state, tenant, joining, nowMs);
  }

  updateProfile(member: Member, changes: Partial<Profile>, nowMs: number): readonly WorldEvent[] {
    return updateProfile(this.state, member, changes, nowMs);
  }

  changeEmail(member: Member, email: string | null, nowMs: number): readonly WorldEvent[] {
    return updateProfile(this.state, member, { email }, nowMs);
  }

  changePhone(member: Member, phone: string | null, nowMs: number): readonly WorldEvent[] {
    return updateProfile(this.state, member, { phone }, nowMs);
  }

  requestPasswordReset(member: Member, nowMs: number): readonly WorldEvent[] {
    return [withCode(this.state, 'CustomerRequestedPasswordReset', member, nowMs)];
  }

  requestActivationCode(member: Member, nowMs: number): readonly WorldEvent[] {
    return [withCode(this.state, 'CustomerRequestedSendActivationCode', member, nowMs)];
  }

  deactivate(member: Member, nowMs: number): readonly WorldEvent[] {
    return deactivate(member, nowMs);
  }

  purchase(member: Member, bought: Purchase, nowMs: number): readonly WorldEvent[] {
    return purchase(this.state, member, bought, nowMs);
  }

  anonymousPurchase(tenant: Tenant, bought: Purchase, nowMs: number): readonly WorldEvent[] {
    return anonymousPurchase(this.state, tenant, bought, nowMs);
  }

  earnPoints(member: Member, earning: Earning, nowMs: number): readonly WorldEvent[] {
    return earnPoints(this.state, member, earning, nowMs);
  }

  spendPoints(member: Member, booking: Booking, nowMs: number): readonly WorldEvent[] {
    return spendPoints(this.state, member, booking, nowMs);
  }

  transferPoints(from: Member, to: Member, units: number, nowMs: number): readonly WorldEvent[] {
    return transferPoints(this.state, { from, to, units }, nowMs);
  }

  buyReward(member: Member, rewardId: string, nowMs: number): readonly WorldEvent[] {
    return buyReward(this.state, member, rewardId, nowMs);
  }

  changeRewardStatus(redemption: Redemption, status: string, nowMs: number, comment = ''): readonly WorldEvent[] {
    return changeRewardStatus(redemption, { status, comment }, nowMs);
  }

  assignTier(member: Member, levelId: string, nowMs: number): readonly WorldEvent[] {
    return assignTier(member, levelId, nowMs);
  }

  tierRecalculation(member: Member, nowMs: number): readonly WorldEvent[] {
    return tierRecalculation(member, nowMs);
  }

  achievementProgress(member: Member, deed: Deed, nowMs: number): readonly WorldEvent[] {
    return achievementProgress(this.state, member, deed, nowMs);
  }

  customEvent(member: Member, event: CustomEvent, nowMs: number): readonly WorldEvent[] {
    return customEvent(this.state, member, event, nowMs);
  }

  redeemCode(member: Member, code: string, nowMs: number): readonly WorldEvent[] {
    return redeemCode(this.state, member, code, nowMs);
  }

  createCampaign(tenant: Tenant, draft: Omit<Campaign, 'campaignId'>, nowMs: number): readonly WorldEvent[] {
    return configuration.createCampaign(this.state, tenant, draft, nowMs);
  }

  updateCampaign(tenant: Tenant, campaign: Campaign, nowMs: number): readonly WorldEvent[] {
    return configuration.updateCampaign(tenant, campaign, nowMs);
  }

  createReward(tenant: Tenant, draft: Omit<Reward, 'rewardId' | 'createdAtMs'>, nowMs: number): readonly WorldEvent[] {
    return configuration.createReward(this.state, tenant, draft, nowMs);
  }

  updateReward(tenant: Tenant, reward: Reward, nowMs: number): readonly WorldEvent[] {
    return configuration.updateReward(tenant, reward, nowMs);
  }

  createAchievement(
    tenant: Tenant,
    draft: Omit<Achievement, 'achievementId' | 'ruleId'>,
    nowMs: number,
  ): readonly WorldEvent[] {
    return configuration.createAchievement(this.state, tenant, draft, nowMs);
  }

  updateAchievement(tenant: Tenant, achievement: Achievement, nowMs: number): readonly WorldEvent[] {
    return configuration.updateAchievement(tenant, achievement, nowMs);
  }

  /** The jobs of the day, once per tenant and local day: what is due, then reminders. */
  dayPassed(nowMs: number): readonly WorldEvent[] {
    return dayPassed(this.state, nowMs);
  }

  /** When `dayPassed` is due next: 01:00 local time. */
  nextScanAt(afterMs: number): number {
    return nextScanAt(this.state, afterMs);
  }

  /** One thing that happens by chance to one of the lively members; sometimes nothing. */
  randomActivity(nowMs: number): readonly WorldEvent[] {
    return randomActivity(this.state, nowMs);
  }
}

/** Creates a world whose members have units already; of how they got them nobody was told. */
export function createWorld(options: WorldOptions): World {
  const { random, nowMs, tenants = DEFAULT_TENANTS, members = 20, silentShare = 0.5 } = options;
  const chance = new Chance(random);
  const state = new WorldState(
    chance,
    tenants.map((tenant) => buildTenant(tenant, chance, nowMs)),
  );
  found(state, { members, silentShare, nowMs });
  return new World(state);
}
