import { describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import type { DeliveryFilter } from '../../../src/ports/log.ts';
import type { Store } from '../../../src/ports/store.ts';
import {
  acceptOne,
  acceptRouted,
  claim,
  deliveryDraft,
  eventDraft,
  failedAttempt,
  routed,
  settledAttempt,
  T0,
  waitingDraft,
} from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const HOUR_MS = 3_600_000;
const RETRY = { kind: 'retry', dueAtMs: T0 + HOUR_MS, retries: 1, code: 'DELIVERY_UNAVAILABLE' } as const;

const dead = (over: Partial<DeliveryDraft>) =>
  deliveryDraft({ status: 'dead', code: 'TRANSFORM_ERROR', detail: 'not a number', request: null, ...over });

/** Three dead of one cause, an hour apart; one of another code, mapping and destination; one that is pending. */
async function withDead(open: OpenStore): Promise<Store> {
  const { store } = await open();
  for (const hour of [0, 1, 2]) {
    const at = T0 + hour * HOUR_MS;
    const id = await acceptOne(store, eventDraft(`m-${hour}`, { receivedAtMs: at }));
    await store.settleRoutes([routed(id, [dead({ detail: `hour ${hour}` })])], at, []);
  }
  const other = dead({
    mapping: 'hook',
    destination: 'crm',
    endpoint: 'send',
    code: 'TRANSFORM_TIMEOUT',
    detail: null,
  });
  await acceptRouted(store, 'm-9', [other, deliveryDraft({ mapping: 'points' })], { name: 'Odd', source: 'shop' });
  return store;
}

const TRANSFORM_CAUSE = {
  code: 'TRANSFORM_ERROR',
  mapping: 'tier-change',
  destination: 'bloomreach',
  endpoint: 'event',
  count: 3,
  oldestMs: T0,
  newestMs: T0 + 2 * HOUR_MS,
  exampleId: 3,
  detail: 'hour 2',
};

const HOOK_CAUSE = {
  code: 'TRANSFORM_TIMEOUT',
  mapping: 'hook',
  destination: 'crm',
  endpoint: 'send',
  count: 1,
  oldestMs: T0,
  newestMs: T0,
  exampleId: 4,
  detail: null,
};

export function gaugingConformance(open: OpenStore): void {
  describe('causes of death', () => {
    it('are grouped by code, mapping and endpoint, the most frequent first', async () => {
      const store = await withDead(open);
      expect(await store.deadCauses({})).toEqual([TRANSFORM_CAUSE, HOOK_CAUSE]);
    });

    const filters: readonly (readonly [DeliveryFilter, readonly (readonly [code: string, count: number])[]])[] = [
      [
        { status: 'dead' },
        [
          ['TRANSFORM_ERROR', 3],
          ['TRANSFORM_TIMEOUT', 1],
        ],
      ],
      [{ status: 'pending' }, []],
      [{ status: 'delivered' }, []],
      [{ mapping: 'hook' }, [['TRANSFORM_TIMEOUT', 1]]],
      [{ mapping: 'points' }, []],
      [{ mapping: 'nothing-of-that-name' }, []],
      [{ destination: 'bloomreach' }, [['TRANSFORM_ERROR', 3]]],
      [{ endpoint: 'send' }, [['TRANSFORM_TIMEOUT', 1]]],
      [{ code: 'TRANSFORM_TIMEOUT' }, [['TRANSFORM_TIMEOUT', 1]]],
      [{ event: 'Odd' }, [['TRANSFORM_TIMEOUT', 1]]],
      [{ sinceMs: T0 + HOUR_MS }, [['TRANSFORM_ERROR', 2]]],
      [
        { untilMs: T0 + HOUR_MS },
        [
          ['TRANSFORM_TIMEOUT', 1],
          ['TRANSFORM_ERROR', 1],
        ],
      ],
      [{ member: 'ann', destination: 'crm' }, [['TRANSFORM_TIMEOUT', 1]]],
      [{ member: 'bob' }, []],
      [{ q: 'm-2' }, [['TRANSFORM_ERROR', 1]]],
    ];
    it.each(filters)('are filtered by %j', async (filter, causes) => {
      const store = await withDead(open);
      const found = (await store.deadCauses(filter)).map(({ code, count }) => [code, count]);
      expect([...found].sort()).toEqual([...causes].sort());
    });

    it('forget what is no longer dead, and learn what died in being sent', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await claim(store);
      const held = { kind: 'dead', code: 'DELIVERY_HELD', detail: 'Held for a person.' } as const;
      await store.settleAttempts([settledAttempt({ decision: held, attempt: failedAttempt() })]);
      expect(await store.deadCauses({})).toMatchObject([{ code: 'DELIVERY_HELD', count: 1, detail: held.detail }]);
      await store.releaseDeliveries([1], T0);
      expect(await store.deadCauses({})).toEqual([]);
    });
  });

  describe('names in use', () => {
    it('are listed by what they name, sorted', async () => {
      const store = await withDead(open);
      expect(await store.names('mapping')).toEqual(['hook', 'points', 'tier-change']);
      expect(await store.names('event')).toEqual(['CustomerLevelChanged', 'Odd']);
      expect(await store.names('source')).toEqual(['open-loyalty', 'shop']);
      expect(await store.names('destination')).toEqual(['bloomreach', 'crm']);
      expect(await store.names('endpoint')).toEqual(['event', 'send']);
    });

    it('are none in an empty store', async () => {
      const { store } = await open();
      expect(await store.names('mapping')).toEqual([]);
      expect(await store.names('event')).toEqual([]);
    });
  });

  describe('gauges', () => {
    it('show nothing in an empty store', async () => {
      const { store } = await open();
      const none = { count: 0, oldestMs: null };
      expect(await store.gauges()).toMatchObject({
        ...{ pending: none, waiting: none, unrouted: none },
        heldLanes: [],
        pendingTo: [],
        lastLoad: null,
      });
    });

    it('count what is open, and tell since when', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [
        deliveryDraft(),
        deliveryDraft({ part: 1 }),
        waitingDraft({ mapping: 'waits' }),
      ]);
      await store.accept(
        [eventDraft('m-2', { receivedAtMs: T0 + 5 }), eventDraft('m-3', { receivedAtMs: T0 + 9 })],
        [],
      );
      expect(await store.gauges()).toMatchObject({
        pending: { count: 2, oldestMs: T0 },
        waiting: { count: 1, oldestMs: T0 },
        unrouted: { count: 2, oldestMs: T0 + 5 },
      });
      await claim(store);
      await store.settleAttempts([settledAttempt({ decision: { kind: 'delivered' } })]);
      await store.settleRoutes(
        [routed(4, []), routed(2, []), routed(3, [deliveryDraft({ ordered: false })])],
        T0 + 7,
        [],
      );
      expect(await store.gauges()).toMatchObject({
        pending: { count: 2, oldestMs: T0 },
        unrouted: { count: 0, oldestMs: null },
      });
      await store.skipDeliveries([2], T0 + 9);
      expect(await store.gauges()).toMatchObject({ pending: { count: 1, oldestMs: T0 + 7 } });
    });

    it('show the lanes whose head is in retry, by destination', async () => {
      const { store } = await open();
      const members = ['Germany/ann', 'Germany/bob', 'Germany/cleo'];
      const drafts = members.map((member, part) => deliveryDraft({ member, part }));
      const rest = [
        deliveryDraft({ part: 3 }),
        deliveryDraft({ part: 4, ordered: false }),
        deliveryDraft({ part: 5, destination: 'crm' }),
      ];
      await acceptRouted(store, 'm-1', [...drafts, ...rest]);
      await claim(store);
      await claim(store, { destination: 'crm' });
      expect(await store.gauges()).toMatchObject({ heldLanes: [], pendingTo: ['bloomreach', 'crm'] });
      const retried = [1, 2, 5, 6].map((deliveryId) => settledAttempt({ deliveryId, decision: RETRY }));
      await store.settleAttempts(retried);
      expect((await store.gauges()).heldLanes).toEqual([
        { destination: 'bloomreach', count: 2, oldestMs: T0 },
        { destination: 'crm', count: 1, oldestMs: T0 },
      ]);
      await store.skipDeliveries([1, 6], T0);
      expect((await store.gauges()).pendingTo).toEqual(['bloomreach']);
      await claim(store, { nowMs: T0 + HOUR_MS });
      expect((await store.gauges()).heldLanes).toEqual([{ destination: 'bloomreach', count: 1, oldestMs: T0 }]);
      await store.settleAttempts([settledAttempt({ deliveryId: 2, claimNo: 2, decision: { kind: 'delivered' } })]);
      expect((await store.gauges()).heldLanes).toEqual([]);
    });

    it('show the newest load', async () => {
      const { store } = await open();
      await store.recordLoad([], { atMs: T0, outcome: 'accepted', durationMs: 1, detail: '{}' });
      await store.recordLoad([], { atMs: T0 + 9, outcome: 'partly', durationMs: 1, detail: '{}' });
      expect((await store.gauges()).lastLoad).toEqual({ atMs: T0 + 9, outcome: 'partly' });
    });
  });
}
