import { describe, expect, it } from 'vitest';
import { FORGOTTEN } from '../../../src/core/replay.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { Forgetting } from '../../../src/ports/upkeep.ts';
import {
  acceptRouted,
  attemptDraft,
  claim,
  deliveryDraft,
  eventDraft,
  NEWEST,
  settledAttempt,
  T0,
  waitingDraft,
  walletFact,
} from './drafts.ts';
import type { OpenStore } from './opened-store.ts';
import { redelivery } from './redelivering.ts';

const ANN = { member: 'Germany/ann', aliases: ['Germany/email:ann@example.com', 'Germany/phone:+49170'] };
const BOB = { member: 'Germany/bob', aliases: ['Germany/phone:+49170'] };
const BOBS = { member: 'Germany/bob' } as const;

/** Goes on until it is done or held up. */
export async function forgetAll(store: Store, member: string, limit = 2): Promise<Forgetting | null> {
  const [begun] = await store.beginForgetting([member], T0);
  let step: Forgetting | null = begun ?? null;
  for (let turn = 0; step && step.stage !== 'done' && !step.isHeldUp && turn < 50; turn++) {
    step = await store.forgetStep(step.id, limit, T0);
  }
  return step;
}

async function withBoth(open: OpenStore) {
  const opened = await open();
  const { store } = opened;
  for (const id of ['m-1', 'm-2', 'm-3']) await acceptRouted(store, id, [deliveryDraft()], { ...ANN });
  await acceptRouted(store, 'm-4', [deliveryDraft(BOBS)], BOB);
  await store.learn([{ ...ANN, facts: [walletFact()] }], null, T0);
  return opened;
}

export function forgettingConformance(open: OpenStore): void {
  describe('forgetting', () => {
    it('tells whom an identifier leads to, and who shares one', async () => {
      const { store } = await withBoth(open);
      expect(await store.knownMembers('ann@example.com')).toEqual([
        { member: 'Germany/ann', sharedWith: ['Germany/bob'] },
      ]);
      const both = await store.knownMembers('phone:+49170');
      expect(both.map(({ member }) => member).sort()).toEqual(['Germany/ann', 'Germany/bob']);
      expect(await store.knownMembers('Germany/bob')).toHaveLength(1);
      expect(await store.knownMembers('nobody')).toEqual([]);
      expect(await store.beginForgetting(['Germany/nobody'], T0)).toEqual([]);
    });

    it('erases a member and leaves the others', async () => {
      const { store } = await withBoth(open);
      await claim(store);
      await store.settleAttempts([
        settledAttempt({ decision: { kind: 'delivered' }, attempt: attemptDraft() }),
        settledAttempt({ deliveryId: 4, decision: { kind: 'delivered' } }),
      ]);
      expect(await forgetAll(store, 'Germany/ann')).toMatchObject({
        ...{ stage: 'done', events: 3, deliveries: 3, attempts: 1, facts: 1, aliases: 2 },
      });
      expect((await store.events({}, NEWEST)).items).toMatchObject([{ id: 4 }]);
      expect((await store.deliveries({}, NEWEST)).items).toMatchObject([{ id: 4, member: 'Germany/bob' }]);
      expect((await store.factRows({}, NEWEST)).items).toEqual([]);
      expect(await store.knownMembers('ann@example.com')).toEqual([]);
      expect(await store.knownMembers('+49170')).toEqual([{ member: 'Germany/bob', sharedWith: [] }]);
      expect(await store.forgettings()).toEqual([]);
      expect(await store.forgetStep(1, 5, T0)).toBeNull();
      expect((await store.stats(0)).deliveries).toMatchObject({ pending: 0, canceled: 2, delivered: 2 });
    });

    it('knows a late repeat, so that it brings nobody back', async () => {
      const { store, reopen } = await withBoth(open);
      await forgetAll(store, 'Germany/ann');
      const later = (await reopen?.()) ?? store;
      const [again, other] = await later.accept([eventDraft('m-2', ANN), eventDraft('m-9', ANN)], []);
      expect(again).toEqual({ ok: true, eventId: 2, duplicate: true, original: null, claimed: [] });
      expect(other).toMatchObject({ duplicate: false, eventId: 5 });
      expect(await later.knownMembers('ann@example.com')).toMatchObject([{ member: 'Germany/ann' }]);
    });

    it('knows a late repeat without a message id too', async () => {
      const { store } = await open();
      const draft = eventDraft('x', { ...ANN, messageId: null, dedupeKey: 'a'.repeat(64), dedupeWindowMs: 1_000 });
      await store.accept([draft], []);
      await store.settleRoutes([{ eventId: 1, status: 'unmatched', code: null, deliveries: [] }], T0, []);
      await forgetAll(store, 'Germany/ann');
      const [again] = await store.accept([{ ...draft, receivedAtMs: T0 + 999_999_999 }], []);
      expect(again).toMatchObject({ duplicate: true, eventId: 1 });
    });

    it('waits for what is in flight, and erases it after its answer', async () => {
      const { store } = await withBoth(open);
      const claimed = await claim(store);
      expect(await forgetAll(store, 'Germany/ann')).toMatchObject({ stage: 'erasing', isHeldUp: true, events: 2 });
      expect(await store.forgettings()).toMatchObject([{ stage: 'erasing' }]);
      const hers = claimed.find(({ id }) => id === 1);
      await store.settleAttempts([
        settledAttempt({
          claimNo: hers?.claimNo ?? 0,
          decision: { kind: 'retry', dueAtMs: T0, retries: 1, code: 'DELIVERY_TIMEOUT' },
        }),
      ]);
      expect(await forgetAll(store, 'Germany/ann')).toMatchObject({ stage: 'done', events: 3, attempts: 1 });
      expect(await claim(store, { nowMs: T0 + 9_999_999 })).toEqual([]);
    });

    it('erases events about nobody that were delivered to her, and only the delivery of others', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()], { member: null });
      await acceptRouted(store, 'm-2', [deliveryDraft(), deliveryDraft({ part: 1, ...BOBS })], BOB);
      expect(await forgetAll(store, 'Germany/ann')).toMatchObject({ stage: 'done', events: 1, deliveries: 2 });
      expect((await store.events({}, NEWEST)).items).toMatchObject([{ id: 2 }]);
      expect((await store.deliveries({}, NEWEST)).items).toMatchObject([{ id: 3 }]);
    });

    it('erases events about nobody whose deliveries recalled her facts', async () => {
      const { store } = await open();
      await store.learn([{ ...ANN, facts: [walletFact()] }], null, T0);
      const lookups = [{ kind: 'wallet', key: 'w-1', value: { email: 'ann@example.com' } }];
      await acceptRouted(store, 'm-1', [deliveryDraft({ member: null, lookups })], { member: null });
      await acceptRouted(store, 'm-2', [deliveryDraft({ member: null })], { member: null });
      expect(await forgetAll(store, 'Germany/ann')).toMatchObject({ stage: 'done', events: 1, facts: 1 });
      expect((await store.events({}, NEWEST)).items).toMatchObject([{ id: 2 }]);
    });

    it('erases what waits, and what comes while it erases', async () => {
      const { store } = await withBoth(open);
      const [begun] = await store.beginForgetting(['Germany/ann'], T0);
      await store.forgetStep(begun?.id ?? 0, 1, T0);
      await acceptRouted(store, 'm-8', [waitingDraft()], ANN);
      await store.accept([eventDraft('m-9', ANN)], []);
      expect(await forgetAll(store, 'Germany/ann')).toMatchObject({ stage: 'done', events: 5 });
      expect(await store.settleRoutes([{ eventId: 6, status: 'routed', code: null, deliveries: [] }], T0, [])).toEqual([
        { applied: 'repeated', claimed: [] },
      ]);
    });

    it('ends a replay that names her, and forgets the name', async () => {
      const { store } = await withBoth(open);
      const hers = await redelivery(store, {
        kind: 'delivery-filter',
        filter: { status: 'dead', member: 'ann@example.com' },
      });
      const searched = await redelivery(store, { kind: 'delivery-filter', filter: { status: 'dead', q: 'ann@exa' } });
      const others = await redelivery(store, { kind: 'delivery-filter', filter: { status: 'dead', member: 'bob' } });
      await forgetAll(store, 'Germany/ann');
      for (const { id } of [hers, searched]) {
        const selection = { kind: 'delivery-filter', filter: { status: 'dead', member: FORGOTTEN } };
        expect(await store.replay(id)).toMatchObject({ status: 'canceled', selection });
        expect(JSON.stringify(await store.replay(id))).not.toContain('ann');
      }
      expect(await store.replay(others.id)).toMatchObject({ status: 'running' });
    });

    it('goes on after a restart', async () => {
      const { store, reopen } = await withBoth(open);
      if (!reopen) return;
      const [begun] = await store.beginForgetting(['Germany/ann'], T0);
      await store.forgetStep(begun?.id ?? 0, 1, T0);
      const later = await reopen();
      const [left] = await later.forgettings();
      expect(left).toMatchObject({ stage: 'erasing', events: 1 });
      expect(await forgetAll(later, 'Germany/ann')).toMatchObject({ stage: 'done', events: 3 });
    });

    it('erases what a process that died had claimed', async () => {
      const { store, reopen } = await withBoth(open);
      await claim(store);
      if (!reopen) return;
      expect(await forgetAll(await reopen(), 'Germany/ann')).toMatchObject({ stage: 'done', events: 3 });
    });
  });
}
