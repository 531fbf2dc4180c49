import type { JsonObject } from '../../../core/json.ts';
import { type Member, walletOf } from '../world/member.ts';
import { addressPayload, timeOf } from '../world/payloads.ts';
import type { Account } from '../world/wallet.ts';

/** A member in a list. Source: the member list of the OpenAPI. */
export function memberView(member: Member): JsonObject {
  const { tenant, profile, standing, shopping } = member;
  const { zone } = tenant;
  const { birthDateMs, labels, address: _, ...plain } = profile;
  return {
    customerId: member.customerId,
    ...plain,
    birthDate: timeOf(zone, birthDateMs),
    registeredAt: zone.text(member.registeredAtMs),
    createdAt: zone.text(member.registeredAtMs),
    updatedAt: zone.text(member.updatedAtMs),
    active: member.active,
    anonymized: false,
    channelId: tenant.channelId,
    channelIdentifier: 'web',
    address: addressPayload(member),
    company: { name: null, nip: null },
    labels: labels.map(({ key, value }) => ({ key, value })),
    referralToken: member.referralToken,
    levelAchievementDate: zone.text(standing.sinceMs),
    lastLevelRecalculation: timeOf(zone, standing.lastRecalculationAtMs),
    ...shoppingView(member),
    firstTransactionDate: timeOf(zone, shopping.firstAtMs),
    lastTransactionDate: timeOf(zone, shopping.lastAtMs),
    defaultAccount: defaultAccount(member),
    currency: tenant.currency,
    storeCode: tenant.storeCode,
  };
}

/** A member alone: with her tier. */
export function memberDetail(member: Member): JsonObject {
  const { levelId, name } = member.standing.tier;
  const currentLevel = { levelId, name, description: '', translations: { en: { name, description: '' } } };
  return { ...memberView(member), segments: [], currentLevel };
}

/** Units under the names that members have them by. */
export function pointsView({ active, earned, spent, expired, locked, transferred }: Account): JsonObject {
  return {
    activePoints: active,
    transferredPoints: transferred,
    lockedPoints: locked,
    expiredPoints: expired,
    spentPoints: spent,
    earnedPoints: earned,
    blockedPoints: 0,
  };
}

function defaultAccount(member: Member): JsonObject {
  const wallet = walletOf(member);
  return { accountId: wallet.walletId, ...pointsView(wallet.account) };
}

function shoppingView({ shopping: { count, amount, returnCount, returnAmount } }: Member): JsonObject {
  return {
    transactionsCount: count,
    transactionsAmount: amount,
    transactionsAmountWithoutDeliveryCosts: amount,
    averageTransactionAmount: count === 0 ? 0 : Math.round((amount / count) * 100) / 100,
    returnTransactionsCount: returnCount,
    returnTransactionsAmount: returnAmount,
    averageReturnTransactionAmount: returnCount === 0 ? 0 : Math.round((returnAmount / returnCount) * 100) / 100,
    amountExcludedForLevel: 0,
  };
}
