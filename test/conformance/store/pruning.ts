import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import {
  acceptOne,
  acceptRouted,
  claim,
  deliveryDraft,
  eventDraft,
  idsOf,
  NEWEST,
  T0,
  waitingDraft,
} from './drafts.ts';
import type { OpenStore } from './opened-store.ts';
import { finishAll, redelivery } from './redelivering.ts';

/** One sweep over everything before a time. */
async function sweep(store: Store, beforeMs: number, limit = 2): Promise<number> {
  let pruned = 0;
  for (let after: number | null = 0; after !== null; ) {
    const step = await store.prune({ beforeMs, after, limit });
    pruned += step.events;
    after = step.next;
  }
  for (let part = 0; await store.tidy(part); part++);
  return pruned;
}

const eventIds = async (store: Store) => (await store.events({}, NEWEST)).items.map(({ id }) => id).reverse();

export function pruningConformance(open: OpenStore): void {
  describe('pruning', () => {
    it('deletes old events with all that was made of them; totals stay', async () => {
      const { store } = await open();
      for (const id of ['m-1', 'm-2', 'm-3']) await acceptRouted(store, id, [deliveryDraft()]);
      await acceptRouted(store, 'm-4', [deliveryDraft()], { receivedAtMs: T0 + 10 });
      await finishAll(store, { kind: 'delivered' });
      const stats = await store.stats(0);
      expect(await sweep(store, T0 + 10)).toBe(3);
      expect(await eventIds(store)).toEqual([4]);
      expect((await store.deliveries({ status: 'delivered' }, NEWEST)).items).toMatchObject([{ id: 4 }]);
      expect(await store.delivery(1)).toBeNull();
      expect(await store.stats(0)).toEqual(stats);
    });

    it('keeps what is open, still to be routed, waiting, or in flight', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await acceptRouted(store, 'm-2', [waitingDraft()]);
      await acceptOne(store, eventDraft('m-3'));
      await acceptRouted(store, 'm-4', [deliveryDraft({ ordered: false })]);
      await claim(store);
      expect(await sweep(store, T0 + 99)).toBe(0);
      expect(await eventIds(store)).toEqual([1, 2, 3, 4]);
    });

    it('keeps what an unfinished replay has still to do, paused or not', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await acceptRouted(store, 'm-2', [deliveryDraft({ mapping: 'b' })]);
      await acceptRouted(store, 'm-3', [deliveryDraft()]);
      await finishAll(store, { kind: 'dead', code: 'DELIVERY_REJECTED', detail: 'it said no' });
      const { id } = await redelivery(store, {
        kind: 'delivery-filter',
        filter: { status: 'dead', mapping: 'tier-change' },
      });
      await store.changeReplay(id, 'pause', T0);
      expect(await sweep(store, T0 + 99)).toBe(1);
      expect(await eventIds(store)).toEqual([1, 3]);
      await store.changeReplay(id, 'resume', T0);
      await store.redeliverStep(id, 1, T0);
      await finishAll(store, { kind: 'delivered' });
      expect(await sweep(store, T0 + 99)).toBe(1);
      expect(await eventIds(store)).toEqual([3]);
      await store.changeReplay(id, 'cancel', T0);
      expect(await sweep(store, T0 + 99)).toBe(1);
    });

    it('knows a repeat no more, and gives no key twice', async () => {
      const { store, reopen } = await open();
      await acceptRouted(store, 'm-1', []);
      await sweep(store, T0 + 1);
      const later = (await reopen?.()) ?? store;
      const [again] = await later.accept([eventDraft('m-1')], []);
      expect(again).toMatchObject({ ok: true, duplicate: false, eventId: 2 });
    });

    it('gives no key twice, though it went before any was given out since the start', async () => {
      const { store, reopen } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft({ status: 'shadowed' })]);
      const later = (await reopen?.()) ?? store;
      await sweep(later, T0 + 1);
      const id = await acceptRouted(later, 'm-2', [deliveryDraft()]);
      expect([id, idsOf(await claim(later))]).toEqual([2, [2]]);
    });

    it('finds old events behind newer ones', async () => {
      const { store } = await open();
      for (const [index, at] of [50, 10, 50, 10].entries()) {
        await acceptRouted(store, `m-${index}`, [], { receivedAtMs: T0 + at });
      }
      expect(await sweep(store, T0 + 50, 1)).toBe(2);
      expect(await eventIds(store)).toEqual([1, 3]);
    });

    it('says how many pages are left to give back', async () => {
      const { store } = await open();
      expect(await store.compact(10)).toBeGreaterThanOrEqual(0);
    });
  });
}
