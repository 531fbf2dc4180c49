import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';

/** A coupon as version 3 wrote it: its end in Unix seconds. */
export function couponTimes(issuedCoupon: Json): JsonObject {
  const coupon = isJsonObject(issuedCoupon) ? issuedCoupon : {};
  const endsAtMs = Date.parse(String(coupon['activeTo']));
  return { coupon: coupon['code'] ?? null, couponExpiresAt: Math.floor(endsAtMs / 1000), couponStatus: 'active' };
}
