import { describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import type { Replay, ReplaySelection, ReprocessedEvent } from '../../../src/ports/replays.ts';
import type { Store } from '../../../src/ports/store.ts';
import { acceptOne, acceptRouted, claim, deliveryDraft, eventDraft, T0, waitingDraft } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';
import { finishAll } from './redelivering.ts';

const ALL: ReplaySelection = { kind: 'event-filter', filter: {} };
const OTHER = '{"event_type":"other"}';

async function reprocess(
  store: Store,
  selection: ReplaySelection = ALL,
  mapping: string | null = null,
): Promise<Replay> {
  const choice = { mode: 'reprocess', selection, mapping } as const;
  const upTo = await store.replayEnd('reprocess');
  const { chosen } = await store.countReplay(choice, { after: 0, upTo });
  return store.createReplay({ ...choice, upTo, total: chosen, ratePerSecond: null, nowMs: T0 });
}

const made = (eventId: number, deliveries: readonly DeliveryDraft[]): ReprocessedEvent => {
  const status = deliveries.length > 0 ? 'routed' : 'unmatched';
  return { eventId, routed: { status, deliveries }, isRefused: false };
};

async function statuses(store: Store): Promise<readonly string[]> {
  const { items } = await store.deliveries({}, { before: null, limit: 50 });
  return items.map(({ id, status, run }) => `${id} ${status} ${run}`).reverse();
}

export function reprocessingConformance(open: OpenStore): void {
  describe('reprocessing', () => {
    it('hands out events oldest first, with all that was made of them', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await acceptRouted(store, 'm-2', []);
      const replay = await reprocess(store);
      expect(replay).toMatchObject({ total: 2, after: 0, upTo: 2 });
      const first = await store.replayedEvents(replay, replay, 1);
      expect(first).toMatchObject({ rest: { after: 1, upTo: 2 }, events: [{ event: { id: 1 }, status: 'routed' }] });
      expect(first.events[0]?.earlier).toMatchObject([
        {
          id: 1,
          mapping: 'tier-change',
          run: 1,
          part: 0,
          destination: 'bloomreach',
          status: 'pending',
          inFlight: false,
        },
      ]);
      const second = await store.replayedEvents(replay, { after: 1, upTo: 2 }, 5);
      expect(second).toMatchObject({ rest: null, events: [{ event: { id: 2, messageId: 'm-2' }, earlier: [] }] });
    });

    it('makes the next run, behind live ones, and routes what matched nothing before', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', []);
      const { id } = await reprocess(store, { kind: 'event-filter', filter: { status: 'unmatched' } });
      const step = await store.reprocessStep(id, [made(1, [deliveryDraft({ run: 0 })])], null, T0);
      expect(step).toMatchObject({ isHeldUp: false, replay: { status: 'done', looked: 1, replayed: 1, changed: 0 } });
      expect(await store.event(1)).toMatchObject({ status: 'routed', deliveries: [{ status: 'pending', run: 0 }] });
      expect((await store.events({ status: 'unmatched' }, { before: null, limit: 5 })).items).toEqual([]);
    });

    it('writes nothing for bytes that were delivered, and takes back what is open with others', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await finishAll(store, { kind: 'delivered' });
      await acceptRouted(store, 'm-2', [deliveryDraft()]);
      const { id } = await reprocess(store);
      const drafts = [made(1, [deliveryDraft()]), made(2, [deliveryDraft({ request: OTHER })])];
      const step = await store.reprocessStep(id, drafts, null, T0);
      expect(step?.replay).toMatchObject({ looked: 2, replayed: 1, unchanged: 1, changed: 0, canceled: 1 });
      expect(await statuses(store)).toEqual(['1 delivered 1', '2 canceled 1', '3 pending 2']);
      expect(await claim(store)).toMatchObject([{ id: 3, request: OTHER }]);
      expect((await store.stats(T0)).deliveries).toMatchObject({ pending: 1, canceled: 1, delivered: 1 });
    });

    it('tells what was delivered before with other bytes', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await finishAll(store, { kind: 'delivered' });
      const { id } = await reprocess(store);
      const step = await store.reprocessStep(id, [made(1, [deliveryDraft({ request: OTHER })])], null, T0);
      expect(step?.replay).toMatchObject({ replayed: 1, changed: 1 });
    });

    it('is held up by a delivery in flight that would be taken back, and goes on after it', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', []);
      await acceptRouted(store, 'm-2', [deliveryDraft()]);
      await claim(store);
      const { id } = await reprocess(store);
      const drafts = [made(1, [deliveryDraft()]), made(2, [deliveryDraft({ request: OTHER })])];
      const held = await store.reprocessStep(id, drafts, null, T0);
      expect(held).toMatchObject({ isHeldUp: true, replay: { status: 'running', looked: 1, after: 1 } });
      expect(await store.reprocessStep(id, drafts.slice(1), null, T0)).toMatchObject({ isHeldUp: true });
      await store.settleAttempts([
        { deliveryId: 1, claimNo: 1, attempt: null, decision: { kind: 'delivered' }, shareLimit: null, nowMs: T0 },
      ]);
      const step = await store.reprocessStep(id, drafts.slice(1), null, T0);
      expect(step).toMatchObject({ isHeldUp: false, replay: { status: 'done', looked: 2, replayed: 2, changed: 1 } });
    });

    it('promotes the next in the lane of what it takes back', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await acceptRouted(store, 'm-2', [deliveryDraft()]);
      const { id } = await reprocess(store, { kind: 'events', ids: [1] });
      const skipped = deliveryDraft({ status: 'skipped', reason: 'condition', request: null });
      await store.reprocessStep(id, [made(1, [skipped])], null, T0);
      expect(await statuses(store)).toEqual(['1 canceled 1', '2 pending 1', '3 skipped 2']);
      expect(await claim(store)).toMatchObject([{ id: 2 }]);
    });

    it('takes back what waits for a fact when no rule asks for it any more', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      const { id } = await reprocess(store);
      await store.reprocessStep(id, [made(1, [])], null, T0);
      expect(await statuses(store)).toEqual(['1 canceled 1']);
      expect(await store.dueWaiting(T0 + 999_999, 5)).toEqual([]);
    });

    it('leaves alone what other mappings made when one is asked for', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft({ mapping: 'a' }), deliveryDraft({ mapping: 'b' })]);
      const { id } = await reprocess(store, ALL, 'a');
      await store.reprocessStep(id, [made(1, [deliveryDraft({ mapping: 'a', request: OTHER })])], null, T0);
      expect(await statuses(store)).toEqual(['1 canceled 1', '2 pending 1', '3 pending 2']);
    });

    it('counts what cannot be reprocessed, and leaves what is still to be routed', async () => {
      const { store } = await open();
      await acceptOne(store, eventDraft('m-1', { failure: 'SOURCE_TOO_DEEP' }));
      await acceptOne(store, eventDraft('m-2'));
      const { id } = await reprocess(store);
      const drafts = [{ eventId: 1, routed: null, isRefused: true }, made(2, [deliveryDraft()]), made(99, [])];
      const step = await store.reprocessStep(id, drafts, null, T0);
      expect(step?.replay).toMatchObject({ looked: 3, refused: 1, unchanged: 2, replayed: 0 });
      expect(await statuses(store)).toEqual([]);
    });

    it.each<[string, ReplaySelection, number[]]>([
      ['a name', { kind: 'event-filter', filter: { event: 'B' } }, [2]],
      ['a member', { kind: 'event-filter', filter: { member: 'bob' } }, [2]],
      ['ids', { kind: 'events', ids: [2, 1, 2, 9] }, [1, 2]],
      ['a delivery', { kind: 'deliveries', ids: [2, 3] }, [2]],
      ['dead deliveries', { kind: 'delivery-filter', filter: { status: 'dead' } }, [1]],
      ['deliveries of a member', { kind: 'delivery-filter', filter: { member: 'bob' } }, [2]],
    ])('takes the events of %s', async (_name, selection, expected) => {
      const { store } = await open();
      const dead = deliveryDraft({ status: 'dead', code: 'TRANSFORM_ERROR', request: null });
      await acceptRouted(store, 'm-1', [dead]);
      const bobs = [deliveryDraft({ member: 'Germany/bob' }), deliveryDraft({ part: 1, member: 'Germany/bob' })];
      await acceptRouted(store, 'm-2', bobs, { name: 'B', member: 'Germany/bob' });
      const replay = await reprocess(store, selection);
      expect(replay.total).toBe(expected.length);
      const { events, rest } = await store.replayedEvents(replay, replay, 10);
      expect(events.map(({ event }) => event.id)).toEqual(expected);
      expect(rest).toBeNull();
    });
  });
}
