import type { Json } from '../../../core/json.ts';
import { memberEvent, type WorldEvent } from './event.ts';
import { type Member, walletOf } from './member.ts';
import { causePayload, identifiers, timeOf, walletPayload } from './payloads.ts';
import type { WorldState } from './state.ts';
import { countTowardsTier } from './tiers.ts';
import { type ActionCause, rounded, type Transfer, type TransferType, type Wallet } from './wallet.ts';
import { WorldError } from './world-error.ts';

/** Units to book. */
export interface Booking {
  readonly units: number;
  /** Default: the default wallet. */
  readonly walletCode?: string;
  readonly comment?: string;
  readonly cause?: ActionCause | null;
  readonly externalTransferId?: string;
}

/** Units to add. */
export interface Earning extends Booking {
  /** Default: what the wallet type says. */
  readonly expiresInDays?: number;
  /** The units stay pending for as many days. */
  readonly lockedDays?: number;
}

/** Adds units: a lot, the new balance unless it is pending, and perhaps a promotion. Throws a WorldError. */
export function earnPoints(state: WorldState, member: Member, earning: Earning, nowMs: number): readonly WorldEvent[] {
  const wallet = walletFor(member, earning);
  const { lockedDays = 0, expiresInDays = wallet.type.expiresAfterDays } = earning;
  const { zone } = member.tenant;
  const lockedUntilMs = lockedDays > 0 ? zone.endOfDay(nowMs, lockedDays) : null;
  const lot: Transfer = {
    ...transferOf(state, 'adding', earning, nowMs),
    remaining: rounded(earning.units),
    state: lockedUntilMs === null ? 'active' : 'pending',
    expiresAtMs: expiresInDays === null ? null : zone.endOfDay(nowMs, expiresInDays + lockedDays),
    lockedUntilMs,
  };
  wallet.add(lot);
  const added = transferAdded(member, wallet, lot, nowMs);
  return lockedUntilMs === null ? [added, ...available(member, wallet, lot, nowMs)] : [added];
}

/** Takes units. Throws a WorldError when there are not as many. */
export function spendPoints(state: WorldState, member: Member, booking: Booking, nowMs: number): readonly WorldEvent[] {
  return take(state, member, { ...booking, type: 'spending' }, nowMs);
}

/** Gives units to another member: two balances change. The receiver's lot expires as one newly earned. Throws a WorldError. */
export function transferPoints(
  state: WorldState,
  { from, to, units }: { readonly from: Member; readonly to: Member; readonly units: number },
  nowMs: number,
): readonly WorldEvent[] {
  if (from === to || from.tenant !== to.tenant)
    throw new WorldError('receiver', 'The receiver must be another member.');
  const taken = take(state, from, { units, type: 'p2p_spending' }, nowMs);
  const wallet = walletOf(to);
  const days = wallet.type.expiresAfterDays;
  const lot: Transfer = {
    ...transferOf(state, 'p2p_adding', { units }, nowMs),
    remaining: rounded(units),
    state: 'active',
    expiresAtMs: days === null ? null : to.tenant.zone.endOfDay(nowMs, days),
  };
  wallet.add(lot);
  return [
    ...taken,
    transferAdded(to, wallet, lot, nowMs),
    balanceChanged(to, wallet, { transfer: lot, change: 'p2p_add', nowMs }),
  ];
}

/** Makes a pending lot active: only the balance is told. */
export function unlockLot(member: Member, wallet: Wallet, lot: Transfer, nowMs: number): readonly WorldEvent[] {
  wallet.unlock(lot);
  return available(member, wallet, lot, nowMs);
}

/** Lets what is left of a lot expire: a transfer of type `expired` and the new balance. */
export function expireLot(
  state: WorldState,
  { member, wallet, lot }: { readonly member: Member; readonly wallet: Wallet; readonly lot: Transfer },
  nowMs: number,
): readonly WorldEvent[] {
  const wasActive = lot.state === 'active';
  const left = { units: lot.remaining, comment: 'Units expired' };
  const booking = { ...transferOf(state, 'expired', left, nowMs), relatedTransferId: lot.transferId };
  wallet.expire(lot, booking);
  const added = transferAdded(member, wallet, booking, nowMs);
  if (!wasActive) return [added];
  return [added, balanceChanged(member, wallet, { transfer: booking, change: 'subtract', nowMs })];
}

function take(
  state: WorldState,
  member: Member,
  booking: Booking & { readonly type: TransferType },
  nowMs: number,
): readonly WorldEvent[] {
  const wallet = walletFor(member, booking);
  if (wallet.account.active < booking.units) throw new WorldError('points', 'Not enough points.');
  const transfer = transferOf(state, booking.type, booking, nowMs);
  wallet.take(transfer);
  const change = booking.type === 'spending' ? 'subtract' : 'p2p_subtract';
  return [transferAdded(member, wallet, transfer, nowMs), balanceChanged(member, wallet, { transfer, change, nowMs })];
}

/** Units become available: the balance, and the tier if they are of the default wallet. */
function available(member: Member, wallet: Wallet, lot: Transfer, nowMs: number): readonly WorldEvent[] {
  const changed = balanceChanged(member, wallet, { transfer: lot, change: 'add', nowMs });
  return wallet.type.isDefault ? [changed, ...countTowardsTier(member, lot.units, nowMs)] : [changed];
}

function walletFor(member: Member, { units, walletCode }: Booking): Wallet {
  if (!Number.isFinite(units) || units <= 0) throw new WorldError('points', 'This value should be positive.');
  if (walletCode !== undefined && !member.wallets.some(({ type }) => type.code === walletCode)) {
    throw new WorldError('walletCode', 'This wallet does not exist.');
  }
  return walletOf(member, walletCode);
}

function transferOf(state: WorldState, type: TransferType, booking: Booking, nowMs: number): Transfer {
  return {
    transferId: state.chance.uuid(),
    type,
    units: rounded(booking.units),
    remaining: 0,
    state: 'booked',
    createdAtMs: nowMs,
    expiresAtMs: null,
    lockedUntilMs: null,
    comment: booking.comment ?? '',
    cause: booking.cause ?? null,
    externalTransferId: booking.externalTransferId ?? null,
    relatedTransferId: null,
  };
}

function transferAdded(member: Member, wallet: Wallet, transfer: Transfer, nowMs: number): WorldEvent {
  const { zone } = member.tenant;
  return memberEvent('UnitsTransferWasAdded', member, nowMs, {
    member: identifiers(member),
    wallet: walletPayload(wallet, zone),
    createdAt: zone.text(transfer.createdAtMs),
    expiresAt: timeOf(zone, transfer.expiresAtMs),
    units: transfer.units,
    comment: transfer.comment,
    type: transfer.type,
    pending: transfer.state === 'pending',
    lockedUntil: timeOf(zone, transfer.lockedUntilMs),
    transferId: transfer.transferId,
    relatedTransferId: transfer.relatedTransferId,
    actionCause: causePayload(transfer.cause, zone),
  });
}

/** The kinds of version 3, as version 5 does not list its own; the change is never negative: its sign is in its kind. */
type BalanceChange = 'add' | 'p2p_add' | 'subtract' | 'p2p_subtract';

function balanceChanged(
  member: Member,
  wallet: Wallet,
  { transfer, change, nowMs }: { readonly transfer: Transfer; readonly change: BalanceChange; readonly nowMs: number },
): WorldEvent {
  const { zone } = member.tenant;
  const data: Json = {
    customer: identifiers(member),
    accountId: wallet.walletId,
    amount: wallet.account.active,
    amountChange: transfer.units,
    amountChangeType: change,
    transferId: transfer.transferId,
    wallet: walletPayload(wallet, zone),
    actionCause: causePayload(transfer.cause, zone),
  };
  return memberEvent('AvailablePointsAmountChanged', member, nowMs, data);
}
