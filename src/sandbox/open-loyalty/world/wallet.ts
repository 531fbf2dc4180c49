import type { WalletType } from './programme.ts';

/** Why units moved: all null but the member when no campaign was involved. */
export interface ActionCause {
  readonly campaignId: string | null;
  readonly customerId: string | null;
  readonly transactionId: string | null;
  readonly customEventId: string | null;
  readonly internalEventName: string | null;
  readonly performedAtMs: number | null;
}

/** A row of the ledger. Source: UnitsTransferWasAdded. */
export type TransferType = 'adding' | 'spending' | 'p2p_adding' | 'p2p_spending' | 'expired';

/** One row of the ledger; a lot is one that added units. */
export interface Transfer {
  readonly transferId: string;
  readonly type: TransferType;
  readonly units: number;
  /** Of a lot, what is left; 0 of the others. */
  remaining: number;
  /** Of a lot: `pending` is locked, `spent` has nothing left. Others are `booked`. */
  state: 'pending' | 'active' | 'spent' | 'expired' | 'booked';
  readonly createdAtMs: number;
  /** Null = never. */
  readonly expiresAtMs: number | null;
  readonly lockedUntilMs: number | null;
  readonly comment: string;
  readonly cause: ActionCause | null;
  readonly externalTransferId: string | null;
  /** The lot that expired. */
  readonly relatedTransferId: string | null;
}

/** What a wallet holds and has held. */
export interface Account {
  readonly active: number;
  readonly locked: number;
  readonly earned: number;
  readonly spent: number;
  readonly expired: number;
  readonly transferred: number;
}

/** One member's units of one type: a ledger, and the lots that still hold something. */
export class Wallet {
  readonly walletId: string;
  readonly type: WalletType;
  readonly createdAtMs: number;
  readonly #transfers: Transfer[] = [];
  #lots: Transfer[] = [];
  #account: Account = { active: 0, locked: 0, earned: 0, spent: 0, expired: 0, transferred: 0 };

  constructor(walletId: string, type: WalletType, createdAtMs: number) {
    this.walletId = walletId;
    this.type = type;
    this.createdAtMs = createdAtMs;
  }

  get account(): Account {
    return this.#account;
  }

  /** The whole ledger, oldest first. */
  get transfers(): readonly Transfer[] {
    return this.#transfers;
  }

  /** Lots that are pending or active, the first to expire first. */
  get lots(): readonly Transfer[] {
    return this.#lots;
  }

  /** Books a lot: at once active, or pending until it is unlocked. */
  add(lot: Transfer): void {
    this.#transfers.push(lot);
    this.#lots.push(lot);
    this.#lots.sort((one, other) => expiry(one) - expiry(other));
    if (lot.state === 'pending') this.#change({ locked: lot.units });
    else this.#change({ active: lot.units, ...gained(lot) });
  }

  /** Takes units out of the lots that expire first. The caller has checked that there are as many. */
  take(booking: Transfer): void {
    let missing = booking.units;
    for (const lot of this.#lots) {
      if (lot.state !== 'active' || missing <= 0) continue;
      const taken = Math.min(lot.remaining, missing);
      lot.remaining = rounded(lot.remaining - taken);
      missing = rounded(missing - taken);
      if (lot.remaining === 0) lot.state = 'spent';
    }
    this.#forgetClosed();
    this.#transfers.push(booking);
    const kind = booking.type === 'p2p_spending' ? 'transferred' : 'spent';
    this.#change({ active: -booking.units, [kind]: booking.units });
  }

  /** Makes a pending lot active. */
  unlock(lot: Transfer): void {
    lot.state = 'active';
    this.#change({ active: lot.remaining, locked: -lot.remaining, ...gained(lot) });
  }

  /** Lets what is left of a lot expire, as the booking says. */
  expire(lot: Transfer, booking: Transfer): void {
    const from = lot.state === 'pending' ? 'locked' : 'active';
    lot.state = 'expired';
    lot.remaining = 0;
    this.#forgetClosed();
    this.#transfers.push(booking);
    this.#change({ [from]: -booking.units, expired: booking.units });
  }

  #forgetClosed(): void {
    this.#lots = this.#lots.filter(({ state }) => state === 'pending' || state === 'active');
  }

  #change(by: Partial<Account>): void {
    const sums = Object.entries(this.#account).map(([key, value]) => [
      key,
      rounded(value + (by[key as keyof Account] ?? 0)),
    ]);
    this.#account = Object.fromEntries(sums) as Account;
  }
}

/** Units as the API counts them: at most six decimals. Source: limits. */
export function rounded(units: number): number {
  return Math.round(units * 1e6) / 1e6;
}

function expiry({ expiresAtMs }: Transfer): number {
  return expiresAtMs ?? Number.MAX_SAFE_INTEGER;
}

function gained(lot: Transfer): Partial<Account> {
  return lot.type === 'p2p_adding' ? {} : { earned: lot.remaining };
}
