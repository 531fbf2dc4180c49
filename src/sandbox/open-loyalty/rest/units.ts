import type { JsonObject } from '../../../core/json.ts';
import { type Member, walletOf } from '../world/member.ts';
import { causePayload, timeOf, walletTypePayload } from '../world/payloads.ts';
import type { Transfer, Wallet } from '../world/wallet.ts';
import { invalid, jsonAnswer, NOT_FOUND } from './answer.ts';
import { type Desk, type Handler, memberAt, numberIn, part, textIn } from './desk.ts';
import { listAnswer } from './list.ts';

/** `GET /member/{member}/wallet`: no wallet id, as in the OpenAPI. */
export const listWallets: Handler = (desk) => {
  const member = memberAt(desk);
  if (member === null) return NOT_FOUND;
  return listAnswer(desk.query, { items: member.wallets, view: (wallet) => walletView(member, wallet) });
};

/** `GET /wallet/{wallet}`: no owner, as in the OpenAPI. */
export const getWallet: Handler = ({ world, tenant, params }) => {
  const found = world.state.wallets.get(params[0] ?? '');
  if (found?.member.tenant !== tenant) return NOT_FOUND;
  return jsonAnswer(200, walletView(found.member, found.wallet));
};

/** `GET /points`: the tenant's ledger, oldest first. */
export const listTransfers: Handler = ({ world, tenant, query }) => {
  const only = query.get('member:id') ?? query.get('member:id[eq]');
  const members = only === null ? world.state.membersOf(tenant.storeCode) : [world.find(tenant.storeCode, only)];
  const items = members.flatMap((member) => (member === null ? [] : rowsOf(member)));
  items.sort((one, other) => one.transfer.createdAtMs - other.transfer.createdAtMs);
  return listAnswer(query, { items, view: transferView, searchable });
};

/** `POST /points/add`. */
export const addPoints: Handler = (desk) => {
  const transfer = part(desk, 'transfer');
  const expiresInDays = numberIn(transfer, 'expiresInDays');
  const lockedDays = numberIn(transfer, 'lockedUntilDays');
  return book(desk, (member, booking) =>
    desk.world.earnPoints(
      member,
      {
        ...booking,
        ...(expiresInDays === null ? {} : { expiresInDays }),
        ...(lockedDays === null ? {} : { lockedDays }),
      },
      desk.nowMs,
    ),
  );
};

/** `POST /points/spend`. */
export const spendPoints: Handler = (desk) => {
  return book(desk, (member, booking) => desk.world.spendPoints(member, booking, desk.nowMs));
};

type Book = (member: Member, booking: BookingInput) => ReturnType<Desk['world']['earnPoints']>;

interface BookingInput {
  readonly units: number;
  readonly comment: string;
  readonly walletCode?: string;
  readonly externalTransferId?: string;
}

function book(desk: Desk, verb: Book) {
  const transfer = part(desk, 'transfer');
  const member = desk.world.find(desk.tenant.storeCode, textIn(transfer, 'customer') ?? '');
  if (member === null) return invalid('customer', 'This customer does not exist.');
  const units = numberIn(transfer, 'points');
  if (units === null) return invalid('points', 'This value should not be blank.');
  const walletCode = textIn(transfer, 'walletCode');
  const externalTransferId = textIn(transfer, 'externalTransferId');
  const events = verb(member, {
    units,
    comment: textIn(transfer, 'comment') ?? '',
    ...(walletCode === null ? {} : { walletCode }),
    ...(externalTransferId === null ? {} : { externalTransferId }),
  });
  desk.emit(events);
  return jsonAnswer(200, { transferId: walletOf(member, walletCode ?? undefined).transfers.at(-1)?.transferId });
}

function walletView({ tenant }: Member, wallet: Wallet): JsonObject {
  const { earned, transferred, spent, active, locked, expired } = wallet.account;
  return {
    walletType: walletTypePayload(wallet.type, tenant.zone),
    createdAt: tenant.zone.text(wallet.createdAtMs),
    account: {
      earnedUnits: earned,
      transferredUnits: transferred,
      spentUnits: spent,
      activeUnits: active,
      lockedUnits: locked,
      blockedUnits: 0,
      expiredUnits: expired,
    },
    unitsLimitUsed: 0,
    unitsLimitRemaining: null,
  };
}

interface Row {
  readonly member: Member;
  readonly wallet: Wallet;
  readonly transfer: Transfer;
}

function rowsOf(member: Member): readonly Row[] {
  return member.wallets.flatMap((wallet) => wallet.transfers.map((transfer) => ({ member, wallet, transfer })));
}

function transferView({ member, wallet, transfer }: Row): JsonObject {
  const { zone, storeId } = member.tenant;
  return {
    transferId: transfer.transferId,
    type: transfer.type,
    accountId: wallet.walletId,
    value: transfer.units,
    comment: transfer.comment,
    cancelled: false,
    pending: transfer.state === 'pending',
    createdAt: zone.text(transfer.createdAtMs),
    expiresAt: timeOf(zone, transfer.expiresAtMs),
    lockedUntil: timeOf(zone, transfer.lockedUntilMs),
    externalTransferId: transfer.externalTransferId,
    actionCause: causePayload(transfer.cause, zone),
    storeId,
    walletType: walletTypePayload(wallet.type, zone),
  };
}

function searchable(row: Row): JsonObject {
  const { email, phone, loyaltyCardNumber } = row.member.profile;
  const member = { id: row.member.customerId, email, phoneNumber: phone, loyaltyCardNumber };
  return { ...transferView(row), walletId: row.wallet.walletId, member };
}
