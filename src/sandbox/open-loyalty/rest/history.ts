import type { JsonObject } from '../../../core/json.ts';
import { type Member, walletOf } from '../world/member.ts';
import type { Transfer, Wallet } from '../world/wallet.ts';
import { NOT_FOUND } from './answer.ts';
import { type Handler, memberAt } from './desk.ts';
import { listAnswer } from './list.ts';

/** `GET /member/{member}/history`: joining, and what the ledger tells; the other types of entries are not kept. */
export const listHistory: Handler = (desk) => {
  const member = memberAt(desk);
  if (member === null) return NOT_FOUND;
  const rows = member.wallets.flatMap((wallet) => wallet.transfers.map((transfer) => ({ wallet, transfer })));
  rows.sort((one, other) => one.transfer.createdAtMs - other.transfer.createdAtMs);
  const items = [joined(member), ...rows.map(({ wallet, transfer }) => entryOf(member, wallet, transfer))];
  return listAnswer(desk.query, { items, view: (entry) => entry });
};

const TYPES: Readonly<Record<Transfer['type'], string>> = {
  adding: 'PointsWereAdded',
  p2p_adding: 'PointsWereAdded',
  spending: 'PointsWereSpent',
  p2p_spending: 'PointsWereSpent',
  expired: 'PointsWereExpired',
};

function joined(member: Member): JsonObject {
  const createdAt = member.tenant.zone.text(member.registeredAtMs);
  const { customerId } = member;
  return {
    customerId,
    type: 'CustomerWasRegistered',
    accountId: walletOf(member).walletId,
    createdAt,
    flatVariables: {},
  };
}

function entryOf({ customerId, tenant }: Member, wallet: Wallet, transfer: Transfer): JsonObject {
  const { walletId, type } = wallet;
  return {
    customerId,
    type: transfer.state === 'pending' ? 'PendingPointsWereAdded' : TYPES[transfer.type],
    accountId: walletId,
    createdAt: tenant.zone.text(transfer.createdAtMs),
    flatVariables: {
      points: transfer.units,
      comment: transfer.comment,
      transferId: transfer.transferId,
      walletId,
      walletTypeCode: type.code,
      walletTypeName: type.name,
      walletUnitSingularName: type.unitSingularName,
      walletUnitPluralName: type.unitPluralName,
      activePoints: wallet.account.active,
    },
  };
}
