import { describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import type { ClaimOffer, Store } from '../../../src/ports/store.ts';
import {
  claim,
  deliveryDraft,
  eventDraft,
  idsOf,
  NEWEST,
  offer,
  routed,
  routedDraft,
  settledAttempt,
  T0,
  waitingDraft,
} from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

/** Makes deliveries of one new event; the ids of what was claimed in the commit. */
type Make = (
  store: Store,
  deliveries: readonly DeliveryDraft[],
  offers: readonly ClaimOffer[],
) => Promise<readonly number[]>;

let made = 0;

/** The two transitions that take offers. */
const ways: readonly (readonly [name: string, make: Make])[] = [
  [
    'accepting',
    async (store, deliveries, offers) => {
      const accepted = await store.accept([routedDraft(`made-${++made}`, deliveries)], offers);
      return accepted.flatMap((one) => (one.ok ? idsOf(one.claimed) : []));
    },
  ],
  [
    'settling a route',
    async (store, deliveries, offers) => {
      const [accepted] = await store.accept([eventDraft(`made-${++made}`)], []);
      if (!accepted?.ok) throw new Error('not accepted');
      const settled = await store.settleRoutes([routed(accepted.eventId, deliveries)], T0, offers);
      return settled.flatMap(({ claimed }) => idsOf(claimed));
    },
  ],
];

export function offeringConformance(open: OpenStore): void {
  describe.each(ways)('claiming in the commit: %s', (_, make) => {
    it('claims heads and laneless deliveries, and nothing behind a head', async () => {
      const { store } = await open();
      const drafts = [
        deliveryDraft(),
        deliveryDraft({ part: 1 }),
        deliveryDraft({ part: 2, ordered: false }),
        deliveryDraft({ part: 3, member: null }),
        deliveryDraft({ part: 4, member: 'Germany/bob' }),
        deliveryDraft({ part: 5, member: 'Germany/bob' }),
      ];
      expect(await make(store, drafts, [offer()])).toEqual([1, 3, 4, 5]);
    });

    it('claims nothing of a lane that holds something already, claimed or not', async () => {
      const { store } = await open();
      await make(store, [deliveryDraft()], [offer()]);
      await make(store, [deliveryDraft({ member: 'Germany/bob' })], []);
      const both = [deliveryDraft(), deliveryDraft({ part: 1, member: 'Germany/bob' })];
      expect(await make(store, both, [offer()])).toEqual([]);
      expect(idsOf(await claim(store))).toEqual([2]);
    });

    it('claims nothing without an offer for its destination', async () => {
      const { store } = await open();
      const drafts = [deliveryDraft(), deliveryDraft({ mapping: 'hook', destination: 'crm' })];
      expect(await make(store, drafts, [])).toEqual([]);
      const others = drafts.map((draft) => ({ ...draft, member: 'Germany/bob' }));
      expect(await make(store, others, [offer({ destination: 'crm' })])).toEqual([4]);
    });

    it('leaves what is of a paused endpoint, and what queues behind it', async () => {
      const { store } = await open();
      const drafts = [
        deliveryDraft({ endpoint: 'customer' }),
        deliveryDraft({ part: 1 }),
        deliveryDraft({ part: 2, ordered: false }),
      ];
      expect(await make(store, drafts, [offer({ pausedEndpoints: ['other', 'customer'] })])).toEqual([3]);
      expect(idsOf(await claim(store))).toEqual([1]);
    });

    it('leaves what gives way to live ones, what is not due, and what is not to be sent', async () => {
      const { store } = await open();
      const drafts = [
        deliveryDraft({ ordered: false, background: true }),
        deliveryDraft({ part: 1, ordered: false, dueAtMs: T0 + 1 }),
        waitingDraft({ mapping: 'waits' }),
        deliveryDraft({ mapping: 'shadow', ordered: false, status: 'shadowed' }),
        deliveryDraft({ mapping: 'skips', ordered: false, status: 'skipped', reason: 'empty' }),
      ];
      expect(await make(store, drafts, [offer()])).toEqual([]);
      expect(idsOf(await claim(store, { nowMs: T0 + 1 }))).toEqual([2, 1]);
    });

    it('lets each destination have its own lease', async () => {
      const { store } = await open();
      const drafts = [deliveryDraft(), deliveryDraft({ mapping: 'hook', destination: 'crm' })];
      const offers = [offer(), offer({ destination: 'crm', leaseEndMs: T0 + 9_000 })];
      expect(await make(store, drafts, offers)).toEqual([1, 2]);
      const { items } = await store.deliveries({}, NEWEST);
      expect(items.map(({ status, dueAtMs }) => [status, dueAtMs])).toEqual([
        ['pending', T0 + 9_000],
        ['pending', T0 + 30_000],
      ]);
      expect(idsOf(await store.expiredClaims(T0 + 9_000, 9, false))).toEqual([2]);
      expect(idsOf(await store.expiredClaims(T0 + 30_000, 9, false))).toEqual([2, 1]);
    });

    it('claims for good: nobody else gets it, and its holder settles it', async () => {
      const { store } = await open();
      await make(store, [deliveryDraft(), deliveryDraft({ part: 1 })], [offer()]);
      expect(await claim(store, { nowMs: T0 + 99_000 })).toEqual([]);
      expect(await store.settleAttempts([settledAttempt({ decision: { kind: 'delivered' } })])).toEqual(['applied']);
      expect(await claim(store)).toMatchObject([{ id: 2, claimNo: 1 }]);
    });

    it('never claims two of a lane, whoever asks in the same turn', async () => {
      const { store } = await open();
      const calls = [1, 2, 3].map(() => make(store, [deliveryDraft(), deliveryDraft({ part: 1 })], [offer()]));
      const claimed = await Promise.all([...calls, claim(store).then(idsOf)]);
      const inFlight = await store.expiredClaims(T0, 9, true);
      expect(inFlight).toHaveLength(1);
      expect(claimed.flat()).toEqual(idsOf(inFlight));
    });

    it('is found again when the process died', async () => {
      const { store, reopen } = await open();
      if (!reopen) return;
      await make(store, [deliveryDraft(), deliveryDraft({ part: 1, ordered: false })], [offer()]);
      const again = await reopen();
      expect(await claim(again, { nowMs: T0 + 99_000 })).toEqual([]);
      expect(await again.expiredClaims(T0, 9, true)).toMatchObject([
        { id: 1, claimNo: 1 },
        { id: 2, claimNo: 1 },
      ]);
    });
  });

  describe('claiming in the commit', () => {
    it('hands out everything that sending needs', async () => {
      const { store } = await open();
      const accepted = await store.accept([routedDraft('m-1', [deliveryDraft()])], [offer()]);
      const claimed = {
        id: 1,
        eventId: 1,
        mapping: 'tier-change',
        destination: 'bloomreach',
        endpoint: 'event',
        request: '{"event_type":"loyalty_challenge"}',
        claimNo: 1,
        retries: 0,
        attempts: 0,
        pendingSinceMs: T0,
        shareLimit: null,
      };
      expect(accepted).toEqual([{ ok: true, eventId: 1, duplicate: false, original: null, claimed: [claimed] }]);
      await store.accept([eventDraft('m-2')], []);
      const settled = await store.settleRoutes([routed(2, [deliveryDraft({ member: 'Germany/bob' })])], T0, [offer()]);
      expect(settled).toEqual([{ applied: 'applied', claimed: [{ ...claimed, id: 2, eventId: 2 }] }]);
    });

    it('gives each event its own claims, a lane to the first of them', async () => {
      const { store } = await open();
      const bob = deliveryDraft({ part: 1, member: 'Germany/bob' });
      const drafts = [[deliveryDraft()], [deliveryDraft(), bob], [deliveryDraft(), bob]];
      const accepted = await store.accept(
        drafts.map((deliveries, index) => routedDraft(`m-${index}`, deliveries)),
        [offer()],
      );
      expect(accepted.map((one) => one.ok && idsOf(one.claimed))).toEqual([[1], [3], []]);
    });

    it('claims a later run of an event, and nothing of what it had', async () => {
      const { store } = await open();
      await store.accept([routedDraft('m-1', [deliveryDraft({ ordered: false })])], []);
      const again = [deliveryDraft({ ordered: false }), deliveryDraft({ ordered: false, run: 2 })];
      const [settled] = await store.settleRoutes([routed(1, again)], T0, [offer()]);
      expect(settled && idsOf(settled.claimed)).toEqual([2]);
    });
  });
}
