import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { WorldEvent } from '../world/event.ts';
import type { Member } from '../world/member.ts';

/** Reminders that travel together, and how many in one body. Source: version 3: coupons are not cut into pieces. */
const TOGETHER: Readonly<Record<string, number>> = {
  PointsWillExpire: 1000,
  LevelWillExpire: 1000,
  CouponWillExpire: Number.POSITIVE_INFINITY,
};

/** How many events of this name one legacy body holds: one, unless they are reminders. */
export function legacyBatchSize(eventName: string): number {
  return TOGETHER[eventName] ?? 1;
}

/** How a legacy body looks up what the event itself does not say. */
export type MemberLookup = (customerId: string | null) => Member | null;

/**
 * A body as before there were subscriptions: `type` and `data`, nothing else. Names and fields are those of version 3
 * where it had the event; that version 5 writes the same byte for byte is inferred. An event that version 3 did not
 * know keeps its name and data.
 */
export function legacyBody(events: readonly WorldEvent[], memberOf: MemberLookup): JsonObject {
  const [first] = events;
  if (first === undefined) throw new RangeError('A body holds at least one event.');
  const { type, data } = translate(first, memberOf);
  if (TOGETHER[first.name] === undefined) return { type, data };
  return { type, data: events.map((event) => translate(event, memberOf).data) };
}

interface Translated {
  readonly type: string;
  readonly data: Json;
}

type Translate = (data: JsonObject, member: Member | null) => Translated;

const TRANSLATIONS: Readonly<Record<string, Translate>> = {
  AvailablePointsAmountChanged: (data) => ({
    type: 'account.available_points_amount_changed',
    data: {
      customerId: idIn(data),
      amount: data['amount'] ?? null,
      amount_change: data['amountChange'] ?? null,
      amount_change_type: data['amountChangeType'] ?? null,
    },
  }),
  CustomerLevelChanged: levelChanged,
  TransactionAssignedToCustomer: (data) => ({
    type: 'transaction.assigned_to_customer',
    data: { transactionId: data['transactionId'] ?? null, customerId: idIn(data) },
  }),
  PointsWillExpire: (data, member) => ({
    type: 'account.expiring_points_notification',
    data: {
      ...personOf(member),
      customerFirstName: member?.profile.firstName ?? null,
      customerLastName: member?.profile.lastName ?? null,
      points: data['remainingUnits'] ?? null,
      pointsWillExpire: data['pointsWillExpire'] ?? null,
    },
  }),
  LevelWillExpire: (data) => ({ type: 'account.expiring_level_notification', data }),
  CouponWillExpire: (data, member) => ({
    type: 'campaign.coupon_expiration',
    data: { ...personOf(member), ...couponTimes(data['issuedCoupon'] ?? null) },
  }),
  CustomerRegistered: (data) => ({ type: 'customer.registered', data }),
  CustomerUpdated: (data) => ({ type: 'customer.updated', data: { customerId: idIn(data) } }),
  CustomerDeactivated: (data) => ({ type: 'customer.deactivated', data: { customerId: idIn(data) } }),
  TransactionRegistered: (data) => ({ type: 'transaction.registered', data }),
};

function translate({ name, data, customerId }: WorldEvent, memberOf: MemberLookup): Translated {
  const known = TRANSLATIONS[name];
  return known && isJsonObject(data) ? known(data, memberOf(customerId)) : { type: name, data };
}

/** A change by hand has a name of its own and no direction; version 5 does not tell the two apart, so a move counts as automatic. */
function levelChanged(data: JsonObject): Translated {
  const level = isJsonObject(data['level']) ? data['level'] : {};
  const own = { customerId: idIn(data), levelId: level['levelId'] ?? null, levelName: level['name'] ?? null };
  const up = level['levelMoveUp'] === true;
  if (!up && level['levelMoveDown'] !== true) return { type: 'customer.level_changed', data: own };
  return { type: 'customer.level_changed_automatically', data: { ...own, levelMove: up ? 'up' : 'down' } };
}

function idIn(data: JsonObject): Json {
  return isJsonObject(data['customer']) ? (data['customer']['customerId'] ?? null) : null;
}

function personOf(member: Member | null): JsonObject {
  return {
    customerId: member?.customerId ?? null,
    customerEmail: member?.profile.email ?? null,
    customerPhone: member?.profile.phone ?? null,
    customerLoyaltyCardNumber: member?.profile.loyaltyCardNumber ?? null,
  };
}

/** A coupon as version 3 wrote it: its end in Unix seconds. */
function couponTimes(issuedCoupon: Json): JsonObject {
  const coupon = isJsonObject(issuedCoupon) ? issuedCoupon : {};
  const endsAtMs = Date.parse(String(coupon['activeTo']));
  return { coupon: coupon['code'] ?? null, couponExpiresAt: Math.floor(endsAtMs / 1000), couponStatus: 'active' };
}
