import { describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import type { Replay, ReplaySelection } from '../../../src/ports/replays.ts';
import type { Store } from '../../../src/ports/store.ts';
import { acceptRouted, claim, deliveryDraft, idsOf, NEWEST, settledAttempt, T0 } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const DEAD = { kind: 'dead', code: 'DELIVERY_REJECTED', detail: 'it said no' } as const;
const LATER = T0 + 60_000;

/** Stores a redelivery of all that is there now. */
export async function redelivery(store: Store, selection: ReplaySelection): Promise<Replay> {
  const choice = { mode: 'redeliver', selection, mapping: null } as const;
  const upTo = await store.replayEnd('redeliver');
  const { chosen } = await store.countReplay(choice, { after: 0, upTo });
  return store.createReplay({ ...choice, upTo, total: chosen, ratePerSecond: null, nowMs: T0 });
}

const dead: ReplaySelection = { kind: 'delivery-filter', filter: { status: 'dead' } };

/** Sends all that is due now, and has it refused or taken. */
export async function finishAll(store: Store, decision: typeof DEAD | { readonly kind: 'delivered' }, nowMs = T0) {
  for (;;) {
    const claimed = await claim(store, { nowMs });
    if (claimed.length === 0) return;
    await store.settleAttempts(
      claimed.map(({ id: deliveryId, claimNo }) => settledAttempt({ deliveryId, claimNo, decision, nowMs })),
    );
  }
}

async function withDead(open: OpenStore, count: number, over: Partial<DeliveryDraft> = {}): Promise<Store> {
  const { store } = await open();
  for (let index = 1; index <= count; index++) await acceptRouted(store, `m-${index}`, [deliveryDraft(over)]);
  await finishAll(store, DEAD);
  return store;
}

export function redeliveringConformance(open: OpenStore): void {
  describe('redelivering', () => {
    it('puts the same row back to pending, with its bytes and a fresh start', async () => {
      const store = await withDead(open, 1);
      const before = await store.delivery(1);
      const { id } = await redelivery(store, dead);
      const step = await store.redeliverStep(id, 10, LATER);
      expect(step).toMatchObject({ isHeldUp: false, replay: { status: 'done', looked: 1, replayed: 1, refused: 0 } });
      const after = await store.delivery(1);
      expect(after).toMatchObject({ status: 'pending', code: null, reason: null, detail: null, dueAtMs: LATER });
      expect(after).toMatchObject({ request: before?.request, attempts: 1, run: before?.run });
      const [again] = await claim(store, { nowMs: LATER });
      expect(again).toMatchObject({ id: 1, claimNo: 2, retries: 0, shareLimit: null, pendingSinceMs: LATER });
      expect((await store.stats(T0)).deliveries).toMatchObject({ pending: 1, dead: 1 });
    });

    it('joins the tails of lanes in the old order', async () => {
      const store = await withDead(open, 3);
      await acceptRouted(store, 'm-live', [deliveryDraft()]);
      const { id } = await redelivery(store, dead);
      await store.redeliverStep(id, 2, LATER);
      await store.redeliverStep(id, 2, LATER);
      const order: number[] = [];
      for (
        let next = await claim(store, { nowMs: LATER });
        next.length > 0;
        next = await claim(store, { nowMs: LATER })
      ) {
        order.push(...idsOf(next));
        const settled = next.map(({ id: deliveryId, claimNo }) =>
          settledAttempt({ deliveryId, claimNo, decision: { kind: 'delivered' } }),
        );
        await store.settleAttempts(settled);
      }
      expect(order).toEqual([4, 1, 2, 3]);
    });

    it('leaves live ones their turn first', async () => {
      const store = await withDead(open, 2, { ordered: false });
      const { id } = await redelivery(store, dead);
      await store.redeliverStep(id, 10, T0);
      await acceptRouted(store, 'm-live', [deliveryDraft({ ordered: false, dueAtMs: T0 + 5 })]);
      expect(idsOf(await claim(store, { nowMs: LATER, limit: 2 }))).toEqual([3, 1]);
    });

    it('goes on from where it got to, and takes nothing twice that dies again', async () => {
      const store = await withDead(open, 5);
      const { id } = await redelivery(store, dead);
      const looked: (number | undefined)[] = [];
      for (let status = 'running'; status === 'running'; ) {
        const step = await store.redeliverStep(id, 2, T0);
        looked.push(step?.replay.looked);
        status = step?.replay.status ?? 'gone';
        await finishAll(store, DEAD);
      }
      expect(looked.at(-1)).toBe(5);
      expect(await store.replay(id)).toMatchObject({ status: 'done', looked: 5, replayed: 5, total: 5 });
      expect(await store.redeliverStep(id, 2, T0)).toBeNull();
    });

    it('takes nothing that was stored after it was ordered', async () => {
      const store = await withDead(open, 1);
      const { id } = await redelivery(store, dead);
      await acceptRouted(store, 'm-late', [deliveryDraft()]);
      await finishAll(store, DEAD);
      expect(await store.redeliverStep(id, 10, T0)).toMatchObject({ replay: { status: 'done', looked: 1 } });
    });

    it('refuses what never had a request, and leaves alone what is open', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [
        deliveryDraft({ status: 'dead', code: 'TRANSFORM_ERROR', request: null }),
        deliveryDraft({ part: 1 }),
        deliveryDraft({ part: 2, status: 'shadowed' }),
      ]);
      const ids: ReplaySelection = { kind: 'deliveries', ids: [1, 2, 3, 99] };
      const choice = { mode: 'redeliver', selection: ids, mapping: null } as const;
      expect(await store.countReplay(choice, { after: 0, upTo: 3 })).toEqual({ chosen: 3, refused: 1, rest: null });
      const { id } = await redelivery(store, ids);
      const step = await store.redeliverStep(id, 10, T0);
      expect(step?.replay).toMatchObject({ status: 'done', looked: 3, replayed: 1, unchanged: 1, refused: 1 });
      expect(await store.delivery(3)).toMatchObject({ status: 'pending', blockedBy: 2 });
    });

    it.each<[string, ReplaySelection, number[]]>([
      ['mapping', { kind: 'delivery-filter', filter: { status: 'dead', mapping: 'b' } }, [2]],
      ['code', { kind: 'delivery-filter', filter: { status: 'dead', code: 'DELIVERY_REJECTED' } }, [1, 2]],
      ['member', { kind: 'delivery-filter', filter: { status: 'dead', member: 'bob' } }, [2]],
      ['search', { kind: 'delivery-filter', filter: { status: 'dead', q: 'm-1' } }, [1, 2]],
      ['time', { kind: 'delivery-filter', filter: { status: 'dead', sinceMs: T0, untilMs: T0 + 1 } }, [1, 2]],
      ['a later time', { kind: 'delivery-filter', filter: { status: 'dead', sinceMs: T0 + 1 } }, []],
      ['another name', { kind: 'delivery-filter', filter: { status: 'dead', mapping: 'never' } }, []],
      ['endpoint', { kind: 'delivery-filter', filter: { status: 'dead', endpoint: 'event' } }, [1, 2]],
    ])('takes what a filter by %s leaves', async (_name, selection, expected) => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [
        deliveryDraft(),
        deliveryDraft({ mapping: 'b', member: 'Germany/bob' }),
        deliveryDraft({ mapping: 'c', status: 'skipped', reason: 'condition', request: null }),
      ]);
      await finishAll(store, DEAD);
      const { id, total } = await redelivery(store, selection);
      expect(total).toBe(expected.length);
      await store.redeliverStep(id, 10, LATER);
      const { items } = await store.deliveries({ status: 'pending' }, NEWEST);
      expect(items.map((row) => row.id).reverse()).toEqual(expected);
    });

    it('rests while it is paused, and ends when it is canceled', async () => {
      const store = await withDead(open, 2);
      const { id } = await redelivery(store, dead);
      expect(await store.changeReplay(id, 'pause', LATER)).toMatchObject({ status: 'paused', changedAtMs: LATER });
      expect(await store.redeliverStep(id, 1, LATER)).toBeNull();
      expect(await store.runningReplays()).toEqual([]);
      expect(await store.changeReplay(id, 'resume', LATER)).toMatchObject({ status: 'running' });
      expect(await store.runningReplays()).toMatchObject([{ id }]);
      await store.redeliverStep(id, 1, LATER);
      expect(await store.changeReplay(id, 'cancel', LATER)).toMatchObject({ status: 'canceled', looked: 1 });
      expect(await store.redeliverStep(id, 1, LATER)).toBeNull();
      expect(await store.changeReplay(id, 'resume', LATER)).toBeNull();
      expect(await store.changeReplay(99, 'pause', LATER)).toBeNull();
    });

    it('lists replays, newest first', async () => {
      const store = await withDead(open, 1);
      const first = await redelivery(store, dead);
      const second = await redelivery(store, { kind: 'deliveries', ids: [1] });
      const page = await store.replays({ before: null, limit: 1 });
      expect(page).toEqual({ items: [second], nextBefore: second.id });
      expect(await store.replays({ before: second.id, limit: 1 })).toEqual({ items: [first], nextBefore: null });
      expect(await store.replay(99)).toBeNull();
    });

    it('keeps replays over a restart', async () => {
      const { store, reopen } = await open();
      if (!reopen) return;
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await finishAll(store, DEAD);
      const stored = await redelivery(store, { kind: 'delivery-filter', filter: { status: 'dead', member: 'ann' } });
      const again = await reopen();
      expect(await again.replay(stored.id)).toEqual(stored);
      expect(await again.redeliverStep(stored.id, 5, T0)).toMatchObject({ replay: { status: 'done', replayed: 1 } });
    });
  });
}
