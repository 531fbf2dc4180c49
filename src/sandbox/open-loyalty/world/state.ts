import type { Chance } from '../random.ts';
import type { Member, Profile, Redemption } from './member.ts';
import type { Tenant } from './programme.ts';
import type { Wallet } from './wallet.ts';

/** One line of a purchase. */
export interface PurchaseItem {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly grossValue: number;
  readonly category: string;
  readonly maker: string;
}

/** A registered purchase or return. */
export interface Transaction {
  readonly transactionId: string;
  readonly storeCode: string;
  readonly documentNumber: string;
  readonly documentType: 'sell' | 'return';
  readonly linkedDocumentNumber: string | null;
  readonly purchasedAtMs: number;
  readonly items: readonly PurchaseItem[];
  readonly grossValue: number;
  /** Null when nobody was recognised. */
  readonly customerId: string | null;
  readonly pointsEarned: number;
  readonly unitsDeducted: number;
}

/** Everything the world knows; the verbs change it, and it answers who is who. */
export class WorldState {
  readonly chance: Chance;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly members = new Map<string, Member>();
  readonly wallets = new Map<string, { readonly wallet: Wallet; readonly member: Member }>();
  readonly transactions = new Map<string, Transaction>();
  readonly redemptions = new Map<string, Redemption>();
  readonly #byIdentifier = new Map<string, Member>();
  readonly #byReferralToken = new Map<string, Member>();
  readonly #byTenant = new Map<string, Member[]>();
  readonly #lively: Member[] = [];

  constructor(chance: Chance, tenants: readonly Tenant[]) {
    this.chance = chance;
    this.tenants = new Map(tenants.map((tenant) => [tenant.storeCode, tenant]));
  }

  /** Members of a tenant in the order they were registered. */
  membersOf(storeCode: string): readonly Member[] {
    return this.#byTenant.get(storeCode) ?? [];
  }

  /** Members that random activity may pick; some may have been deactivated since. */
  get lively(): readonly Member[] {
    return this.#lively;
  }

  enrol(member: Member): void {
    const { storeCode } = member.tenant;
    this.members.set(member.customerId, member);
    this.#byTenant.set(storeCode, this.#byTenant.get(storeCode) ?? []);
    this.#byTenant.get(storeCode)?.push(member);
    this.#byReferralToken.set(member.referralToken, member);
    for (const wallet of member.wallets) this.wallets.set(wallet.walletId, { wallet, member });
    for (const key of keysOf(storeCode, member.profile)) this.#byIdentifier.set(key, member);
    if (!member.silent) this.#lively.push(member);
  }

  /** Changes what a member says of herself, and by which identifiers she is found. */
  rewrite(member: Member, profile: Profile, nowMs: number): void {
    const { storeCode } = member.tenant;
    for (const key of keysOf(storeCode, member.profile)) this.#byIdentifier.delete(key);
    for (const key of keysOf(storeCode, profile)) this.#byIdentifier.set(key, member);
    member.profile = profile;
    member.updatedAtMs = nowMs;
  }

  /** The member behind an id, `email=…`, `phone=…` or `loyaltyCardNumber=…`; null when there is none. */
  find(storeCode: string, identifier: string): Member | null {
    const [, kind, value] = /^(email|phone|loyaltyCardNumber)=(.*)$/s.exec(identifier) ?? [];
    if (kind !== undefined && value !== undefined) return this.#byIdentifier.get(keyOf(storeCode, kind, value)) ?? null;
    const member = this.members.get(identifier);
    return member?.tenant.storeCode === storeCode ? member : null;
  }

  /** The member whose token a friend used; null when there is none. */
  referrer(referralToken: string): Member | null {
    return this.#byReferralToken.get(referralToken) ?? null;
  }
}

function keysOf(storeCode: string, profile: Profile): readonly string[] {
  const { email, phone, loyaltyCardNumber } = profile;
  const identifiers = { email, phone, loyaltyCardNumber };
  return Object.entries(identifiers).flatMap(([kind, value]) =>
    value === null ? [] : [keyOf(storeCode, kind, value)],
  );
}

/** Card numbers are case-sensitive, the others are not. Source: limits. */
function keyOf(storeCode: string, kind: string, value: string): string {
  return `${storeCode} ${kind} ${kind === 'loyaltyCardNumber' ? value : value.toLowerCase()}`;
}
