import { describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import type { Store } from '../../../src/ports/store.ts';
import {
  claim,
  deliveryDraft,
  eventDraft,
  idsOf,
  NEWEST,
  offer,
  routed,
  routedDraft,
  sha,
  T0,
  waitingDraft,
  walletFact,
} from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

/** One of every kind that routing makes. */
const EVERY_KIND: readonly DeliveryDraft[] = [
  deliveryDraft({ lookups: [{ kind: 'wallet', key: 'w-1', value: null }], emptyKeys: ['properties.name'] }),
  deliveryDraft({ part: 1, dueAtMs: T0 + 5_000 }),
  deliveryDraft({ mapping: 'alone', ordered: false }),
  deliveryDraft({ mapping: 'hook', destination: 'crm', endpoint: 'send', member: 'Germany/referrer' }),
  waitingDraft({ mapping: 'waits' }),
  deliveryDraft({ mapping: 'dead', status: 'dead', code: 'TRANSFORM_ERROR', detail: 'not a number', request: null }),
  deliveryDraft({ mapping: 'skipped', status: 'skipped', reason: 'condition', request: null }),
  deliveryDraft({ mapping: 'shadow', status: 'shadowed', mappingVersion: sha('v2') }),
];

/** Everything that can be seen of a store. */
async function seen(store: Store): Promise<unknown> {
  const { items } = await store.deliveries({}, NEWEST);
  const details = await Promise.all(items.map(({ id }) => store.delivery(id)));
  return {
    items,
    details,
    events: await store.events({}, NEWEST),
    first: await store.event(1),
    unmatched: await store.unmatchedNames(9),
    stats: await store.stats(T0),
    waiting: await store.dueWaiting(T0 + 60_000, 9),
    pending: await store.pendingDestinations(),
    toRoute: await store.claimEvents(9),
  };
}

export function routedAtDoorConformance(open: OpenStore): void {
  describe('an event that comes routed', () => {
    it.each([
      ['several deliveries', EVERY_KIND],
      ['none, as no mapping takes it', []],
    ])('is what the same event is once it is accepted and routed: %s', async (_, deliveries) => {
      const [{ store: atDoor }, { store: later }] = [await open(), await open()];
      await atDoor.accept([routedDraft('m-1', deliveries), routedDraft('m-2', deliveries)], []);
      await later.accept([eventDraft('m-1'), eventDraft('m-2')], []);
      await later.settleRoutes([routed(1, deliveries), routed(2, deliveries)], T0, []);
      await later.claimEvents(9);
      expect(await seen(atDoor)).toEqual(await seen(later));
      expect(idsOf(await claim(atDoor))).toEqual(idsOf(await claim(later)));
    });

    it('is handed to no router', async () => {
      const { store } = await open();
      await store.accept([eventDraft('m-1'), routedDraft('m-2', [deliveryDraft()]), eventDraft('m-3')], []);
      expect((await store.claimEvents(9)).map(({ id }) => id)).toEqual([1, 3]);
    });

    it('goes behind what its lane holds already, in the order of acceptance', async () => {
      const { store } = await open();
      await store.accept([routedDraft('m-1', [deliveryDraft()])], []);
      await store.accept([routedDraft('m-2', [deliveryDraft()]), routedDraft('m-3', [deliveryDraft()])], []);
      const { items } = await store.deliveries({}, NEWEST);
      expect(items.map(({ eventId, blockedBy }) => [eventId, blockedBy])).toEqual([
        [3, 1],
        [2, 1],
        [1, null],
      ]);
    });

    it('sees the facts that it teaches itself', async () => {
      const { store } = await open();
      await store.accept([routedDraft('m-1', [waitingDraft()], { facts: [walletFact()] })], []);
      expect(await store.dueWaiting(T0, 9)).toMatchObject([{ id: 1 }]);
    });

    it('dates its deliveries from when it was received', async () => {
      const { store } = await open();
      const receivedAtMs = T0 + 7_000;
      await store.accept([routedDraft('m-1', [deliveryDraft({ dueAtMs: receivedAtMs })], { receivedAtMs })], []);
      expect(await store.delivery(1)).toMatchObject({ createdAtMs: receivedAtMs });
      expect(await claim(store, { nowMs: receivedAtMs })).toMatchObject([{ pendingSinceMs: receivedAtMs }]);
    });

    it('writes and claims nothing when it is a repeat, and answers with the original', async () => {
      const { store } = await open();
      await store.accept([routedDraft('m-1', [deliveryDraft()])], [offer()]);
      const again = routedDraft('m-1', [deliveryDraft({ part: 7 })], { body: '{"else":1}' });
      expect(await store.accept([again, again], [offer()])).toEqual([
        { ok: true, eventId: 1, duplicate: true, original: '{"messageId":"m-1"}', claimed: [] },
        { ok: true, eventId: 1, duplicate: true, original: '{"messageId":"m-1"}', claimed: [] },
      ]);
      expect((await store.deliveries({}, NEWEST)).items).toHaveLength(1);
      expect(await store.stats(T0)).toMatchObject({ received: 1, duplicates: 2, deliveries: { pending: 1 } });
    });

    it('is a repeat of one that was not routed yet, which still is to be', async () => {
      const { store } = await open();
      await store.accept([eventDraft('m-1'), routedDraft('m-1', [deliveryDraft()])], []);
      expect((await store.claimEvents(9)).map(({ id }) => id)).toEqual([1]);
      expect((await store.deliveries({}, NEWEST)).items).toEqual([]);
    });

    it('writes nothing twice when it is routed once more', async () => {
      const { store } = await open();
      await store.accept([routedDraft('m-1', [deliveryDraft()])], []);
      const [settled] = await store.settleRoutes([routed(1, [deliveryDraft()])], T0, [offer()]);
      expect(settled).toEqual({ applied: 'repeated', claimed: [] });
    });

    it('is refused alone when one of its deliveries cannot be sent: its neighbours stand, and are claimed', async () => {
      const { store } = await open();
      const bad = routedDraft('m-2', [deliveryDraft(), deliveryDraft({ part: 1, request: null })], {
        facts: [walletFact()],
      });
      const accepted = await store.accept(
        [routedDraft('m-1', [deliveryDraft()]), bad, routedDraft('m-3', [deliveryDraft({ member: 'Germany/bob' })])],
        [offer()],
      );
      expect(accepted.map((one) => one.ok && idsOf(one.claimed).length)).toEqual([1, false, 1]);
      const [, refused] = accepted;
      expect(refused?.ok === false && refused.error.message).toContain('no request');
      const { items } = await store.deliveries({}, NEWEST);
      expect(items.map(({ member }) => member)).toEqual(['Germany/bob', 'Germany/ann']);
      expect((await store.events({}, NEWEST)).items.map(({ messageId }) => messageId)).toEqual(['m-3', 'm-1']);
      expect(await store.facts([walletFact()])).toEqual([null]);
      expect(await store.accept([routedDraft('m-2', [deliveryDraft()])], [])).toMatchObject([{ duplicate: false }]);
    });
  });
}
