import { describe, expect, it } from 'vitest';
import type { Pause } from '../../../src/core/pause.ts';
import { acceptRouted, claim, deliveryDraft, idsOf, T0 } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

type Begun = Omit<Pause, 'untilMs'>;

const byHand: Begun = {
  destination: 'bloomreach',
  endpoint: null,
  cause: 'by_hand',
  detail: 'paused by ops',
  sinceMs: T0,
};
const unauthorized: Begun = { ...byHand, cause: 'unauthorized', detail: 'HTTP 401: Could not authenticate' };
const ofEndpoint: Begun = { ...byHand, endpoint: 'event' };
const WHOLE = { destination: 'bloomreach', endpoint: null };

export function pausingConformance(open: OpenStore): void {
  describe('pauses', () => {
    it('are kept with their cause, and go on until they are ended', async () => {
      const { store } = await open();
      expect(await store.pauses(0)).toEqual([]);
      expect(await store.pause(byHand)).toBe('applied');
      expect(await store.pauses(T0 + 9_000_000)).toEqual([{ ...byHand, untilMs: null }]);
      expect(await store.resume(WHOLE, null, T0 + 5_000)).toBe('applied');
      expect(await store.pauses(0)).toEqual([{ ...byHand, untilMs: T0 + 5_000 }]);
    });

    it('are repeated while one of the same cause goes on for the same address', async () => {
      const { store } = await open();
      await store.pause(byHand);
      expect(await store.pause({ ...byHand, detail: 'again', sinceMs: T0 + 1 })).toBe('repeated');
      expect(await store.pauses(0)).toEqual([{ ...byHand, untilMs: null }]);
    });

    it('go on side by side for another cause, endpoint or destination', async () => {
      const { store } = await open();
      const all = [
        byHand,
        unauthorized,
        ofEndpoint,
        { ...ofEndpoint, endpoint: 'customer' },
        { ...byHand, destination: 'crm' },
      ];
      for (const one of all) expect(await store.pause(one)).toBe('applied');
      expect(await store.pauses(0)).toEqual(all.map((one) => ({ ...one, untilMs: null })));
    });

    it('begin anew after they were ended', async () => {
      const { store } = await open();
      await store.pause(byHand);
      await store.resume(WHOLE, null, T0 + 5_000);
      expect(await store.pause({ ...byHand, sinceMs: T0 + 9_000 })).toBe('applied');
      expect((await store.pauses(0)).map(({ sinceMs, untilMs }) => [sinceMs, untilMs])).toEqual([
        [T0, T0 + 5_000],
        [T0 + 9_000, null],
      ]);
    });

    it('end for one cause, or for all of them', async () => {
      const { store } = await open();
      await store.pause(byHand);
      await store.pause(unauthorized);
      expect(await store.resume(WHOLE, 'unauthorized', T0 + 1_000)).toBe('applied');
      expect(await store.resume(WHOLE, 'unauthorized', T0 + 2_000)).toBe('repeated');
      expect(await store.pauses(0)).toEqual([
        { ...byHand, untilMs: null },
        { ...unauthorized, untilMs: T0 + 1_000 },
      ]);
      await store.pause({ ...unauthorized, sinceMs: T0 + 3_000 });
      expect(await store.resume(WHOLE, null, T0 + 4_000)).toBe('applied');
      expect((await store.pauses(0)).map(({ untilMs }) => untilMs)).toEqual([T0 + 4_000, T0 + 1_000, T0 + 4_000]);
    });

    it('end for exactly the address: neither the endpoint ends with its destination, nor the other way round', async () => {
      const { store } = await open();
      await store.pause(byHand);
      await store.pause(ofEndpoint);
      expect(await store.resume({ destination: 'bloomreach', endpoint: 'customer' }, null, T0 + 1)).toBe('repeated');
      expect(await store.resume({ destination: 'crm', endpoint: null }, null, T0 + 1)).toBe('repeated');
      expect(await store.resume(WHOLE, null, T0 + 1)).toBe('applied');
      expect((await store.pauses(0)).map(({ endpoint, untilMs }) => [endpoint, untilMs])).toEqual([
        [null, T0 + 1],
        ['event', null],
      ]);
    });

    it('are repeated ends where none goes on', async () => {
      const { store } = await open();
      expect(await store.resume(WHOLE, null, T0)).toBe('repeated');
    });

    it('are listed while they go on, and those that ended at a time or later', async () => {
      const { store } = await open();
      await store.pause(byHand);
      await store.resume(WHOLE, null, T0 + 5_000);
      await store.pause(ofEndpoint);
      const listed = async (sinceMs: number) => (await store.pauses(sinceMs)).map(({ endpoint }) => endpoint);
      expect(await listed(T0 + 5_000)).toEqual([null, 'event']);
      expect(await listed(T0 + 5_001)).toEqual(['event']);
    });

    it('outlive the process', async () => {
      const { store, reopen } = await open();
      if (!reopen) return;
      await store.pause(byHand);
      await store.resume(WHOLE, null, T0 + 5_000);
      await store.pause(unauthorized);
      const before = await store.pauses(0);
      expect(await (await reopen()).pauses(0)).toEqual(before);
    });

    it('change no delivery: who claims says what is paused', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await store.pause(byHand);
      expect(idsOf(await claim(store))).toEqual([1]);
    });
  });
}
