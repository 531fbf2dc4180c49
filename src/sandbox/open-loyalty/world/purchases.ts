import type { JsonObject } from '../../../core/json.ts';
import { achievementProgress } from './achievements.ts';
import { applyCampaigns, type Occasion } from './campaigns.ts';
import { memberEvent, tenantEvent, type WorldEvent } from './event.ts';
import type { Member } from './member.ts';
import { addressPayload, identifiers } from './payloads.ts';
import { nextSerial, type Tenant } from './programme.ts';
import type { PurchaseItem, Transaction, WorldState } from './state.ts';
import { rounded } from './wallet.ts';
import { WorldError } from './world-error.ts';

/** A purchase, or goods brought back. */
export interface Purchase {
  readonly items: readonly PurchaseItem[];
  /** Default: the next of the tenant. */
  readonly documentNumber?: string;
  /** Default: now. */
  readonly purchasedAtMs?: number;
  /** The document of the purchase that this returns. */
  readonly returnOf?: string;
}

/** A member buys or returns something: campaigns and achievements follow. Throws a WorldError without items. */
export function purchase(state: WorldState, member: Member, bought: Purchase, nowMs: number): readonly WorldEvent[] {
  const before = member.shopping.count;
  const transaction = transactionOf(state, member.tenant, bought, nowMs);
  const shop = { ...transaction, customerId: member.customerId };
  const { transactionId, grossValue } = shop;
  const registered = transactionRegistered(member.tenant, shop, personOf(member), nowMs);
  const assigned = { transactionId, grossValue, customer: identifiers(member) };
  const events = [
    { ...registered, customerId: member.customerId },
    memberEvent('TransactionAssignedToCustomer', member, nowMs, assigned),
  ];
  addUp(member, shop);
  const referrer = before === 0 ? (state.members.get(member.referrerId ?? '') ?? null) : null;
  const effects = applyCampaigns(state, member, { ...occasionOf(member.tenant, shop, nowMs), referrer }, nowMs);
  state.transactions.set(transactionId, { ...shop, ...pointsIn(effects, member) });
  const deeds = shop.documentType === 'sell' ? countPurchase(state, member, shop, nowMs) : [];
  return [...events, ...effects, ...deeds];
}

/** Somebody unknown buys something: only the transaction is told, without any identifier. */
export function anonymousPurchase(
  state: WorldState,
  tenant: Tenant,
  bought: Purchase,
  nowMs: number,
): readonly WorldEvent[] {
  const transaction = transactionOf(state, tenant, bought, nowMs);
  state.transactions.set(transaction.transactionId, transaction);
  return [transactionRegistered(tenant, transaction, NOBODY, nowMs)];
}

const NOBODY: JsonObject = { email: null, name: null, nip: null, phone: null, loyaltyCardNumber: null, address: null };

function personOf(member: Member): JsonObject {
  const { email, phone, loyaltyCardNumber, firstName, lastName } = member.profile;
  const name = [firstName, lastName].filter((part) => part !== null).join(' ');
  return {
    email,
    name: name === '' ? null : name,
    nip: null,
    phone,
    loyaltyCardNumber,
    address: addressPayload(member),
  };
}

function transactionOf(state: WorldState, tenant: Tenant, bought: Purchase, nowMs: number): Transaction {
  if (bought.items.length === 0) throw new WorldError('items', 'This value should not be blank.');
  return {
    transactionId: state.chance.uuid(),
    storeCode: tenant.storeCode,
    documentNumber: bought.documentNumber ?? `${nextSerial(tenant)}`,
    documentType: bought.returnOf === undefined ? 'sell' : 'return',
    linkedDocumentNumber: bought.returnOf ?? null,
    purchasedAtMs: bought.purchasedAtMs ?? nowMs,
    items: bought.items,
    grossValue: rounded(bought.items.reduce((sum, { grossValue }) => sum + grossValue, 0)),
    customerId: null,
    pointsEarned: 0,
    unitsDeducted: 0,
  };
}

function transactionRegistered(tenant: Tenant, shop: Transaction, customerData: JsonObject, nowMs: number): WorldEvent {
  return tenantEvent('TransactionRegistered', tenant, nowMs, {
    transactionId: shop.transactionId,
    documentNumber: shop.documentNumber,
    purchasedAt: tenant.zone.text(shop.purchasedAtMs),
    documentType: shop.documentType,
    customerData,
    items: shop.items.map(({ sku, ...item }) => ({ sku: { code: sku }, ...item, labels: [] })),
    channelId: tenant.channelId,
  });
}

function addUp(member: Member, { documentType, grossValue, purchasedAtMs }: Transaction): void {
  const { shopping } = member;
  if (documentType === 'return') {
    const returnAmount = rounded(shopping.returnAmount + grossValue);
    member.shopping = { ...shopping, returnCount: shopping.returnCount + 1, returnAmount };
    return;
  }
  member.shopping = {
    ...shopping,
    count: shopping.count + 1,
    amount: rounded(shopping.amount + grossValue),
    firstAtMs: Math.min(shopping.firstAtMs ?? purchasedAtMs, purchasedAtMs),
    lastAtMs: Math.max(shopping.lastAtMs ?? purchasedAtMs, purchasedAtMs),
  };
}

function occasionOf({ zone }: Tenant, shop: Transaction, nowMs: number): Occasion {
  const { transactionId, purchasedAtMs, documentNumber, grossValue, documentType } = shop;
  const times = { createdAt: zone.text(nowMs), purchasedAt: zone.text(purchasedAtMs), documentNumber };
  const cause = { transactionId, performedAtMs: purchasedAtMs };
  const isReturn = documentType === 'return';
  return {
    triggerType: isReturn ? 'return_transaction' : 'transaction',
    trigger: isReturn ? {} : { triggerId: transactionId, ...times },
    cause,
    comment: `${isReturn ? 'Return' : 'Order'} ${documentNumber}`,
    grossValue,
  };
}

function countPurchase(state: WorldState, member: Member, shop: Transaction, nowMs: number): readonly WorldEvent[] {
  const { transactionId: triggerId, purchasedAtMs, documentNumber } = shop;
  const { zone } = member.tenant;
  const times = { createdAt: zone.text(nowMs), purchasedAt: zone.text(purchasedAtMs) };
  const deed = { type: 'transaction', trigger: { triggerId, ...times, documentNumber } } as const;
  return achievementProgress(state, member, deed, nowMs);
}

/** What the member's default wallet won or lost by these events. */
function pointsIn(events: readonly WorldEvent[], { customerId, wallets }: Member) {
  const walletId = wallets[0]?.walletId;
  const sums = { add: 0, subtract: 0 };
  for (const { name, data, customerId: about } of events) {
    if (name !== 'AvailablePointsAmountChanged' || about !== customerId) continue;
    const { accountId, amountChange, amountChangeType } = data as JsonObject;
    if (accountId === walletId) sums[amountChangeType === 'add' ? 'add' : 'subtract'] += Number(amountChange);
  }
  return { pointsEarned: sums.add, unitsDeducted: sums.subtract };
}
