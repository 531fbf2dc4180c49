import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import { acceptRouted, claim, deliveryDraft, idsOf, T0, waitingDraft } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const HOUR_MS = 3_600_000;

async function hastenAll(store: Store, nowMs: number): Promise<number> {
  let parts = 0;
  for (let after: number | null = 0; after !== null; parts++) after = await store.hasten(after, nowMs);
  return parts;
}

export function hasteningConformance(open: OpenStore): void {
  describe('hastening', () => {
    it('makes due what is open and due later, and leaves what is due already', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [
        deliveryDraft({ ordered: false, dueAtMs: T0 + HOUR_MS }),
        deliveryDraft({ ordered: false, part: 1, dueAtMs: T0 - 5 }),
        waitingDraft({ mapping: 'waits', dueAtMs: T0 + HOUR_MS }),
      ]);
      expect(idsOf(await claim(store, { nowMs: T0 - 1 }))).toEqual([2]);
      expect(await store.dueWaiting(T0, 10)).toEqual([]);
      await hastenAll(store, T0);
      expect(idsOf(await claim(store, { nowMs: T0 }))).toEqual([1]);
      expect(await store.dueWaiting(T0, 10)).toMatchObject([{ id: 3 }]);
    });

    it('leaves what is in flight to those who send it', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await claim(store, { leaseEndMs: T0 + HOUR_MS });
      await hastenAll(store, T0);
      expect(await store.expiredClaims(T0 + 1, 10, false)).toEqual([]);
      expect(await claim(store, { nowMs: T0 + 1 })).toEqual([]);
    });

    it('lets who stands behind a head go when the turn comes', async () => {
      const { store } = await open();
      const later = { dueAtMs: T0 + HOUR_MS };
      await acceptRouted(store, 'm-1', [deliveryDraft(later), deliveryDraft({ ...later, part: 1 })]);
      await hastenAll(store, T0);
      expect(idsOf(await claim(store, { nowMs: T0 }))).toEqual([1]);
      await store.settleAttempts([
        { deliveryId: 1, claimNo: 1, attempt: null, decision: { kind: 'delivered' }, shareLimit: null, nowMs: T0 },
      ]);
      expect(idsOf(await claim(store, { nowMs: T0 }))).toEqual([2]);
    });

    it('takes a moment that lies ahead for now, as the time since when a delivery waits', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft({ dueAtMs: T0 + HOUR_MS })]);
      await hastenAll(store, T0 - HOUR_MS);
      expect(await store.dueWaiting(T0 - HOUR_MS, 10)).toMatchObject([{ waitingSinceMs: T0 - HOUR_MS }]);
    });

    it('comes to an end, however much is open', async () => {
      const { store } = await open();
      const drafts = Array.from({ length: 300 }, (_, part) =>
        deliveryDraft({ part, dueAtMs: T0 + HOUR_MS, ordered: false }),
      );
      for (let event = 0; event < 25; event++) await acceptRouted(store, `m-${event}`, drafts);
      await hastenAll(store, T0);
      expect(await claim(store, { nowMs: T0, limit: 10_000 })).toHaveLength(7_500);
    });
  });
}
