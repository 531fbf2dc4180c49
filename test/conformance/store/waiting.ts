import { describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import type { SettledWaiting } from '../../../src/ports/store.ts';
import { acceptRouted, claim, deliveryDraft, eventDraft, NEWEST, sha, T0, waitingDraft, walletFact } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const shaped = (deliveryId: number, deliveries: readonly DeliveryDraft[]): SettledWaiting => {
  return { kind: 'shaped', deliveryId, deliveries };
};

export function waitingConformance(open: OpenStore): void {
  describe('waiting for facts', () => {
    it('looks at a waiting delivery when its time has come, not before', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      expect(await store.dueWaiting(T0 + 59_999, 10)).toEqual([]);
      const [due] = await store.dueWaiting(T0 + 60_000, 10);
      expect(due).toMatchObject({ id: 1, mapping: 'tier-change', run: 1, waitingSinceMs: T0 });
      expect(due?.event).toMatchObject({ id: 1, messageId: 'm-1', body: '{"messageId":"m-1"}', member: 'Germany/ann' });
      expect(await store.dueWaiting(T0 + 60_000, 10)).toHaveLength(1);
    });

    it('claims nothing that waits, and blocks nobody', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft(), deliveryDraft({ part: 1 })]);
      expect(await claim(store, { nowMs: T0 + 99_000 })).toMatchObject([{ id: 2 }]);
      expect(await store.stats(T0)).toMatchObject({ deliveries: { waiting: 1, pending: 1 } });
    });

    it('is due at once when its fact arrives', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      await store.accept([eventDraft('m-2', { facts: [walletFact({ key: 'w-2' })], receivedAtMs: T0 + 1_000 })], []);
      expect(await store.dueWaiting(T0 + 1_000, 10)).toEqual([]);
      await store.accept([eventDraft('m-3', { facts: [walletFact()], receivedAtMs: T0 + 2_000 })], []);
      expect(await store.dueWaiting(T0 + 2_000, 10)).toMatchObject([{ id: 1 }]);
    });

    it('is due at once when its fact arrived while it was being routed', async () => {
      const { store } = await open();
      await store.accept([eventDraft('m-1', { facts: [walletFact()] })], []);
      await acceptRouted(store, 'm-2', [waitingDraft()]);
      expect(await store.dueWaiting(T0, 10)).toMatchObject([{ id: 1 }]);
    });

    it('goes on waiting for a fact that says nothing', async () => {
      const { store } = await open();
      await store.accept([eventDraft('m-1', { facts: [walletFact({ value: null })] })], []);
      await acceptRouted(store, 'm-2', [waitingDraft()]);
      expect(await store.dueWaiting(T0, 10)).toEqual([]);
    });

    it('joins the tail of its lane, with the mapping of that moment', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      await acceptRouted(store, 'm-2', [deliveryDraft()]);
      const now = deliveryDraft({ mappingVersion: sha('v2'), dueAtMs: T0 + 5_000, emptyKeys: ['properties.name'] });
      expect(await store.settleWaiting([shaped(1, [now])], T0 + 5_000)).toEqual(['applied']);
      expect(await store.delivery(1)).toMatchObject({
        status: 'pending',
        mappingVersion: sha('v2'),
        blockedBy: 2,
        request: now.request,
        emptyKeys: ['properties.name'],
        detail: null,
        createdAtMs: T0,
      });
      expect(await claim(store, { nowMs: T0 + 5_000 })).toMatchObject([{ id: 2, pendingSinceMs: T0 }]);
      expect(await store.dueWaiting(T0 + 99_000, 10)).toEqual([]);
    });

    it('shows what was recalled and left empty by the last look only', async () => {
      const { store } = await open();
      const lookups = [{ kind: 'wallet', key: 'w-1', value: null }];
      await acceptRouted(store, 'm-1', [waitingDraft({ lookups, emptyKeys: ['a'] })]);
      const skipped = deliveryDraft({ status: 'skipped', reason: 'condition', request: null });
      await store.settleWaiting([shaped(1, [skipped])], T0);
      expect(await store.delivery(1)).toMatchObject({ lookups: [], emptyKeys: [], request: null });
    });

    it('counts its pending time from when it stopped waiting', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      await store.settleWaiting([shaped(1, [deliveryDraft({ dueAtMs: T0 + 5_000 })])], T0 + 5_000);
      expect(await claim(store, { nowMs: T0 + 5_000 })).toMatchObject([{ id: 1, pendingSinceMs: T0 + 5_000 }]);
    });

    it('adds further parts as deliveries of their own', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      const parts = [deliveryDraft(), deliveryDraft({ part: 1 }), deliveryDraft({ part: 2 })];
      await store.settleWaiting([shaped(1, parts)], T0);
      const { items } = await store.deliveries({}, NEWEST);
      expect(items.map(({ id, part, blockedBy }) => [id, part, blockedBy])).toEqual([
        [3, 2, 1],
        [2, 1, 1],
        [1, 0, null],
      ]);
    });

    it('goes on waiting, for other facts too, since the same moment', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      const missing = [walletFact({ key: 'w-2' })];
      const later = waitingDraft({ missing, dueAtMs: T0 + 600_000, detail: 'waits for w-2' });
      await store.settleWaiting([shaped(1, [later])], T0 + 60_000);
      await store.accept([eventDraft('m-2', { facts: [walletFact()], receivedAtMs: T0 + 61_000 })], []);
      expect(await store.dueWaiting(T0 + 61_000, 10)).toEqual([]);
      await store.accept([eventDraft('m-3', { facts: missing, receivedAtMs: T0 + 62_000 })], []);
      expect(await store.dueWaiting(T0 + 62_000, 10)).toMatchObject([{ id: 1, waitingSinceMs: T0 }]);
      expect(await store.delivery(1)).toMatchObject({ status: 'waiting', detail: 'waits for w-2' });
    });

    it('comes to rest when the look ends it', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft(), waitingDraft({ mapping: 'b' })]);
      const dead = waitingDraft({
        status: 'dead',
        code: 'TRANSFORM_RECALL_MISSING',
        detail: 'never came',
        missing: [],
      });
      const skipped = waitingDraft({ mapping: 'b', status: 'skipped', reason: 'empty', missing: [] });
      await store.settleWaiting([shaped(1, [dead]), shaped(2, [skipped])], T0);
      expect(await store.delivery(1)).toMatchObject({
        status: 'dead',
        code: 'TRANSFORM_RECALL_MISSING',
        dueAtMs: null,
      });
      expect(await store.delivery(2)).toMatchObject({ status: 'skipped', reason: 'empty' });
      expect(await store.stats(T0)).toMatchObject({ deliveries: { waiting: 0, dead: 1, skipped: 1 } });
    });

    it('is postponed while its mapping is gone, and dead when its time is up', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      const postponed = (dueAtMs: number | null) => ({ kind: 'postponed', deliveryId: 1, dueAtMs }) as const;
      await store.settleWaiting([postponed(T0 + 600_000)], T0 + 60_000);
      expect(await store.dueWaiting(T0 + 599_999, 10)).toEqual([]);
      expect(await store.dueWaiting(T0 + 600_000, 10)).toMatchObject([{ id: 1, waitingSinceMs: T0 }]);
      expect(await store.settleWaiting([postponed(null)], T0 + 600_000)).toEqual(['applied']);
      expect(await store.delivery(1)).toMatchObject({
        status: 'dead',
        code: 'TRANSFORM_RECALL_MISSING',
        dueAtMs: null,
      });
      expect(await store.stats(T0)).toMatchObject({ deliveries: { waiting: 0, dead: 1 } });
    });

    it('answers repeated for a delivery that waits no more, or is not there', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      await store.settleWaiting([shaped(1, [deliveryDraft()])], T0);
      const again = [shaped(1, [deliveryDraft()]), shaped(99, [deliveryDraft()])];
      expect(await store.settleWaiting(again, T0)).toEqual(['repeated', 'repeated']);
      expect((await store.deliveries({}, NEWEST)).items).toHaveLength(1);
    });

    it('rejects a look that decided nothing; its neighbours stand', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft(), waitingDraft({ mapping: 'b' })]);
      const settling = store.settleWaiting([shaped(1, []), shaped(2, [deliveryDraft({ mapping: 'b' })])], T0);
      await expect(settling).rejects.toThrow('Nothing was decided');
      expect((await store.deliveries({}, NEWEST)).items.map(({ status }) => status)).toEqual(['pending', 'waiting']);
    });
  });
}
