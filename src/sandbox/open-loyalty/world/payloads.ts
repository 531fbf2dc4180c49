import type { JsonObject } from '../../../core/json.ts';
import type { TimeZone } from '../zoned-time.ts';
import type { Coupon, Member } from './member.ts';
import type { WalletType } from './programme.ts';
import type { ActionCause, Wallet } from './wallet.ts';

/** The identifiers that most events carry: no names, consents or attributes. Source: WebhookCustomer. */
export function identifiers({ customerId, profile }: Member): JsonObject {
  const { email, phone, loyaltyCardNumber } = profile;
  return { customerId, email, phone, loyaltyCardNumber };
}

/** A time in the tenant's zone; null stays null. */
export function timeOf(zone: TimeZone, ms: number | null): string | null {
  return ms === null ? null : zone.text(ms);
}

/** Source: WalletType. */
export function walletTypePayload(type: WalletType, zone: TimeZone): JsonObject {
  const { walletTypeId, code, name, unitSingularName, unitPluralName, isDefault, createdAtMs } = type;
  return {
    name,
    walletTypeId,
    code,
    unitSingularName,
    unitPluralName,
    active: true,
    isDefault,
    createdAt: zone.text(createdAtMs),
    limits: {},
    allowNegativeBalance: false,
  };
}

/** The wallet of an event. */
export function walletPayload({ walletId, type }: Wallet, zone: TimeZone): JsonObject {
  return { walletId, walletType: walletTypePayload(type, zone) };
}

/** Source: ActionCause; null when nothing but a person caused it. */
export function causePayload(cause: ActionCause | null, zone: TimeZone): JsonObject | null {
  if (cause === null) return null;
  const { performedAtMs, ...ids } = cause;
  return { ...ids, performedAt: timeOf(zone, performedAtMs) };
}

/** A coupon's fields that all events share. */
export function couponPayload({ code, value, activeFromMs, activeToMs, usedAtMs }: Coupon, zone: TimeZone) {
  return {
    code,
    value,
    activeFrom: zone.text(activeFromMs),
    activeTo: zone.text(activeToMs),
    usedAt: timeOf(zone, usedAtMs),
  };
}

/** A member's address; null when there is none. */
export function addressPayload({ profile: { address } }: Member): JsonObject | null {
  return address === null ? null : { ...address, address2: null };
}
