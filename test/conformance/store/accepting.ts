import { describe, expect, it } from 'vitest';
import type { AcceptedDraft } from '../../../src/ports/store.ts';
import { acceptOne, deliveryDraft, eventDraft, NEWEST, routed, sha, T0, walletFact } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const MINUTE_MS = 60_000;

export function acceptingConformance(open: OpenStore): void {
  describe('accepting events', () => {
    it('stores events in the order given and hands each out once, in that order', async () => {
      const { store } = await open();
      const accepted = await store.accept([eventDraft('m-1'), eventDraft('m-2'), eventDraft('m-3')], []);
      expect(accepted.map((one) => one.ok && one.eventId)).toEqual([1, 2, 3]);
      expect((await store.claimEvents(2)).map((event) => event.messageId)).toEqual(['m-1', 'm-2']);
      expect((await store.claimEvents(10)).map((event) => event.messageId)).toEqual(['m-3']);
      expect(await store.claimEvents(10)).toEqual([]);
    });

    it('gives back exactly what was accepted', async () => {
      const { store } = await open();
      const draft = eventDraft('00f2ae2b-6a44-4a43-ae3f-8f0e4f3b4a11', {
        member: 'Germany/7b6d6f4e-6f1f-4d0e-9a53-1b8f0f0c2d11',
        signature: { version: '1', requestId: 'r-1' },
        body: '{"name":"Žofie 🎉","nul":"\\u0000"}',
      });
      await store.accept([draft], []);
      const { aliases: _a, facts: _f, failure: _x, dedupeWindowMs: _w, routed: _r, ...stored } = draft;
      expect(await store.claimEvents(1)).toEqual([{ ...stored, id: 1 }]);
      expect(await store.event(1)).toMatchObject({ body: draft.body, signature: draft.signature });
    });

    it('accepts nothing from nothing', async () => {
      const { store } = await open();
      expect(await store.accept([], [])).toEqual([]);
    });

    it('answers a repeat with the original, however late, and counts it', async () => {
      const { store } = await open();
      const id = await acceptOne(store, eventDraft('m-1'));
      const [repeat] = await store.accept([eventDraft('m-1', { receivedAtMs: T0 + 900 * MINUTE_MS })], []);
      expect(repeat).toEqual({ ok: true, eventId: id, duplicate: true, original: '{"messageId":"m-1"}', claimed: [] });
      expect(await store.event(id)).toMatchObject({ duplicates: 1 });
      expect(await store.stats(T0)).toMatchObject({ received: 1, duplicates: 1 });
    });

    it('answers a repeat with the body that was stored first, and keeps that', async () => {
      const { store } = await open();
      const id = await acceptOne(store, eventDraft('m-1'));
      const [repeat] = await store.accept([eventDraft('m-1', { body: '{"else":1}' })], []);
      expect(repeat).toMatchObject({ duplicate: true, original: '{"messageId":"m-1"}' });
      expect(await store.event(id)).toMatchObject({ body: '{"messageId":"m-1"}' });
    });

    it('tells events of one message id apart by source, tenant and name', async () => {
      const { store } = await open();
      const others = [{ source: 'other' }, { storeCode: 'France' }, { name: 'CustomerRegistered' }, {}];
      const all = [eventDraft('m-1'), ...others.map((other) => eventDraft('m-1', other))];
      const accepted = await store.accept(all, []);
      expect(accepted.map((one) => one.ok && [one.eventId, one.duplicate])).toEqual([
        [1, false],
        [2, false],
        [3, false],
        [4, false],
        [1, true],
      ]);
    });

    it('takes a message id for what it is, whatever else it looks like', async () => {
      const { store } = await open();
      const uuid = '7b6d6f4e-6f1f-4d0e-9a53-1b8f0f0c2d11';
      const ids = [uuid, uuid.toUpperCase(), uuid.replaceAll('-', ''), sha('m-1'), '0', '00', 'é', 'e\u0301'];
      const accepted = await store.accept(
        [...ids, ...ids].map((id) => eventDraft(id)),
        [],
      );
      expect(accepted.map((one) => one.ok && one.eventId)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect((await store.claimEvents(9)).map(({ messageId }) => messageId)).toEqual(ids);
    });

    it('knows a repeat without a message id by its dedupe key alone', async () => {
      const { store } = await open();
      const nameless = (key: string, over: Partial<AcceptedDraft> = {}) =>
        eventDraft('', { messageId: null, dedupeKey: sha(key), body: `{"is":"${key}"}`, ...over });
      const drafts = [nameless('a'), nameless('b'), nameless('a', { name: 'Odd', body: '{}' })];
      const accepted = await store.accept(drafts, []);
      expect(accepted.map((one) => one.ok && [one.eventId, one.original])).toEqual([
        [1, null],
        [2, null],
        [1, '{"is":"a"}'],
      ]);
    });

    it('takes the second of two equal drafts in one call as a repeat', async () => {
      const { store } = await open();
      const accepted = await store.accept([eventDraft('m-1'), eventDraft('m-1')], []);
      expect(accepted.map((one) => one.ok && one.duplicate)).toEqual([false, true]);
    });

    it('takes the second of two equal drafts in two calls of one turn as a repeat', async () => {
      const { store } = await open();
      const both = await Promise.all([store.accept([eventDraft('m-1')], []), store.accept([eventDraft('m-1')], [])]);
      expect(both.flat().map((one) => one.ok && one.duplicate)).toEqual([false, true]);
    });

    it('stores an equal event anew once its window is over', async () => {
      const { store } = await open();
      const windowed = (minute: number) =>
        eventDraft('m-1', {
          messageId: null,
          dedupeKey: sha('m-1'),
          dedupeWindowMs: 10 * MINUTE_MS,
          receivedAtMs: T0 + minute * MINUTE_MS,
        });
      const accepted = await store.accept([windowed(0), windowed(9), windowed(11), windowed(20)], []);
      expect(accepted.map((one) => one.ok && [one.eventId, one.duplicate])).toEqual([
        [1, false],
        [1, true],
        [2, false],
        [2, true],
      ]);
    });

    it('stores an event that can never be routed as failed, and hands it to nobody', async () => {
      const { store } = await open();
      const id = await acceptOne(store, eventDraft('m-1', { failure: 'SOURCE_TOO_DEEP' }));
      expect(await store.claimEvents(10)).toEqual([]);
      expect(await store.event(id)).toMatchObject({ status: 'failed', code: 'SOURCE_TOO_DEEP' });
      expect(await store.stats(T0)).toMatchObject({ received: 1, failed: 1, unrouted: 0 });
    });

    it('refuses a bad draft alone: its neighbours stand', async () => {
      const { store } = await open();
      const bad = {
        ...eventDraft('m-2'),
        get body(): string {
          throw new Error('no body');
        },
      };
      const accepted = await store.accept([eventDraft('m-1'), bad, eventDraft('m-3')], []);
      expect(accepted.map((one) => one.ok)).toEqual([true, false, true]);
      expect(await store.events({}, NEWEST)).toMatchObject({ items: [{ messageId: 'm-3' }, { messageId: 'm-1' }] });
      expect(await store.stats(T0)).toMatchObject({ received: 2 });
    });

    it('keeps the newer fact, and of two equally old ones the last', async () => {
      const { store } = await open();
      const key = walletFact();
      const learn = async (id: string, value: string, learnedAtMs: number): Promise<unknown> => {
        await store.accept([eventDraft(id, { facts: [walletFact({ value, learnedAtMs })] })], []);
        return (await store.facts([key]))[0]?.value;
      };
      expect(await learn('m-1', 'first', T0)).toBe('first');
      expect(await learn('m-2', 'older', T0 - 1)).toBe('first');
      expect(await learn('m-3', 'same age', T0)).toBe('same age');
      expect(await learn('m-4', 'newer', T0 + 1)).toBe('newer');
    });

    it('keeps facts of other tenants and sources apart, and answers in the order asked', async () => {
      const { store } = await open();
      const mine = walletFact();
      const theirs = walletFact({ storeCode: 'France', value: ['any', { json: null }] });
      await store.accept([eventDraft('m-1', { facts: [mine, theirs] })], []);
      const asked = [walletFact({ source: 'other' }), theirs, mine, walletFact({ key: 'w-2' })];
      expect(await store.facts(asked)).toEqual([null, theirs, mine, null]);
    });

    it('teaches nothing by a repeat', async () => {
      const { store } = await open();
      await store.accept([eventDraft('m-1')], []);
      await store.accept([eventDraft('m-1', { facts: [walletFact()] })], []);
      expect(await store.facts([walletFact()])).toEqual([null]);
    });

    it('hands out events that were never routed again after a restart', async () => {
      const { store, reopen } = await open();
      if (!reopen) return;
      await store.accept([eventDraft('m-1'), eventDraft('m-2')], []);
      await store.claimEvents(10);
      await store.settleRoutes([routed(1, [deliveryDraft()])], T0, []);
      const again = await reopen();
      expect((await again.claimEvents(10)).map(({ id }) => id)).toEqual([2]);
    });
  });
}
