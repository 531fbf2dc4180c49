import type { JsonObject } from '../../../core/json.ts';
import { type Member, walletOf } from '../world/member.ts';
import { memberView, pointsView } from './member-view.ts';

const DAY_MS = 86_400_000;

/** Where a member stands: balance, tier and what expires. Source: the status call of the OpenAPI. */
export function statusView(member: Member, nowMs: number): JsonObject {
  const { tenant, standing, customerId, profile } = member;
  const { transactionsCount, transactionsAmount, currency, storeCode, createdAt, registeredAt } = memberView(member);
  const next = nextTier(member);
  const { nextRecalculationAtMs, tier, units } = standing;
  const expiring = expiringView(member, nowMs);
  return {
    customerId,
    firstName: profile.firstName,
    lastName: profile.lastName,
    ...pointsView(walletOf(member).account),
    levelName: tier.name,
    levelConditionValue: tier.fromUnits,
    nextLevelName: next?.name ?? null,
    nextLevelConditionValue: next?.fromUnits ?? null,
    pointsToNextLevel: next === null ? null : Math.max(0, (next.fromUnits ?? 0) - units),
    levelWillExpireInDays: nextRecalculationAtMs === null ? null : Math.ceil((nextRecalculationAtMs - nowMs) / DAY_MS),
    pointsSinceLastLevelRecalculation: units,
    pointsRequiredToRetainLevel: Math.max(0, (tier.fromUnits ?? 0) - units),
    tierSet: { tierSetId: tenant.tierSet.tierSetId, name: tenant.tierSet.name, isMigrated: false },
    ...expiring,
    ...({ transactionsCount, transactionsAmount, currency, storeCode, createdAt, registeredAt } as JsonObject),
  };
}

/** The next tier that can be earned; null at the top and for tiers given by hand. */
export function nextTier({ tenant, standing }: Member) {
  const from = standing.tier.fromUnits;
  if (from === null) return null;
  return tenant.tierSet.tiers.find(({ fromUnits }) => fromUnits !== null && fromUnits > from) ?? null;
}

/** What expires until the end of the next month, by local day; the keys' format is unconfirmed. */
function expiringView(member: Member, nowMs: number): JsonObject {
  const { zone } = member.tenant;
  const [year, month] = zone.text(nowMs).split('-').map(Number);
  const until = zone.startOfDay(Date.UTC(year ?? 0, (month ?? 1) + 1, 1) / DAY_MS);
  const breakdown = new Map<string, number>();
  for (const { expiresAtMs, remaining, state } of walletOf(member).lots) {
    if (state !== 'active' || expiresAtMs === null || expiresAtMs >= until) continue;
    const day = zone.text(expiresAtMs).slice(0, 10);
    breakdown.set(day, (breakdown.get(day) ?? 0) + remaining);
  }
  const sum = [...breakdown.values()].reduce((all, each) => all + each, 0);
  return { pointsExpiringNextMonth: sum, pointsExpiringBreakdown: Object.fromEntries(breakdown) };
}
