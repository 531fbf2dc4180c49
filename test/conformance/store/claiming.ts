import { describe, expect, it } from 'vitest';
import { acceptRouted, claim, deliveryDraft, idsOf, NEWEST, settledAttempt, T0 } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

export function claimingConformance(open: OpenStore): void {
  describe('claiming deliveries', () => {
    it('hands out everything that sending needs', async () => {
      const { store } = await open();
      const eventId = await acceptRouted(store, 'm-1', [deliveryDraft()]);
      expect(await claim(store)).toEqual([
        {
          id: 1,
          eventId,
          mapping: 'tier-change',
          destination: 'bloomreach',
          endpoint: 'event',
          request: '{"event_type":"loyalty_challenge"}',
          claimNo: 1,
          retries: 0,
          attempts: 0,
          pendingSinceMs: T0,
          shareLimit: null,
        },
      ]);
    });

    it('tells which destinations anything is pending to', async () => {
      const { store } = await open();
      expect(await store.pendingDestinations()).toEqual([]);
      const to = (destination: string) => deliveryDraft({ destination, mapping: destination });
      await acceptRouted(store, 'm-1', [to('mail'), to('crm'), deliveryDraft({ mapping: 'b', status: 'skipped' })]);
      await acceptRouted(store, 'm-2', [to('mail'), to('shop'), { ...to('alone'), ordered: false }]);
      expect(await store.pendingDestinations()).toEqual(['alone', 'crm', 'mail', 'shop']);
      await claim(store, { destination: 'crm', limit: 1 });
      expect(await store.pendingDestinations()).toEqual(['alone', 'crm', 'mail', 'shop']);
    });

    it('claims nothing twice while the claim is open, whatever the time', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await claim(store);
      expect(await claim(store)).toEqual([]);
      expect(await claim(store, { nowMs: T0 + 31_000 })).toEqual([]);
      expect((await store.deliveries({}, NEWEST)).items[0]).toMatchObject({ status: 'pending', dueAtMs: T0 + 30_000 });
    });

    it('claims the oldest due first, up to the limit, and nothing before its time', async () => {
      const { store } = await open();
      const due = [5, 3, 4, 9].map((offset, part) =>
        deliveryDraft({ part, ordered: false, dueAtMs: T0 + offset * 1_000 }),
      );
      await acceptRouted(store, 'm-1', due);
      expect(idsOf(await claim(store, { nowMs: T0 + 5_000, limit: 2 }))).toEqual([2, 3]);
      expect(idsOf(await claim(store, { nowMs: T0 + 5_000 }))).toEqual([1]);
      expect(idsOf(await claim(store, { nowMs: T0 + 9_000 }))).toEqual([4]);
    });

    it('claims only what is for this destination', async () => {
      const { store } = await open();
      const elsewhere = deliveryDraft({ mapping: 'hook', destination: 'crm' });
      await acceptRouted(store, 'm-1', [elsewhere, deliveryDraft()]);
      expect(idsOf(await claim(store))).toEqual([2]);
      expect(await claim(store, { destination: 'nobody' })).toEqual([]);
    });

    it('lets only the head of a lane go, and says who holds the others', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft(), deliveryDraft({ part: 1 }), deliveryDraft({ part: 2 })]);
      expect(idsOf(await claim(store))).toEqual([1]);
      const { items } = await store.deliveries({}, NEWEST);
      expect(items.map(({ id, blockedBy }) => [id, blockedBy])).toEqual([
        [3, 1],
        [2, 1],
        [1, null],
      ]);
    });

    it('keeps lanes of other members and destinations apart, and lets laneless deliveries pass', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [
        deliveryDraft(),
        deliveryDraft({ part: 1, member: 'Germany/bob' }),
        deliveryDraft({ part: 2, ordered: false }),
        deliveryDraft({ part: 3, member: null }),
        deliveryDraft({ part: 4, destination: 'crm' }),
        deliveryDraft({ part: 5 }),
      ]);
      expect(idsOf(await claim(store))).toEqual([1, 2, 3, 4]);
      expect(idsOf(await claim(store, { destination: 'crm' }))).toEqual([5]);
    });

    it('leaves what is of a paused endpoint, and what queues behind it', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [
        deliveryDraft({ endpoint: 'customer' }),
        deliveryDraft({ part: 1 }),
        deliveryDraft({ part: 2, endpoint: 'customer', ordered: false }),
        deliveryDraft({ part: 3, ordered: false }),
        deliveryDraft({ part: 4, member: 'Germany/bob' }),
        deliveryDraft({ part: 5, endpoint: 'catalog', ordered: false }),
      ]);
      const pausedEndpoints = ['customer', 'catalog', 'of-no-delivery'];
      expect(idsOf(await claim(store, { pausedEndpoints }))).toEqual([4, 5]);
      expect(await claim(store, { pausedEndpoints: [...pausedEndpoints, 'event'] })).toEqual([]);
      expect(idsOf(await claim(store, { pausedEndpoints: ['customer'] }))).toEqual([6]);
      expect(idsOf(await claim(store))).toEqual([1, 3]);
    });

    it('takes the oldest due of all endpoints together', async () => {
      const { store } = await open();
      const due = [7, 2, 5, 1, 6, 3].map((offset, part) => {
        const endpoint = ['event', 'customer', 'catalog'][part % 3] ?? '';
        return deliveryDraft({ part, endpoint, ordered: false, dueAtMs: T0 + offset });
      });
      await acceptRouted(store, 'm-1', due);
      expect(idsOf(await claim(store, { nowMs: T0 + 9, limit: 4 }))).toEqual([4, 2, 6, 3]);
      expect(idsOf(await claim(store, { nowMs: T0 + 9, limit: 4 }))).toEqual([5, 1]);
    });

    it('claims what is of a replay only when live ones leave room, each oldest due first', async () => {
      const { store } = await open();
      const draft = (part: number, background: boolean, offset: number) =>
        deliveryDraft({
          part,
          background,
          ordered: false,
          endpoint: part % 2 ? 'event' : 'customer',
          dueAtMs: T0 + offset,
        });
      const drafts = [draft(0, true, 0), draft(1, true, 1), draft(2, false, 4), draft(3, false, 3), draft(4, true, 2)];
      await acceptRouted(store, 'm-1', drafts);
      expect(idsOf(await claim(store, { nowMs: T0 + 9, limit: 1 }))).toEqual([4]);
      expect(idsOf(await claim(store, { nowMs: T0 + 9, limit: 2 }))).toEqual([3, 1]);
      expect(idsOf(await claim(store, { nowMs: T0 + 9 }))).toEqual([2, 5]);
    });

    it('keeps a delivery of a replay in the order of its lane, and live ones behind it', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft({ background: true }), deliveryDraft({ part: 1 })]);
      expect(idsOf(await claim(store))).toEqual([1]);
    });

    it('moves a lane on when its head is final', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft(), deliveryDraft({ part: 1 }), deliveryDraft({ part: 2 })]);
      const order: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        for (const { id, claimNo } of await claim(store)) {
          order.push(id);
          await store.settleAttempts([settledAttempt({ deliveryId: id, claimNo, decision: { kind: 'delivered' } })]);
        }
      }
      expect(order).toEqual([1, 2, 3]);
    });

    it('lists expired claims without changing them', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft({ ordered: false }), deliveryDraft({ ordered: false, part: 1 })]);
      await claim(store, { limit: 1 });
      await claim(store, { nowMs: T0 + 10_000 });
      expect(await store.expiredClaims(T0 + 29_999, 10, false)).toEqual([]);
      expect(await store.expiredClaims(T0 + 30_000, 10, false)).toMatchObject([{ id: 1, claimNo: 1 }]);
      expect(idsOf(await store.expiredClaims(T0 + 50_000, 10, false))).toEqual([1, 2]);
      expect(idsOf(await store.expiredClaims(T0 + 50_000, 1, false))).toEqual([1]);
      expect(idsOf(await store.expiredClaims(T0, 10, true))).toEqual([1, 2]);
    });

    it('still knows the claims of a process that died', async () => {
      const { store, reopen } = await open();
      if (!reopen) return;
      await acceptRouted(store, 'm-1', [deliveryDraft(), deliveryDraft({ part: 1 })]);
      await claim(store);
      const again = await reopen();
      expect(await claim(again, { nowMs: T0 + 60_000 })).toEqual([]);
      expect(await again.expiredClaims(T0, 10, true)).toMatchObject([{ id: 1, claimNo: 1 }]);
    });
  });
}
