import type { Tenant, Tier } from './programme.ts';
import type { Wallet } from './wallet.ts';

/** A postal address, in the fields of the API. */
export interface Address {
  readonly street: string;
  readonly address1: string;
  readonly postal: string;
  readonly city: string;
  readonly province: string;
  readonly country: string;
}

/** A custom attribute. */
export interface Label {
  readonly key: string;
  readonly value: string;
}

/** What a member says of herself; what is not known is null. */
export interface Profile {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly loyaltyCardNumber: string | null;
  readonly gender: 'male' | 'female' | 'not_disclosed' | null;
  readonly birthDateMs: number | null;
  readonly address: Address | null;
  readonly labels: readonly Label[];
  readonly agreement1: boolean;
  readonly agreement2: boolean;
  readonly agreement3: boolean;
}

/** Where a member stands in the tier set: exactly one tier. */
export interface Standing {
  readonly tier: Tier;
  readonly sinceMs: number;
  /** Given by hand: recalculation leaves it alone. */
  readonly manually: boolean;
  /** Units of the default wallet earned since the last recalculation. */
  readonly units: number;
  /** Null while there is nothing to lose. */
  readonly nextRecalculationAtMs: number | null;
  readonly lastRecalculationAtMs: number | null;
  readonly lastPromotionAtMs: number | null;
  readonly lastDowngradeAtMs: number | null;
}

/** A member's purchases in sum. */
interface Shopping {
  readonly count: number;
  readonly amount: number;
  readonly returnCount: number;
  readonly returnAmount: number;
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
}

/** How far a member has come towards an achievement. */
export interface Progress {
  readonly completedCount: number;
  /** Counted in the current period. */
  readonly value: number;
  /** Periods completed in a row. */
  readonly streak: number;
  /** The week last counted in; null before the first. */
  readonly week: number | null;
}

/** A coupon that a member holds. */
export interface Coupon {
  readonly code: string;
  readonly value: number;
  readonly activeFromMs: number;
  readonly activeToMs: number;
  usedAtMs: number | null;
}

/** Where a reward stands. Source: the statuses of the REST API. */
export const REDEMPTION_STATUSES = [
  'issued',
  'pending',
  'approved',
  'packing',
  'awaiting_shipping',
  'shipped',
  'returned',
  'completed',
  'canceled',
  'rejected',
] as const;

/** Where a bought reward stands. */
export type RedemptionStatus = (typeof REDEMPTION_STATUSES)[number];

/** A reward that a member bought or was given. */
export interface Redemption {
  readonly issuedRewardId: string;
  readonly token: string;
  readonly rewardId: string;
  readonly rewardName: string;
  readonly rewardType: string;
  readonly costInPoints: number;
  readonly price: number;
  readonly member: Member;
  readonly redeemedAtMs: number;
  readonly coupon: Coupon | null;
  status: RedemptionStatus;
  comment: string;
  changedAtMs: number;
}

/** One member of one tenant. */
export interface Member {
  readonly customerId: string;
  readonly tenant: Tenant;
  readonly registeredAtMs: number;
  readonly referralToken: string;
  readonly referrerId: string | null;
  /** Never picked by random activity: only what happens by itself happens to her. */
  readonly silent: boolean;
  /** One per wallet type, the default first. */
  readonly wallets: readonly Wallet[];
  readonly achievements: Map<string, Progress>;
  readonly redemptions: Redemption[];
  profile: Profile;
  active: boolean;
  standing: Standing;
  shopping: Shopping;
  updatedAtMs: number;
}

/** The wallet of this type, by default that of the default type. Throws a RangeError for a code the tenant has not. */
export function walletOf(member: Member, code?: string): Wallet {
  const wallet = member.wallets.find(({ type }) => (code === undefined ? type.isDefault : type.code === code));
  if (wallet === undefined) throw new RangeError(`There is no wallet type ${code ?? 'by default'}.`);
  return wallet;
}
