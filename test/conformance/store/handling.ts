import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import {
  acceptRouted,
  claim,
  deliveryDraft,
  failedAttempt,
  idsOf,
  NEWEST,
  settledAttempt,
  T0,
  waitingDraft,
} from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const LATER = T0 + 60_000;
const RETRY = { kind: 'retry', dueAtMs: T0 + 3_600_000, retries: 1, code: 'DELIVERY_UNAVAILABLE' } as const;
const HELD = { kind: 'dead', code: 'DELIVERY_HELD', detail: 'No answer. Held for a person.' } as const;

/** Three in Ann's lane, one of Bob's. */
async function queued(open: OpenStore): Promise<Store> {
  const { store } = await open();
  const lane = [0, 1, 2].map((part) => deliveryDraft({ part }));
  await acceptRouted(store, 'm-1', [...lane, deliveryDraft({ part: 3, member: 'Germany/bob' })]);
  return store;
}

/** The same, with the first in retry for an hour. */
async function stuck(open: OpenStore): Promise<Store> {
  const store = await queued(open);
  await claim(store, { limit: 1 });
  await store.settleAttempts([settledAttempt({ decision: RETRY, attempt: failedAttempt() })]);
  return store;
}

/** One delivery that is held, and one behind it. */
async function held(open: OpenStore): Promise<Store> {
  const { store } = await open();
  await acceptRouted(store, 'm-1', [deliveryDraft(), deliveryDraft({ part: 1 })]);
  await claim(store);
  await store.settleAttempts([settledAttempt({ decision: HELD, attempt: failedAttempt({ verdict: 'ambiguous' }) })]);
  return store;
}

async function blocked(store: Store): Promise<readonly (readonly [number, number | null])[]> {
  const { items } = await store.deliveries({ status: 'pending' }, NEWEST);
  return items.map(({ id, blockedBy }) => [id, blockedBy] as const).reverse();
}

export function handlingConformance(open: OpenStore): void {
  describe('skipping by hand', () => {
    it('ends a head in retry for good, and its lane goes on', async () => {
      const store = await stuck(open);
      expect(await store.skipDeliveries([1], LATER)).toEqual(['applied']);
      expect(await store.delivery(1)).toMatchObject({
        status: 'skipped',
        reason: 'by_hand',
        dueAtMs: null,
        blockedBy: null,
        attempts: 1,
      });
      expect(await blocked(store)).toEqual([
        [2, null],
        [3, 2],
        [4, null],
      ]);
      expect(idsOf(await claim(store, { nowMs: T0 + 9_000_000 }))).toEqual([2, 4]);
    });

    it('takes one out of the middle, and leaves the head where it is', async () => {
      const store = await queued(open);
      expect(await store.skipDeliveries([2], LATER)).toEqual(['applied']);
      expect(await blocked(store)).toEqual([
        [1, null],
        [3, 1],
        [4, null],
      ]);
    });

    it('empties a lane, and the next delivery begins it anew', async () => {
      const store = await queued(open);
      expect(await store.skipDeliveries([3, 1, 2], LATER)).toEqual(['applied', 'applied', 'applied']);
      await acceptRouted(store, 'm-2', [deliveryDraft(), deliveryDraft({ part: 1 })]);
      expect(idsOf(await claim(store))).toEqual([4, 5]);
    });

    it('is counted, and found by its state', async () => {
      const store = await queued(open);
      await store.skipDeliveries([2, 4], LATER);
      expect((await store.stats(T0)).deliveries).toMatchObject({ pending: 2, skipped: 2 });
      expect((await store.deliveries({ status: 'skipped' }, NEWEST)).items.map(({ id }) => id)).toEqual([4, 2]);
    });

    it('is stale for what is in flight, waits, is final, or is not there', async () => {
      const { store } = await open();
      const dead = deliveryDraft({ mapping: 'dead', status: 'dead', code: 'TRANSFORM_ERROR', request: null });
      await acceptRouted(store, 'm-1', [deliveryDraft(), waitingDraft({ mapping: 'waits' }), dead]);
      await claim(store);
      expect(await store.skipDeliveries([1, 2, 3, 99], LATER)).toEqual(['stale', 'stale', 'stale', 'stale']);
      const { items } = await store.deliveries({}, NEWEST);
      expect(items.map(({ status }) => status)).toEqual(['dead', 'waiting', 'pending']);
    });

    it('is stale for a claim whose lease ended: its answer is still to be settled', async () => {
      const store = await queued(open);
      await claim(store, { limit: 1 });
      expect(await store.skipDeliveries([1], T0 + 99_000)).toEqual(['stale']);
    });

    it('is done once', async () => {
      const store = await queued(open);
      expect(await store.skipDeliveries([2, 2], LATER)).toEqual(['applied', 'stale']);
      expect(await store.skipDeliveries([2], LATER)).toEqual(['stale']);
      expect((await store.stats(T0)).deliveries).toMatchObject({ skipped: 1 });
    });

    it('keeps the late attempt of an old claim, and stays skipped', async () => {
      const store = await stuck(open);
      await store.skipDeliveries([1], LATER);
      expect(await store.settleAttempts([settledAttempt({ decision: { kind: 'delivered' } })])).toEqual(['stale']);
      expect(await store.delivery(1)).toMatchObject({ status: 'skipped', attempts: 2 });
    });

    it('does nothing with nothing', async () => {
      const { store } = await open();
      expect(await store.skipDeliveries([], T0)).toEqual([]);
      expect(await store.releaseDeliveries([], T0)).toEqual([]);
    });
  });

  describe('releasing by hand', () => {
    it('lets a head in retry go at once, and its lane without it', async () => {
      const store = await stuck(open);
      expect(await store.releaseDeliveries([1], LATER)).toEqual(['applied']);
      expect(await blocked(store)).toEqual([
        [1, null],
        [2, null],
        [3, 2],
        [4, null],
      ]);
      expect(await claim(store, { nowMs: LATER })).toMatchObject([
        { id: 2, claimNo: 1 },
        { id: 4, claimNo: 1 },
        { id: 1, claimNo: 2, retries: 1, attempts: 1, pendingSinceMs: T0 },
      ]);
    });

    it('lets one pass its head, which stays where it is', async () => {
      const store = await stuck(open);
      expect(await store.releaseDeliveries([2], LATER)).toEqual(['applied']);
      expect(await blocked(store)).toEqual([
        [1, null],
        [2, null],
        [3, 1],
        [4, null],
      ]);
      expect(idsOf(await claim(store, { nowMs: LATER }))).toEqual([4, 2]);
    });

    it('does not hold up the lane once more when it is settled', async () => {
      const store = await stuck(open);
      await store.releaseDeliveries([2], LATER);
      await claim(store, { nowMs: LATER });
      await store.settleAttempts([settledAttempt({ deliveryId: 2, decision: { kind: 'delivered' } })]);
      expect(await blocked(store)).toEqual([
        [1, null],
        [3, 1],
        [4, null],
      ]);
    });

    it('makes what is not due due, a laneless one too', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft({ ordered: false, dueAtMs: LATER })]);
      expect(await store.releaseDeliveries([1], T0)).toEqual(['applied']);
      expect(idsOf(await claim(store))).toEqual([1]);
    });

    it('sends one that is held once more, past its lane', async () => {
      const store = await held(open);
      expect(await claim(store)).toMatchObject([{ id: 2 }]);
      expect(await store.releaseDeliveries([1], LATER)).toEqual(['applied']);
      expect(await store.delivery(1)).toMatchObject({
        status: 'pending',
        blockedBy: null,
        dueAtMs: LATER,
        attempts: 1,
      });
      expect(await claim(store, { nowMs: LATER })).toMatchObject([
        { id: 1, claimNo: 2, attempts: 1, pendingSinceMs: LATER },
      ]);
      const again = settledAttempt({ claimNo: 2, decision: { kind: 'delivered' }, nowMs: LATER });
      expect(await store.settleAttempts([again])).toEqual(['applied']);
      expect(await store.delivery(1)).toMatchObject({ status: 'delivered', code: null, detail: null, attempts: 2 });
    });

    it('counts one that is held as open again', async () => {
      const store = await held(open);
      expect((await store.stats(T0)).deliveries).toMatchObject({ pending: 1, dead: 1 });
      await store.releaseDeliveries([1], LATER);
      expect((await store.stats(T0)).deliveries).toMatchObject({ pending: 2 });
      expect((await store.deliveries({ status: 'dead' }, NEWEST)).items).toEqual([]);
      expect((await store.deliveries({ status: 'pending' }, NEWEST)).items).toHaveLength(2);
      expect(await store.pendingDestinations()).toEqual(['bloomreach']);
    });

    it('is stale for what is in flight, waits, is final otherwise, or is not there', async () => {
      const { store } = await open();
      const dead = deliveryDraft({ mapping: 'dead', status: 'dead', code: 'TRANSFORM_ERROR', request: null });
      await acceptRouted(store, 'm-1', [deliveryDraft(), waitingDraft({ mapping: 'waits' }), dead]);
      await claim(store);
      expect(await store.releaseDeliveries([1, 2, 3, 99], LATER)).toEqual(['stale', 'stale', 'stale', 'stale']);
      expect(idsOf(await store.expiredClaims(T0, 9, true))).toEqual([1]);
    });

    it('outlives the process', async () => {
      const { store, reopen } = await open();
      if (!reopen) return;
      await acceptRouted(store, 'm-1', [deliveryDraft(), deliveryDraft({ part: 1 })]);
      await store.releaseDeliveries([1], T0);
      expect(await blocked(await reopen())).toEqual([
        [1, null],
        [2, null],
      ]);
    });
  });
}
