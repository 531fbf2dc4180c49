import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import { acceptRouted, deliveryDraft, NEWEST } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const CUSTOMER = '7b6d6f4e-6f1f-4d0e-9a53-1b8f0f0c2d11';
const ANN = `Germany/${CUSTOMER}`;
const ALIASES = ['Germany/email:ann@example.com', 'Germany/phone:+49 171 1', 'Germany/card:0042'];

async function withAnnAndBob(open: OpenStore): Promise<Store> {
  const { store } = await open();
  await acceptRouted(store, 'm-1', [deliveryDraft({ member: ANN })], { member: ANN, aliases: ALIASES });
  const bob = { member: 'France/bob', aliases: ['France/email:bob@example.com', 'France/card:0042'] };
  await acceptRouted(store, 'm-2', [deliveryDraft({ member: bob.member })], bob);
  await acceptRouted(store, 'm-3', [deliveryDraft({ member: null })], { member: null });
  return store;
}

export function identifierConformance(open: OpenStore): void {
  describe('finding a member', () => {
    const exact: readonly (readonly [member: string, ids: readonly number[]])[] = [
      [ANN, [1]],
      [CUSTOMER, [1]],
      ['Germany/email:ann@example.com', [1]],
      ['email:ann@example.com', [1]],
      ['ann@example.com', [1]],
      ['Ann@Example.com', [1]],
      ['+49 171 1', [1]],
      ['0042', [2, 1]],
      ['card:0042', [2, 1]],
      ['France/card:0042', [2]],
      ['France/ann@example.com', []],
      ['phone:ann@example.com', []],
      ['email:', []],
      ['Germany', []],
      ['Germany/', []],
      ['ann@example.co', []],
      ['', []],
    ];
    it.each(exact)('by exactly %j', async (member, ids) => {
      const store = await withAnnAndBob(open);
      expect((await store.deliveries({ member }, NEWEST)).items.map(({ id }) => id)).toEqual(ids);
      expect((await store.events({ member }, NEWEST)).items.map(({ id }) => id)).toEqual(ids);
    });

    const starts: readonly (readonly [q: string, ids: readonly number[]])[] = [
      ['ann@ex', [1]],
      ['ANN@ex', [1]],
      ['email:bo', [2]],
      ['Germany/email:a', [1]],
      ['Germany/7b6d', [1]],
      ['7b6d6f4e-6f', [1]],
      ['7B6D6F4E', [1]],
      ['00', [2, 1]],
      ['card:00', [2, 1]],
      ['Germany/card:0', [1]],
      ['example.com', []],
      ['Germany/', []],
      ['Germ', []],
      ['email:', []],
      ['%', []],
      ['_', []],
    ];
    it.each(starts)('by the start %j', async (q, ids) => {
      const store = await withAnnAndBob(open);
      expect((await store.deliveries({ q }, NEWEST)).items.map(({ id }) => id)).toEqual(ids);
      expect((await store.events({ q }, NEWEST)).items.map(({ id }) => id)).toEqual(ids);
    });

    it('finds every member that shares an alias', async () => {
      const { store } = await open();
      const aliases = ['Germany/phone:1'];
      for (let n = 1; n <= 60; n++) {
        const member = `Germany/c-${n}`;
        await acceptRouted(store, `m-${n}`, [deliveryDraft({ member })], { member, aliases });
      }
      const found = await store.deliveries({ member: 'phone:1' }, { before: null, limit: 100 });
      expect(found.items).toHaveLength(60);
      const searched = await store.deliveries({ q: 'c-', status: 'pending' }, { before: 31, limit: 20 });
      expect(searched.items.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => 30 - index));
      expect(searched.nextBefore).toBe(11);
    });

    it('finds whose lane it is, where a mapping names another member than the event', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft({ member: 'Germany/referrer' })]);
      expect((await store.deliveries({ member: 'referrer' }, NEWEST)).items).toHaveLength(1);
      expect((await store.deliveries({ member: 'ann' }, NEWEST)).items).toHaveLength(0);
    });
  });
}
