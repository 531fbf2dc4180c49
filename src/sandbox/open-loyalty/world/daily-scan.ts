import type { JsonObject } from '../../../core/json.ts';
import { memberEvent, tenantEvent, type WorldEvent } from './event.ts';
import type { Member } from './member.ts';
import { couponPayload, identifiers } from './payloads.ts';
import { expireLot, unlockLot } from './points.ts';
import type { Segment, Tenant } from './programme.ts';
import type { WorldState } from './state.ts';
import { futureTier, tierRecalculation } from './tiers.ts';
import type { Transfer, Wallet } from './wallet.ts';

/** The local hour at which the jobs of the day run; the real one is unconfirmed. */
const SCAN_HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * The jobs of the day for every tenant whose local day has not been scanned yet: pending units become active, units
 * expire, tiers are recalculated, then reminders go out for what ends on the very day that lies as many days ahead as
 * the settings say. A day without a scan is a day without its reminders. Deactivated members are passed over.
 * Source: settings and jobs of the open-source version 3.
 */
export function dayPassed(state: WorldState, nowMs: number): readonly WorldEvent[] {
  return [...state.tenants.values()].flatMap((tenant) => {
    const today = tenant.zone.day(nowMs);
    if (tenant.lastScanDay !== null && tenant.lastScanDay >= today) return [];
    tenant.lastScanDay = today;
    const members = state.membersOf(tenant.storeCode).filter(({ active }) => active);
    const due = members.flatMap((member) => whatIsDue(state, member, nowMs));
    const ahead = windowsAhead(tenant, today);
    const reminders = members.flatMap((member) => remindersOf(member, ahead, nowMs));
    return [...due, ...reminders, ...recount(tenant, members, nowMs)];
  });
}

/** When the next scan of any tenant is due after a moment. */
export function nextScanAt(state: WorldState, afterMs: number): number {
  const scans = [...state.tenants.values()].map(({ zone }) => {
    const today = zone.startOfDay(zone.day(afterMs)) + SCAN_HOUR_MS;
    return today > afterMs ? today : zone.startOfDay(zone.day(afterMs) + 1) + SCAN_HOUR_MS;
  });
  return Math.min(...scans);
}

/** A local day: from its first moment to the first of the next. */
interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface WindowsAhead {
  readonly points: Window;
  readonly coupons: Window;
  readonly levels: Window;
}

function windowsAhead({ zone, settings }: Tenant, today: number): WindowsAhead {
  const day = (ahead: number) => ({
    fromMs: zone.startOfDay(today + ahead),
    untilMs: zone.startOfDay(today + ahead + 1),
  });
  return {
    points: day(settings.expirePointsNotificationDays),
    coupons: day(settings.expireCouponsNotificationDays),
    levels: day(settings.expireLevelsNotificationDays),
  };
}

function whatIsDue(state: WorldState, member: Member, nowMs: number): readonly WorldEvent[] {
  const events: WorldEvent[] = [];
  for (const wallet of member.wallets) events.push(...lotsDue(state, member, wallet, nowMs));
  const { nextRecalculationAtMs } = member.standing;
  if (nextRecalculationAtMs !== null && nextRecalculationAtMs <= nowMs)
    events.push(...tierRecalculation(member, nowMs));
  return events;
}

function lotsDue(state: WorldState, member: Member, wallet: Wallet, nowMs: number): readonly WorldEvent[] {
  const events: WorldEvent[] = [];
  for (const lot of wallet.lots) {
    if (lot.state === 'pending' && (lot.lockedUntilMs ?? 0) <= nowMs)
      events.push(...unlockLot(member, wallet, lot, nowMs));
    if (lot.expiresAtMs !== null && lot.expiresAtMs <= nowMs)
      events.push(...expireLot(state, { member, wallet, lot }, nowMs));
  }
  return events;
}

function remindersOf(member: Member, ahead: WindowsAhead, nowMs: number): readonly WorldEvent[] {
  const events: WorldEvent[] = [];
  for (const wallet of member.wallets) {
    for (const lot of wallet.lots) {
      if (lot.state === 'active' && isIn(ahead.points, lot.expiresAtMs))
        events.push(pointsWillExpire(member, wallet, lot, nowMs));
    }
  }
  for (const { coupon } of member.redemptions) {
    if (coupon === null || coupon.usedAtMs !== null || !isIn(ahead.coupons, coupon.activeToMs)) continue;
    const issuedCoupon = { valueType: 'money', ...couponPayload(coupon, member.tenant.zone) };
    events.push(memberEvent('CouponWillExpire', member, nowMs, { customer: identifiers(member), issuedCoupon }));
  }
  if (isIn(ahead.levels, member.standing.nextRecalculationAtMs)) events.push(levelWillExpire(member, nowMs));
  return events;
}

function isIn({ fromMs, untilMs }: Window, ms: number | null): boolean {
  return ms !== null && ms >= fromMs && ms < untilMs;
}

/** Source: PointsWillExpire: four fields, neither the member nor the wallet's type. */
function pointsWillExpire(member: Member, wallet: Wallet, lot: Transfer, nowMs: number): WorldEvent {
  return memberEvent('PointsWillExpire', member, nowMs, {
    accountId: wallet.walletId,
    points: lot.units,
    remainingUnits: lot.remaining,
    pointsWillExpire: member.tenant.zone.text(lot.expiresAtMs ?? nowMs),
  });
}

/** Sent before every recalculation, also to those who will keep their tier: then both levels are the same. */
function levelWillExpire(member: Member, nowMs: number): WorldEvent {
  const { profile, standing, customerId } = member;
  const future = futureTier(member);
  const data: JsonObject = {
    customerId,
    customerEmail: profile.email,
    customerPhone: profile.phone,
    customerLoyaltyCardNumber: profile.loyaltyCardNumber,
    customerFirstName: profile.firstName,
    customerLastName: profile.lastName,
    levelId: standing.tier.levelId,
    levelName: standing.tier.name,
    futureLevelId: future.levelId,
    futureLevelName: future.name,
  };
  return memberEvent('LevelWillExpire', member, nowMs, data);
}

function recount(tenant: Tenant, members: readonly Member[], nowMs: number): readonly WorldEvent[] {
  return tenant.segments.flatMap((segment) => {
    const newCount = members.filter(({ shopping }) => belongs(segment, shopping.lastAtMs, nowMs)).length;
    const { count: previousCount, segmentId, name } = segment;
    segment.count = newCount;
    if (newCount >= previousCount) return [];
    const data = { segment: { segmentId, segmentName: name, previousCount, newCount } };
    return [tenantEvent('SegmentMembershipDropped', tenant, nowMs, data)];
  });
}

function belongs({ withinDays }: Segment, lastAtMs: number | null, nowMs: number): boolean {
  return lastAtMs !== null && nowMs - lastAtMs <= withinDays * DAY_MS;
}
