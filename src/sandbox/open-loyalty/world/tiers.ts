import { memberEvent, type WorldEvent } from './event.ts';
import type { Member } from './member.ts';
import { identifiers } from './payloads.ts';
import { type Tier, tierFor } from './programme.ts';
import { WorldError } from './world-error.ts';

/** Counts units towards the tier and promotes as soon as they reach one. */
export function countTowardsTier(member: Member, units: number, nowMs: number): readonly WorldEvent[] {
  const { standing } = member;
  member.standing = { ...standing, units: standing.units + units };
  const reached = tierFor(member.tenant.tierSet, member.standing.units);
  if (standing.manually || (reached.fromUnits ?? 0) <= (standing.tier.fromUnits ?? 0)) return [];
  const nextRecalculationAtMs = recalculationAfter(member, nowMs);
  return [move(member, reached, { nextRecalculationAtMs }, nowMs)];
}

/**
 * Gives a tier by hand: recalculation leaves it alone from then on. A change of tier also counts as a change of data.
 * Throws a WorldError for a tier the tenant has not.
 */
export function assignTier(member: Member, levelId: string, nowMs: number): readonly WorldEvent[] {
  const tier = member.tenant.tierSet.tiers.find((each) => each.levelId === levelId);
  if (tier === undefined) throw new WorldError('levelId', 'This tier does not exist.');
  const changed = move(member, tier, { manually: true, nextRecalculationAtMs: null }, nowMs);
  member.updatedAtMs = nowMs;
  return [changed, memberEvent('CustomerUpdated', member, nowMs, { customer: identifiers(member) })];
}

/** The tier the member would have if it were recalculated now. */
export function futureTier({ tenant, standing }: Member): Tier {
  return standing.manually ? standing.tier : tierFor(tenant.tierSet, standing.units);
}

/** Recalculates: whoever has not earned enough since the last time falls; the count begins anew. */
export function tierRecalculation(member: Member, nowMs: number): readonly WorldEvent[] {
  const { standing } = member;
  if (standing.manually) return [];
  const future = futureTier(member);
  const base = member.tenant.tierSet.tiers[0]?.levelId;
  const nextRecalculationAtMs = future.levelId === base ? null : recalculationAfter(member, nowMs);
  const renewed = { units: 0, lastRecalculationAtMs: nowMs, nextRecalculationAtMs };
  if (future.levelId !== standing.tier.levelId) return [move(member, future, renewed, nowMs)];
  member.standing = { ...standing, ...renewed };
  return [];
}

/** The end of the local day on which the tier is recalculated next. */
function recalculationAfter({ tenant }: Member, nowMs: number): number {
  return tenant.zone.endOfDay(nowMs, tenant.tierSet.recalculationDays);
}

/** Source: CustomerLevelChanged: neither the tier before nor the tier set is told. */
function move(member: Member, tier: Tier, changes: Partial<Member['standing']>, nowMs: number): WorldEvent {
  const { tiers } = member.tenant.tierSet;
  const step = tiers.indexOf(tier) - tiers.indexOf(member.standing.tier);
  const marks = step > 0 ? { lastPromotionAtMs: nowMs } : step < 0 ? { lastDowngradeAtMs: nowMs } : {};
  member.standing = { ...member.standing, tier, sinceMs: nowMs, ...marks, ...changes };
  const level = { levelId: tier.levelId, name: tier.name, levelMoveUp: step > 0, levelMoveDown: step < 0 };
  return memberEvent('CustomerLevelChanged', member, nowMs, { customer: identifiers(member), level });
}
