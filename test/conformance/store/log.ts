import { describe, expect, it } from 'vitest';
import { publicId } from '../../../src/core/id.ts';
import type { DeliveryFilter, EventFilter } from '../../../src/ports/log.ts';
import type { Store } from '../../../src/ports/store.ts';
import { acceptOne, acceptRouted, deliveryDraft, eventDraft, NEWEST, routed, T0, waitingDraft } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const HOUR_MS = 3_600_000;

/** Three events in three hours: one delivery pending, one waiting and one dead, one skipped to another destination. */
async function filled(open: OpenStore): Promise<Store> {
  const { store } = await open();
  const drafts = [
    [deliveryDraft()],
    [waitingDraft(), deliveryDraft({ mapping: 'points', status: 'dead', code: 'TRANSFORM_ERROR', request: null })],
    [deliveryDraft({ mapping: 'hook', destination: 'crm', endpoint: 'send', status: 'skipped', reason: 'condition' })],
  ];
  for (const [index, deliveries] of drafts.entries()) {
    const at = T0 + index * HOUR_MS;
    const name = index === 2 ? 'Odd' : 'CustomerLevelChanged';
    const id = await acceptOne(store, eventDraft(`m-${index}`, { name, receivedAtMs: at, clockMs: at - 1 }));
    await store.settleRoutes([routed(id, deliveries)], at, []);
  }
  return store;
}

export function logConformance(open: OpenStore): void {
  describe('the log', () => {
    const deliveryFilters: readonly (readonly [DeliveryFilter, readonly number[]])[] = [
      [{}, [4, 3, 2, 1]],
      [{ status: 'pending' }, [1]],
      [{ status: 'delivered' }, []],
      [{ mapping: 'tier-change' }, [2, 1]],
      [{ mapping: 'tier-change', status: 'waiting' }, [2]],
      [{ event: 'CustomerLevelChanged' }, [3, 2, 1]],
      [{ event: 'CustomerLevelChanged', status: 'dead' }, [3]],
      [{ destination: 'crm' }, [4]],
      [{ endpoint: 'event', destination: 'bloomreach' }, [3, 2, 1]],
      [{ endpoint: 'send', destination: 'bloomreach' }, []],
      [{ code: 'TRANSFORM_ERROR' }, [3]],
      [{ code: 'TRANSFORM_ERROR', mapping: 'tier-change' }, []],
      [{ member: 'ann', status: 'waiting' }, [2]],
      [{ mapping: 'nothing-of-that-name' }, []],
      [{ sinceMs: T0 + HOUR_MS }, [4, 3, 2]],
      [{ sinceMs: T0 + HOUR_MS + 1 }, [4]],
      [{ untilMs: T0 + HOUR_MS }, [1]],
      [{ sinceMs: T0 + 1, untilMs: T0 + 2 * HOUR_MS, status: 'dead' }, [3]],
      [{ sinceMs: T0 + 9 * HOUR_MS }, []],
      [{ untilMs: T0 }, []],
      [{ q: publicId('dlv', 2) }, [2]],
      [{ q: 'dlv_2' }, [2]],
      [{ q: publicId('dlv', 2).slice(0, 10) }, [4, 3, 2, 1]],
      [{ q: publicId('dlv', 2).slice(0, 10), status: 'dead' }, [3]],
      [{ q: publicId('evt', 2) }, [3, 2]],
      [{ q: publicId('evt', 2).slice(0, 12) }, [4, 3, 2, 1]],
      [{ q: 'm-1' }, [3, 2]],
      [{ q: 'M-' }, [4, 3, 2, 1]],
      [{ q: 'ann', mapping: 'points' }, [3]],
      [{ q: 'm-1', member: 'ann' }, [3, 2]],
      [{ q: 'm-1', member: 'bob' }, []],
      [{ q: '' }, []],
      [{ q: 'dlv_' }, []],
    ];
    it.each(deliveryFilters)('finds deliveries by %j', async (filter, ids) => {
      const store = await filled(open);
      expect((await store.deliveries(filter, NEWEST)).items.map(({ id }) => id)).toEqual(ids);
    });

    const eventFilters: readonly (readonly [EventFilter, readonly number[]])[] = [
      [{}, [3, 2, 1]],
      [{ status: 'routed' }, [3, 2, 1]],
      [{ status: 'accepted' }, []],
      [{ event: 'Odd' }, [3]],
      [{ event: 'Odd', status: 'unmatched' }, []],
      [{ source: 'open-loyalty' }, [3, 2, 1]],
      [{ source: 'elsewhere' }, []],
      [{ member: 'Germany/ann', event: 'CustomerLevelChanged' }, [2, 1]],
      [{ sinceMs: T0 + 1, untilMs: T0 + 2 * HOUR_MS }, [2]],
      [{ q: publicId('evt', 3) }, [3]],
      [{ q: 'evt_1' }, [1]],
      [{ q: 'm-', event: 'Odd' }, [3]],
      [{ q: publicId('dlv', 1) }, []],
    ];
    it.each(eventFilters)('finds events by %j', async (filter, ids) => {
      const store = await filled(open);
      expect((await store.events(filter, NEWEST)).items.map(({ id }) => id)).toEqual(ids);
    });

    it('finds rows by time whatever the clock did', async () => {
      const { store } = await open();
      for (const [index, offset] of [5, -9, 3].entries()) {
        const receivedAtMs = T0 + offset * HOUR_MS;
        await acceptOne(store, eventDraft(`m-${index}`, { receivedAtMs }));
        await store.settleRoutes([routed(index + 1, [deliveryDraft()])], receivedAtMs, []);
      }
      const filter = { sinceMs: T0, untilMs: T0 + 4 * HOUR_MS };
      expect((await store.deliveries(filter, NEWEST)).items.map(({ id }) => id)).toEqual([3]);
      expect((await store.events({ untilMs: T0 }, NEWEST)).items.map(({ id }) => id)).toEqual([2]);
    });

    it('pages from the newest to the oldest without a gap or a repeat', async () => {
      const { store } = await open();
      const parts = Array.from({ length: 7 }, (_, part) => deliveryDraft({ part }));
      await acceptRouted(store, 'm-1', parts);
      const seen: number[] = [];
      let before: number | null = null;
      do {
        const page = await store.deliveries({ member: 'ann' }, { before, limit: 3 });
        seen.push(...page.items.map(({ id }) => id));
        before = page.nextBefore;
      } while (before !== null);
      expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
    });

    it('ends exactly at a full page', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft(), deliveryDraft({ part: 1 })]);
      expect((await store.deliveries({}, { before: null, limit: 2 })).nextBefore).toBeNull();
    });

    it('gives at most 200 rows a page', async () => {
      const { store } = await open();
      await store.accept(
        Array.from({ length: 201 }, (_, index) => eventDraft(`m-${index}`)),
        [],
      );
      const page = await store.events({}, { before: null, limit: 1_000 });
      expect(page.items).toHaveLength(200);
      expect(page.nextBefore).toBe(2);
    });

    it('shows a delivery in a list', async () => {
      const store = await filled(open);
      const draft = deliveryDraft();
      expect((await store.deliveries({ status: 'pending' }, NEWEST)).items).toEqual([
        {
          id: 1,
          eventId: 1,
          event: 'CustomerLevelChanged',
          mapping: draft.mapping,
          mappingVersion: draft.mappingVersion,
          destination: 'bloomreach',
          endpoint: 'event',
          member: 'Germany/ann',
          status: 'pending',
          reason: null,
          code: null,
          attempts: 0,
          part: 0,
          run: 1,
          blockedBy: null,
          createdAtMs: T0,
          dueAtMs: T0,
        },
      ]);
    });

    it('shows an event with its body and what was made of it', async () => {
      const store = await filled(open);
      const { items } = await store.deliveries({ q: publicId('evt', 2) }, NEWEST);
      expect(await store.event(2)).toEqual({
        id: 2,
        name: 'CustomerLevelChanged',
        source: 'open-loyalty',
        storeCode: 'Germany',
        messageId: 'm-1',
        member: 'Germany/ann',
        status: 'routed',
        code: null,
        duplicates: 0,
        clockMs: T0 + HOUR_MS - 1,
        receivedAtMs: T0 + HOUR_MS,
        signature: null,
        body: '{"messageId":"m-1"}',
        deliveries: [...items].reverse(),
      });
    });

    it('shows a delivery with its event, its look-ups and its empty keys', async () => {
      const { store } = await open();
      const lookups = [{ kind: 'wallet', key: 'w-1', value: { email: 'ann@example.com' } }];
      await acceptRouted(store, 'm-1', [deliveryDraft({ lookups, emptyKeys: ['properties.name'] })]);
      const [event] = await store.claimEvents(1);
      expect(event).toBeUndefined();
      const found = await store.delivery(1);
      expect(found).toMatchObject({ lookups, emptyKeys: ['properties.name'], attemptLog: [] });
      expect(found?.sourceEvent).toMatchObject({ id: 1, messageId: 'm-1', partition: 7 });
    });

    it.each(eventFilters)('finds events to run again by %j', async (filter, ids) => {
      const store = await filled(open);
      expect((await store.runnableEvents(filter, NEWEST)).items.map(({ id }) => id)).toEqual(ids);
    });

    it('shows an event to run again, with what was made of it', async () => {
      const { store } = await open();
      const lookups = [{ kind: 'wallet', key: 'w-1', value: { email: 'ann@example.com' } }];
      const drafts = [
        deliveryDraft({ lookups }),
        deliveryDraft({ mapping: 'silent', status: 'skipped', reason: 'condition', request: null }),
        deliveryDraft({ run: 2, part: 1, mappingVersion: 'not a hash', emptyKeys: ['properties.name'] }),
      ];
      await acceptRouted(store, 'm-1', drafts);
      const id = await acceptOne(store, eventDraft('m-2', { failure: 'SOURCE_TOO_DEEP' }));
      const { items } = await store.runnableEvents({}, NEWEST);
      expect(items[0]).toMatchObject({ id, code: 'SOURCE_TOO_DEEP', deliveries: [], event: { messageId: 'm-2' } });
      expect(items[1]).toEqual({
        id: 1,
        code: null,
        event: (await store.delivery(1))?.sourceEvent,
        deliveries: drafts.map(({ mapping, mappingVersion, part, run, status, reason, request, lookups }) => {
          return { mapping, mappingVersion, part, run, status, reason, request, lookups };
        }),
      });
      expect((await store.runnableEvents({}, { before: null, limit: 1 })).nextBefore).toBe(id);
    });

    it('finds nothing where there is nothing', async () => {
      const { store } = await open();
      expect(await store.delivery(1)).toBeNull();
      expect(await store.event(1)).toBeNull();
      expect(await store.runnableEvents({}, NEWEST)).toEqual({ items: [], nextBefore: null });
      expect(await store.deliveries({}, NEWEST)).toEqual({ items: [], nextBefore: null });
      expect(await store.unmatchedNames(10)).toEqual([]);
    });
  });
}
