import type { ImportedFact } from '../../core/event.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { identifiersIn } from './identifiers.ts';
import { identifierAt, keyPath } from './json-path.ts';
import { present } from './remembers.ts';

/** Where a member in the API's list names her default wallet. */
export const ACCOUNT_ID = [keyPath('defaultAccount.accountId')];

/** What a tenant calls its default wallet; empty where the API does not say. */
export interface DefaultWallet {
  readonly code?: string;
  readonly name?: string;
}

/**
 * Whose default wallet is whose, as one member of the API's list says it; null when she has none, is anonymized, or has
 * no identifier. Fields: https://github.com/OpenLoyalty/api-docs, member list.
 */
export function seedFact(storeCode: string, member: Json, wallet: DefaultWallet | null): ImportedFact | null {
  if (isJsonObject(member) && member['anonymized'] === true) return null;
  const key = identifierAt(member, ACCOUNT_ID);
  const person = identifiersIn({ customer: member });
  if (key === null || person === null) return null;
  const named = wallet === null || Object.keys(wallet).length === 0 ? {} : { wallet: { ...wallet } };
  return { storeCode, kind: 'wallet', key, value: { ...present({ ...person }), ...named } };
}
