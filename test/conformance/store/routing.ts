import { describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import { acceptOne, acceptRouted, claim, deliveryDraft, eventDraft, NEWEST, offer, routed, T0 } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const APPLIED = { applied: 'applied', claimed: [] };
const REPEATED = { applied: 'repeated', claimed: [] };

export function routingConformance(open: OpenStore): void {
  describe('settling routes', () => {
    it('writes deliveries in the order given, events first', async () => {
      const { store } = await open();
      await store.accept([eventDraft('m-1'), eventDraft('m-2')], []);
      const parts = [deliveryDraft(), deliveryDraft({ part: 1 })];
      const applied = await store.settleRoutes([routed(2, parts), routed(1, parts)], T0, []);
      expect(applied).toEqual([APPLIED, APPLIED]);
      const { items } = await store.deliveries({}, NEWEST);
      expect(items.map(({ eventId, part }) => [eventId, part]).reverse()).toEqual([
        [2, 0],
        [2, 1],
        [1, 0],
        [1, 1],
      ]);
    });

    it('writes nothing twice', async () => {
      const { store } = await open();
      const id = await acceptRouted(store, 'm-1', [deliveryDraft()]);
      expect(await store.settleRoutes([routed(id, [deliveryDraft()])], T0, [])).toEqual([REPEATED]);
      expect((await store.deliveries({}, NEWEST)).items).toHaveLength(1);
      expect(await store.stats(T0)).toMatchObject({ deliveries: { pending: 1 } });
    });

    it('adds a later run to the same event', async () => {
      const { store } = await open();
      const id = await acceptRouted(store, 'm-1', [deliveryDraft()]);
      expect(await store.settleRoutes([routed(id, [deliveryDraft({ run: 2 })])], T0, [])).toEqual([APPLIED]);
      expect((await store.deliveries({}, NEWEST)).items.map(({ run }) => run)).toEqual([2, 1]);
    });

    it('answers repeated for an event that is not there', async () => {
      const { store } = await open();
      expect(await store.settleRoutes([routed(99, [deliveryDraft()])], T0, [])).toEqual([REPEATED]);
      expect((await store.deliveries({}, NEWEST)).items).toEqual([]);
    });

    it('counts an event that no mapping takes, once, under its name', async () => {
      const { store } = await open();
      const receivedAtMs = T0 + 5_000;
      await store.accept([eventDraft('m-1', { name: 'Odd' }), eventDraft('m-2', { name: 'Odd', receivedAtMs })], []);
      await store.settleRoutes([routed(1, []), routed(2, [])], T0, []);
      await store.settleRoutes([routed(1, [])], T0, []);
      expect(await store.event(1)).toMatchObject({ status: 'unmatched' });
      expect(await store.unmatchedNames(10)).toEqual([
        { name: 'Odd', source: 'open-loyalty', count: 2, firstSeenMs: T0, lastSeenMs: receivedAtMs },
      ]);
      expect(await store.stats(T0)).toMatchObject({ unmatched: 2, unrouted: 0 });
    });

    it('lists unmatched names, the last seen first, up to a limit', async () => {
      const { store } = await open();
      const names = ['A', 'B', 'C'];
      await store.accept(
        names.map((name, index) => eventDraft(name, { name, receivedAtMs: T0 + index })),
        [],
      );
      await store.settleRoutes([routed(1, []), routed(2, []), routed(3, [])], T0, []);
      expect((await store.unmatchedNames(2)).map(({ name }) => name)).toEqual(['C', 'B']);
    });

    it('marks an event whose routing could not run', async () => {
      const { store } = await open();
      const id = await acceptOne(store, eventDraft('m-1'));
      await store.settleRoutes([{ eventId: id, status: 'failed', code: 'TRANSFORM_CRASHED', deliveries: [] }], T0, []);
      expect(await store.event(id)).toMatchObject({ status: 'failed', code: 'TRANSFORM_CRASHED' });
      expect(await store.stats(T0)).toMatchObject({ failed: 1, unmatched: 0 });
    });

    it('keeps what was decided without a request, and counts it', async () => {
      const { store } = await open();
      const none = { request: null, ordered: true } as const;
      const drafts: readonly DeliveryDraft[] = [
        deliveryDraft({ ...none, mapping: 'a', status: 'dead', code: 'TRANSFORM_ERROR', detail: 'not a number' }),
        deliveryDraft({ ...none, mapping: 'b', status: 'skipped', reason: 'condition' }),
        deliveryDraft({ mapping: 'c', status: 'shadowed' }),
      ];
      await acceptRouted(store, 'm-1', drafts);
      const { items } = await store.deliveries({}, NEWEST);
      expect(items.map(({ status, dueAtMs, blockedBy }) => [status, dueAtMs, blockedBy])).toEqual([
        ['shadowed', null, null],
        ['skipped', null, null],
        ['dead', null, null],
      ]);
      expect(await store.delivery(1)).toMatchObject({ code: 'TRANSFORM_ERROR', detail: 'not a number', request: null });
      expect((await store.stats(T0)).deliveries).toMatchObject({ dead: 1, skipped: 1, shadowed: 1, pending: 0 });
      expect(await claim(store)).toEqual([]);
    });

    it('rejects a pending delivery without a request; its neighbours stand', async () => {
      const { store } = await open();
      await store.accept([eventDraft('m-1'), eventDraft('m-2')], []);
      const bad = routed(1, [deliveryDraft(), deliveryDraft({ part: 1, request: null })]);
      const settling = store.settleRoutes([bad, routed(2, [deliveryDraft()])], T0, [offer()]);
      await expect(settling).rejects.toThrow('no request');
      // Nobody was told of a claim, so there is none.
      expect(await claim(store)).toHaveLength(1);
      expect((await store.deliveries({}, NEWEST)).items.map(({ eventId }) => eventId)).toEqual([2]);
      expect(await store.event(1)).toMatchObject({ status: 'accepted' });
    });
  });
}
