import type { JsonObject } from '../../core/json.ts';
import { type DemoMember, uuidOf } from './members.ts';

/** A webhook of Open Loyalty before it is sent: its ids and times come with the sending. */
export interface Webhook {
  readonly eventName: string;
  readonly data: JsonObject;
  /** Whom it is about, for the screen; the message itself may not say. */
  readonly about: string;
}

/** Tiers of the demo's programme. */
export type Tier = 'Silver' | 'Gold' | 'Platinum';

/** How a balance changed. */
export interface PointsChange {
  readonly type: 'add' | 'subtract';
  readonly points: number;
  /** The balance afterwards. */
  readonly balance: number;
  /** Makes the transfer's id: one per change. */
  readonly transfer: string;
}

/** The tenant that all webhooks of the demo come from. */
export const STORE_CODE = 'DEFAULT';

/** `CustomerLevelChanged`: a member moved to another tier. */
export function tierChanged(member: DemoMember, tier: Tier, move: 'up' | 'down'): Webhook {
  const level = { levelId: tierId(tier), name: tier, levelMoveUp: move === 'up', levelMoveDown: move === 'down' };
  return webhook('CustomerLevelChanged', member, { customer: identifiers(member), level });
}

/** `AvailablePointsAmountChanged`: a balance grew or shrank. It teaches whose wallet this is. */
export function pointsChanged(member: DemoMember, { type, points, balance, transfer }: PointsChange): Webhook {
  const transferId = uuidOf(`transfer ${member.email} ${transfer}`);
  const cause = { campaignId: uuidOf('campaign'), customerId: member.customerId, transactionId: uuidOf(transferId) };
  return webhook('AvailablePointsAmountChanged', member, {
    customer: identifiers(member),
    accountId: member.walletId,
    amount: balance,
    amountChange: points,
    amountChangeType: type,
    transferId,
    wallet: { walletId: member.walletId, walletType: WALLET_TYPE },
    actionCause: { ...cause, customEventId: null, internalEventName: null, performedAt: null },
  });
}

/** `PointsWillExpire`: a reminder that names a wallet and nobody. `expiresAtMs` is Unix time in ms. */
export function pointsExpiring(member: DemoMember, remainingUnits: number, expiresAtMs: number): Webhook {
  const data = { accountId: member.walletId, points: remainingUnits + 15, remainingUnits };
  return {
    ...webhook('PointsWillExpire', member, { ...data, pointsWillExpire: timeText(expiresAtMs) }),
    about: `a wallet of ${member.firstName}`,
  };
}

/** `LevelWillExpire`: a member is about to lose a tier. */
export function tierAboutToExpire(member: DemoMember, tier: Tier, future: Tier): Webhook {
  return webhook('LevelWillExpire', member, {
    customerId: member.customerId,
    customerEmail: member.email,
    customerPhone: member.phone,
    customerLoyaltyCardNumber: member.loyaltyCardNumber,
    customerFirstName: member.firstName,
    customerLastName: member.lastName,
    levelId: tierId(tier),
    levelName: tier,
    futureLevelId: tierId(future),
    futureLevelName: future,
  });
}

/** `BadgeWasGranted`: an event that Open Loyalty does not document and no mapping names. */
export function badgeGranted(member: DemoMember): Webhook {
  return webhook('BadgeWasGranted', member, { customer: identifiers(member), badge: { name: 'Early bird' } });
}

/** A time as Open Loyalty writes it. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}

const WALLET_TYPE: JsonObject = {
  walletTypeId: uuidOf('wallet type'),
  code: 'default',
  name: 'Points',
  unitSingularName: 'Point',
  unitPluralName: 'Points',
  active: true,
  isDefault: true,
  createdAt: '2025-01-01T00:00:00+00:00',
  limits: {},
  allowNegativeBalance: false,
};

function webhook(eventName: string, member: DemoMember, data: JsonObject): Webhook {
  return { eventName, data, about: member.firstName };
}

function identifiers({ customerId, email, phone, loyaltyCardNumber }: DemoMember): JsonObject {
  return { customerId, email, phone, loyaltyCardNumber };
}

function tierId(tier: Tier): string {
  return uuidOf(`tier ${tier}`);
}
