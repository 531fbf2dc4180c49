import type { JsonObject } from '../../../core/json.ts';
import type { Member } from '../world/member.ts';
import { timeOf } from '../world/payloads.ts';
import { jsonAnswer, NOT_FOUND } from './answer.ts';
import { type Handler, memberAt } from './desk.ts';
import { listAnswer } from './list.ts';
import { nextTier } from './status-view.ts';

/** `GET /member/{member}/tierSet`: one tier per set, and one set. */
export const listTierSets: Handler = (desk) => {
  const member = memberAt(desk);
  return member === null ? NOT_FOUND : listAnswer(desk.query, { items: [member], view: standingView });
};

/** `GET /member/{member}/tierSet/{tierSet}`. */
export const getTierSet: Handler = (desk) => {
  const member = memberAt(desk);
  if (member?.tenant.tierSet.tierSetId !== desk.params[1] || member === null) return NOT_FOUND;
  return jsonAnswer(200, progressView(member));
};

function standingView({ tenant, standing }: Member): JsonObject {
  return {
    currentTierId: standing.tier.levelId,
    currentTierName: standing.tier.name,
    tierSetId: tenant.tierSet.tierSetId,
    tierSetName: tenant.tierSet.name,
    manually: standing.manually,
  };
}

function progressView(member: Member): JsonObject {
  const { tenant, standing } = member;
  const { zone } = tenant;
  const next = nextTier(member);
  const goal = next?.fromUnits ?? null;
  const condition = {
    conditionId: next?.levelId ?? null,
    attribute: 'cumulatedEarnedUnits',
    currentValue: standing.units,
    valueGoal: goal,
    walletType: 'default',
  };
  return {
    ...standingView(member),
    nextTierId: next?.levelId ?? null,
    nextTierName: next?.name ?? null,
    currentProgress: goal === null ? 100 : Math.min(100, Math.floor((standing.units / goal) * 100)),
    lastPromotionAt: timeOf(zone, standing.lastPromotionAtMs),
    lastDowngradeAt: timeOf(zone, standing.lastDowngradeAtMs),
    nextRecalculationAt: timeOf(zone, standing.nextRecalculationAtMs),
    downgrade: 'periodic',
    nextTierCurrentProgress: next === null ? [] : [condition],
  };
}
