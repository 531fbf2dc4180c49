import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/core/retry-policy.ts';
import type { SettledAttempt, Store } from '../../../src/ports/store.ts';
import { acceptRouted, attemptDraft, claim, deliveryDraft, failedAttempt, settledAttempt, T0 } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const DELIVERED: Decision = { kind: 'delivered' };
const RETRY: Decision = { kind: 'retry', dueAtMs: T0 + 5_000, retries: 1, code: 'DELIVERY_UNAVAILABLE' };
const DEAD: Decision = { kind: 'dead', code: 'DELIVERY_REJECTED', detail: 'it said no' };

const settled = (decision: Decision, over: Partial<SettledAttempt> = {}): SettledAttempt =>
  settledAttempt({ decision, ...over });

async function withClaim(open: OpenStore): Promise<Store> {
  const { store } = await open();
  await acceptRouted(store, 'm-1', [deliveryDraft(), deliveryDraft({ part: 1 })]);
  await claim(store);
  return store;
}

export function settlingConformance(open: OpenStore): void {
  describe('settling attempts', () => {
    it('ends a delivered one and keeps its attempt', async () => {
      const store = await withClaim(open);
      expect(await store.settleAttempts([settled(DELIVERED)])).toEqual(['applied']);
      const found = await store.delivery(1);
      expect(found).toMatchObject({ status: 'delivered', code: null, dueAtMs: null, attempts: 1 });
      expect(found?.attemptLog).toEqual([{ id: 1, claimNo: 1, ...attemptDraft() }]);
    });

    it('ends a dead one with its reason, and its lane goes on', async () => {
      const store = await withClaim(open);
      await store.settleAttempts([settled(DEAD, { attempt: failedAttempt({ verdict: 'rejected' }) })]);
      expect(await store.delivery(1)).toMatchObject({
        status: 'dead',
        code: 'DELIVERY_REJECTED',
        detail: 'it said no',
      });
      expect(await claim(store)).toMatchObject([{ id: 2 }]);
    });

    it('tries again later, and holds its lane meanwhile', async () => {
      const store = await withClaim(open);
      await store.settleAttempts([settled(RETRY, { attempt: failedAttempt() })]);
      expect(await store.delivery(1)).toMatchObject({ status: 'pending', code: 'DELIVERY_UNAVAILABLE', attempts: 1 });
      expect(await claim(store, { nowMs: T0 + 4_999 })).toEqual([]);
      const again = await claim(store, { nowMs: T0 + 5_000 });
      expect(again).toMatchObject([{ id: 1, claimNo: 2, retries: 1, attempts: 1, pendingSinceMs: T0 }]);
    });

    it('clears the reason of an earlier failure once it is delivered', async () => {
      const store = await withClaim(open);
      await store.settleAttempts([settled(RETRY, { attempt: failedAttempt() })]);
      await claim(store, { nowMs: T0 + 5_000 });
      await store.settleAttempts([settled(DELIVERED, { claimNo: 2 })]);
      expect(await store.delivery(1)).toMatchObject({ status: 'delivered', code: null, detail: null });
    });

    it('keeps the claim over quick tries: each leaves its row', async () => {
      const store = await withClaim(open);
      const quick = settled({ kind: 'keep' }, { attempt: failedAttempt() });
      expect(await store.settleAttempts([quick, quick, settled(DELIVERED)])).toEqual(['applied', 'applied', 'applied']);
      const found = await store.delivery(1);
      expect(found?.attemptLog.map(({ verdict }) => verdict)).toEqual(['transient', 'transient', 'delivered']);
    });

    it('gives a claim back without a trace when nothing was sent', async () => {
      const store = await withClaim(open);
      const release = settled({ kind: 'release', dueAtMs: T0 + 1_000 }, { attempt: null });
      expect(await store.settleAttempts([release])).toEqual(['applied']);
      const again = await claim(store, { nowMs: T0 + 1_000 });
      expect(again).toMatchObject([{ id: 1, claimNo: 2, attempts: 0, retries: 0 }]);
    });

    it('drops the decision of a stale claim, and keeps its attempt', async () => {
      const store = await withClaim(open);
      await store.settleAttempts([settled({ kind: 'release', dueAtMs: T0 }, { attempt: null })]);
      await claim(store);
      expect(await store.settleAttempts([settled(DEAD)])).toEqual(['stale']);
      expect(await store.delivery(1)).toMatchObject({ status: 'pending', attempts: 1, attemptLog: [{ claimNo: 1 }] });
      expect(await store.settleAttempts([settled(DELIVERED, { claimNo: 2 })])).toEqual(['applied']);
    });

    it('drops a decision after the delivery is final or its claim was given back', async () => {
      const store = await withClaim(open);
      await store.settleAttempts([settled(RETRY, { attempt: failedAttempt() })]);
      expect(await store.settleAttempts([settled(DELIVERED)])).toEqual(['stale']);
      await claim(store, { nowMs: T0 + 5_000 });
      await store.settleAttempts([settled(DELIVERED, { claimNo: 2 })]);
      expect(await store.settleAttempts([settled(DEAD, { claimNo: 2 })])).toEqual(['stale']);
      expect(await store.delivery(1)).toMatchObject({ status: 'delivered', attempts: 4 });
    });

    it('answers stale for a delivery that is not there', async () => {
      const store = await withClaim(open);
      expect(await store.settleAttempts([settled(DELIVERED, { deliveryId: 99 }), settled(DELIVERED)])).toEqual([
        'stale',
        'applied',
      ]);
    });

    it('keeps how many its next call may carry', async () => {
      const store = await withClaim(open);
      await store.settleAttempts([settled(RETRY, { attempt: failedAttempt(), shareLimit: 25 })]);
      expect(await claim(store, { nowMs: T0 + 5_000 })).toMatchObject([{ id: 1, shareLimit: 25 }]);
      expect(await store.expiredClaims(T0, 9, true)).toMatchObject([{ id: 1, shareLimit: 25 }]);
      const release = { kind: 'release', dueAtMs: T0 } as const;
      await store.settleAttempts([settled(release, { claimNo: 2, attempt: null, shareLimit: 1 })]);
      expect(await claim(store)).toMatchObject([{ id: 1, shareLimit: 1 }]);
      await store.settleAttempts([settled(release, { claimNo: 3, attempt: null, shareLimit: null })]);
      expect(await claim(store)).toMatchObject([{ id: 1, shareLimit: null }]);
    });

    it('drops the share limit of a stale claim', async () => {
      const store = await withClaim(open);
      await store.settleAttempts([settled({ kind: 'release', dueAtMs: T0 }, { attempt: null })]);
      await store.settleAttempts([settled(RETRY, { attempt: failedAttempt(), shareLimit: 25 })]);
      expect(await claim(store)).toMatchObject([{ id: 1, shareLimit: null }]);
    });

    it('burns no retry where the credentials are at fault', async () => {
      const store = await withClaim(open);
      const attempt = failedAttempt({ verdict: 'unauthorized', code: 'DELIVERY_UNAUTHORIZED' });
      const decision = { kind: 'retry', dueAtMs: T0, retries: 0, code: 'DELIVERY_UNAUTHORIZED' } as const;
      await store.settleAttempts([settled(decision, { attempt })]);
      expect(await store.stats(T0)).toMatchObject({ attempts: { unauthorized: 1 } });
      expect(await claim(store)).toMatchObject([{ id: 1, retries: 0, attempts: 1 }]);
    });

    it('keeps everything known of a failed try', async () => {
      const store = await withClaim(open);
      const attempt = failedAttempt({ verdict: 'ambiguous', code: 'DELIVERY_TIMEOUT', retryAfterMs: 2_000 });
      await store.settleAttempts([settled(RETRY, { attempt })]);
      expect((await store.delivery(1))?.attemptLog).toEqual([{ id: 1, claimNo: 1, ...attempt }]);
    });

    it('keeps the totals', async () => {
      const store = await withClaim(open);
      await store.settleAttempts([settled(RETRY, { attempt: failedAttempt() })]);
      await claim(store, { nowMs: T0 + 5_000 });
      await store.settleAttempts([settled(DELIVERED, { claimNo: 2, nowMs: T0 + 5_000 })]);
      expect(await store.stats(T0)).toEqual({
        received: 1,
        duplicates: 0,
        unmatched: 0,
        failed: 0,
        deliveries: { waiting: 0, pending: 1, delivered: 1, dead: 0, skipped: 0, shadowed: 0, canceled: 0 },
        retried: 1,
        attempts: { delivered: 1, rejected: 0, transient: 1, ambiguous: 0, unauthorized: 0 },
        unrouted: 0,
      });
    });

    it('counts by the hour: what happened before does not show, what is open does', async () => {
      const store = await withClaim(open);
      const later = T0 + 3_600_000;
      await store.settleAttempts([settled(DELIVERED, { nowMs: later })]);
      expect(await store.stats(later)).toMatchObject({ received: 0, deliveries: { delivered: 1, pending: 1 } });
      expect(await store.stats(later + 3_600_000)).toMatchObject({ deliveries: { delivered: 0, pending: 1 } });
    });
  });
}
