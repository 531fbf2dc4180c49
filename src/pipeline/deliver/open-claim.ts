import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { SettledAttempt, Store } from '../../ports/store.ts';
import { type PersistTools, persist } from '../persist.ts';
import type { Policies } from './policies.ts';

/** A claimed delivery and how far its claim got. */
export interface OpenClaim {
  readonly delivery: ClaimedDelivery;
  readonly policies: Policies;
  /** When it came: what lingering counts from, in ms. */
  readonly sinceMs: number;
  /** Until when it is safely ours, in ms. */
  readonly safeUntilMs: number;
  /** Tries made in this claim. */
  tries: number;
  /** How many its next call may carry, itself included; null = as many as fit. */
  shareLimit: number | null;
}

/** What giving claims back needs. */
export interface GiveBackTools extends PersistTools {
  readonly store: Pick<Store, 'settleAttempts'>;
}

/** Gives claims back without an attempt: nothing was sent. They are due at once. */
export async function giveBack(
  claims: readonly { readonly delivery: ClaimedDelivery; readonly shareLimit: number | null }[],
  tools: GiveBackTools,
): Promise<void> {
  if (claims.length === 0) return;
  const nowMs = tools.clock.now();
  const decision = { kind: 'release', dueAtMs: nowMs } as const;
  const settled = claims.map(
    ({ delivery: { id, claimNo }, shareLimit }): SettledAttempt => ({
      deliveryId: id,
      claimNo,
      attempt: null,
      decision,
      shareLimit,
      nowMs,
    }),
  );
  await persist('released claims', () => tools.store.settleAttempts(settled), tools);
}
