import { describe, expect, it } from 'vitest';
import { SEEDED_AT_MS } from '../../../src/core/event.ts';
import { eventDraft, T0, walletFact } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const LATER = T0 + 1_000;
const value = { email: 'ann@example.com', phone: '+48500100200', wallet: { code: 'default' } };
const seeded = walletFact({ value, learnedAtMs: SEEDED_AT_MS });
const correction = { email: 'new@example.com', phone: null, loyaltyCardNumber: 'LC-1' };
const change = eventDraft('m-2', { correction, clockMs: LATER });
const corrected = { email: 'new@example.com', wallet: { code: 'default' }, loyaltyCardNumber: 'LC-1' };

export function correctingConformance(open: OpenStore): void {
  describe('an event that says something anew of its member', () => {
    it('is laid over every older fact about her, which is as new as the event then', async () => {
      const { store } = await open();
      const other = walletFact({ key: 'w-2', value });
      await store.learn([{ member: 'Germany/ann', aliases: [], facts: [seeded] }], null, T0);
      await store.accept([eventDraft('m-1', { facts: [other] }), change], []);
      const facts = await store.facts([seeded, other]);
      expect(facts).toEqual([seeded, other].map((fact) => ({ ...fact, value: corrected, learnedAtMs: LATER })));
    });

    it('leaves alone what is newer, what is about others, and what another tenant or source knows', async () => {
      const { store } = await open();
      const newer = walletFact({ value, learnedAtMs: LATER + 1 });
      const bobs = walletFact({ key: 'w-2', value });
      const polish = walletFact({ key: 'w-3', storeCode: 'Poland', value });
      const foreign = walletFact({ key: 'w-4', source: 'other', value });
      const plain = walletFact({ key: 'w-5', value: 'a text' });
      await store.accept(
        [
          eventDraft('m-1', { facts: [newer, polish, foreign, plain] }),
          eventDraft('m-0', { facts: [bobs], member: 'Germany/bob' }),
          change,
        ],
        [],
      );
      const all = [newer, bobs, polish, foreign, plain];
      expect(await store.facts(all)).toEqual(all);
    });

    it('is not undone by an older event that arrives later, nor by its own repeat', async () => {
      const { store } = await open();
      await store.accept([eventDraft('m-1', { facts: [seeded] }), change], []);
      const late = walletFact({ value });
      await store.accept([eventDraft('m-3', { facts: [late] }), change], []);
      expect(await store.facts([late])).toEqual([{ ...late, value: corrected, learnedAtMs: LATER }]);
    });

    it('changes nothing when nobody is known, or nobody is named', async () => {
      const { store } = await open();
      await store.accept([change, eventDraft('m-3', { correction, member: null })], []);
      expect(await store.facts([seeded])).toEqual([null]);
    });
  });
}
