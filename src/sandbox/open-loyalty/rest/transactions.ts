import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { PurchaseItem, Transaction } from '../world/state.ts';
import { invalid, jsonAnswer, NOT_FOUND } from './answer.ts';
import { type Desk, type Handler, numberIn, part, textIn } from './desk.ts';

/** `GET /transaction/{transaction}`. */
export const getTransaction: Handler = ({ world, tenant, params }) => {
  const transaction = world.state.transactions.get(params[0] ?? '');
  if (transaction?.storeCode !== tenant.storeCode) return NOT_FOUND;
  return jsonAnswer(200, transactionView(transaction, tenant));
};

/** `POST /transaction`: matched to whomever `customerData` names, else nobody's. */
export const createTransaction: Handler = (desk) => {
  const transaction = part(desk, 'transaction');
  const header = isJsonObject(transaction['header']) ? transaction['header'] : {};
  const items = Array.isArray(transaction['items']) ? (transaction['items'] as readonly Json[]).map(itemIn) : [];
  if (items.length === 0 || items.includes(null)) return invalid('items', 'This value is not valid.');
  const purchasedAtMs = Date.parse(textIn(header, 'purchasedAt') ?? '');
  const documentNumber = textIn(header, 'documentNumber');
  const isReturn = textIn(header, 'documentType') === 'return';
  const bought = {
    items: items.flatMap((item) => item ?? []),
    ...(documentNumber === null ? {} : { documentNumber }),
    ...(Number.isNaN(purchasedAtMs) ? {} : { purchasedAtMs }),
    ...(isReturn ? { returnOf: textIn(header, 'linkedDocumentNumber') ?? '' } : {}),
  };
  const { world, tenant, nowMs } = desk;
  const member = buyerOf(desk, isJsonObject(transaction['customerData']) ? transaction['customerData'] : {});
  desk.emit(member === null ? world.anonymousPurchase(tenant, bought, nowMs) : world.purchase(member, bought, nowMs));
  return jsonAnswer(200, { transactionId: [...world.state.transactions.keys()].at(-1) });
};

function buyerOf({ world, tenant }: Desk, customerData: JsonObject) {
  const identifiers = ['customerId', 'loyaltyCardNumber', 'email', 'phone'] as const;
  for (const name of identifiers) {
    const value = textIn(customerData, name);
    const member =
      value === null ? null : world.find(tenant.storeCode, name === 'customerId' ? value : `${name}=${value}`);
    if (member !== null) return member;
  }
  return null;
}

function itemIn(item: Json): PurchaseItem | null {
  if (!isJsonObject(item)) return null;
  const [sku, name, category] = ['sku', 'name', 'category'].map((key) => textIn(item, key));
  const grossValue = numberIn(item, 'grossValue');
  if (!sku || !name || !category || grossValue === null) return null;
  return {
    sku,
    name,
    category,
    grossValue,
    quantity: numberIn(item, 'quantity') ?? 1,
    maker: textIn(item, 'maker') ?? '',
  };
}

function transactionView(transaction: Transaction, { zone, currency, channelId, name }: Desk['tenant']): JsonObject {
  const { documentNumber, documentType, linkedDocumentNumber, purchasedAtMs, items } = transaction;
  return {
    transactionId: transaction.transactionId,
    grossValue: transaction.grossValue,
    customerId: transaction.customerId,
    header: { documentNumber, documentType, linkedDocumentNumber, purchasedAt: zone.text(purchasedAtMs), labels: [] },
    items: items.map((item) => ({ ...item, highPrecisionQuantity: item.quantity, labels: [] })),
    matched: transaction.customerId !== null,
    currency,
    pointsEarned: Math.round(transaction.pointsEarned),
    unitsDeducted: Math.round(transaction.unitsDeducted),
    channelId,
    channelName: name,
    assignedToCustomerAt: transaction.customerId === null ? null : zone.text(purchasedAtMs),
  };
}
