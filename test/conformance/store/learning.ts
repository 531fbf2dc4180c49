import { describe, expect, it } from 'vitest';
import { type Identity, SEEDED_AT_MS } from '../../../src/core/event.ts';
import type { FactFilter } from '../../../src/ports/log.ts';
import type { Store } from '../../../src/ports/store.ts';
import { acceptRouted, eventDraft, NEWEST, T0, waitingDraft, walletFact } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

/** What a seeding says of a member's wallet. */
function lesson(name: string, key: string, over: Partial<Identity> = {}): Identity {
  const value = { email: `${name}@example.com` };
  const facts = [walletFact({ key, value, learnedAtMs: SEEDED_AT_MS })];
  return { member: `Germany/${name}`, aliases: [`Germany/email:${name}@example.com`], facts, ...over };
}

/** Three facts: two of Ann's wallets and one of Bob's, in another tenant and of another kind. */
async function taught(open: OpenStore): Promise<Store> {
  const { store } = await open();
  await store.accept([eventDraft('m-1', { facts: [walletFact()] })], []);
  await store.learn([lesson('ann', 'w-2')], null, T0);
  const card = { storeCode: 'Poland', kind: 'card', learnedAtMs: SEEDED_AT_MS };
  const facts = [walletFact({ ...card, source: 'other', key: '7239e6f7-e52e-466b-8c24-699709b64076' })];
  await store.learn([lesson('bob', '', { member: 'Poland/bob', facts })], null, T0);
  return store;
}

export function learningConformance(open: OpenStore): void {
  describe('learning without an event', () => {
    it('keeps facts, members and aliases', async () => {
      const { store } = await open();
      expect(await store.learn([lesson('ann', 'w-1'), lesson('bob', 'w-2')], null, T0)).toEqual(['applied', 'applied']);
      const [fact] = await store.facts([walletFact()]);
      expect(fact).toEqual(walletFact({ learnedAtMs: SEEDED_AT_MS }));
      const { items } = await store.factRows({ member: 'bob@example.com' }, NEWEST);
      expect(items).toMatchObject([{ key: 'w-2', member: 'Germany/bob', learnedAtMs: 0 }]);
      expect(await store.events({}, NEWEST)).toMatchObject({ items: [] });
    });

    it('yields to what an event taught, whichever came first, and still learns the aliases', async () => {
      const { store } = await open();
      const event = walletFact({ value: { email: 'new@example.com' } });
      await store.accept([eventDraft('m-1', { facts: [event] })], []);
      expect(await store.learn([lesson('ann', 'w-1')], null, T0)).toEqual(['stale']);
      expect(await store.facts([event])).toEqual([event]);
      expect((await store.factRows({ member: 'ann@example.com' }, NEWEST)).items).toHaveLength(1);
    });

    it('gives way to the next event, however old that is', async () => {
      const { store } = await open();
      await store.learn([lesson('ann', 'w-1')], null, T0);
      const old = walletFact({ value: { email: 'older@example.com' }, learnedAtMs: 1 });
      await store.accept([eventDraft('m-1', { facts: [old] })], []);
      expect(await store.facts([old])).toEqual([old]);
    });

    it('lets a later seeding replace an earlier one, and tells when nothing is new', async () => {
      const { store } = await open();
      await store.learn([lesson('ann', 'w-1')], null, T0);
      expect(await store.learn([lesson('ann', 'w-1')], null, T0)).toEqual(['repeated']);
      expect(await store.learn([lesson('bob', 'w-1')], null, T0)).toEqual(['applied']);
      const { items } = await store.factRows({}, NEWEST);
      expect(items).toMatchObject([{ id: 1, value: { email: 'bob@example.com' }, member: 'Germany/bob' }]);
    });

    it('makes due who waits for the fact, and nobody else', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      await store.learn([lesson('bob', 'w-2')], null, T0 + 1_000);
      expect(await store.dueWaiting(T0 + 1_000, 10)).toEqual([]);
      await store.learn([lesson('ann', 'w-1')], null, T0 + 2_000);
      expect(await store.dueWaiting(T0 + 2_000, 10)).toMatchObject([{ id: 1 }]);
    });

    it('does not wake again by what it knew', async () => {
      const { store } = await open();
      await store.learn([lesson('ann', 'w-1')], null, T0);
      await acceptRouted(store, 'm-1', [waitingDraft()]);
      await store.settleWaiting([{ kind: 'postponed', deliveryId: 1, dueAtMs: T0 + 60_000 }], T0);
      await store.learn([lesson('ann', 'w-1')], null, T0 + 1_000);
      expect(await store.dueWaiting(T0 + 1_000, 10)).toEqual([]);
    });

    it('keeps a checkpoint with what was learned, replaces and forgets it', async () => {
      const { store } = await open();
      expect(await store.checkpoint('seed')).toBeNull();
      await store.learn([lesson('ann', 'w-1')], { name: 'seed', value: 'page 1' }, T0);
      await store.learn([], { name: 'seed', value: 'page 2' }, T0);
      await store.learn([], { name: 'other', value: 'x' }, T0);
      expect(await store.checkpoint('seed')).toBe('page 2');
      await store.learn([], { name: 'seed', value: null }, T0);
      expect(await store.checkpoint('seed')).toBeNull();
      expect(await store.checkpoint('other')).toBe('x');
    });

    it('learns nothing and keeps no checkpoint when one of the lessons fails', async () => {
      const { store } = await open();
      const broken: Identity = {
        member: 'Germany/bob',
        aliases: [],
        get facts(): never {
          throw new Error('broken');
        },
      };
      const learning = store.learn([lesson('ann', 'w-1'), broken], { name: 'seed', value: 'page 1' }, T0);
      await expect(learning).rejects.toThrow('broken');
      expect(await store.checkpoint('seed')).toBeNull();
      expect((await store.factRows({}, NEWEST)).items).toEqual([]);
    });

    it('outlives the process', async () => {
      const { store, reopen } = await open();
      if (!reopen) return;
      await store.learn([lesson('ann', 'w-1')], { name: 'seed', value: 'page 1' }, T0);
      const again = await reopen();
      expect(await again.checkpoint('seed')).toBe('page 1');
      expect((await again.factRows({}, NEWEST)).items).toHaveLength(1);
    });
  });

  describe('the list of facts', () => {
    const filters: readonly (readonly [FactFilter, readonly number[]])[] = [
      [{}, [3, 2, 1]],
      [{ source: 'open-loyalty' }, [2, 1]],
      [{ storeCode: 'Poland' }, [3]],
      [{ kind: 'wallet' }, [2, 1]],
      [{ kind: 'wallet', storeCode: 'Poland' }, []],
      [{ key: 'w-1' }, [1]],
      [{ key: '7239e6f7-e52e-466b-8c24-699709b64076' }, [3]],
      [{ key: 'w-1', source: 'other' }, []],
      [{ member: 'ann' }, [2, 1]],
      [{ member: 'ann', key: 'w-2' }, [2]],
      [{ member: 'email:bob@example.com' }, [3]],
      [{ member: 'nobody' }, []],
      [{ source: 'nothing-of-that-name' }, []],
    ];
    it.each(filters)('filters by %j', async (filter, ids) => {
      const store = await taught(open);
      expect((await store.factRows(filter, NEWEST)).items.map(({ id }) => id)).toEqual(ids);
    });

    it('shows what is known, whom it is about, and since when', async () => {
      const store = await taught(open);
      const { items } = await store.factRows({ member: 'ann' }, NEWEST);
      expect(items).toEqual([
        { ...walletFact({ key: 'w-2', learnedAtMs: SEEDED_AT_MS }), id: 2, member: 'Germany/ann' },
        { ...walletFact(), id: 1, member: 'Germany/ann' },
      ]);
    });

    it('pages by key', async () => {
      const store = await taught(open);
      const first = await store.factRows({}, { before: null, limit: 2 });
      expect([first.items.map(({ id }) => id), first.nextBefore]).toEqual([[3, 2], 2]);
      const second = await store.factRows({}, { before: first.nextBefore, limit: 2 });
      expect([second.items.map(({ id }) => id), second.nextBefore]).toEqual([[1], null]);
    });
  });
}
