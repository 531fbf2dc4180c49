import { describe, expect, it } from 'vitest';
import { PointsmanError } from '../../../src/core/errors.ts';
import { partitionOf } from '../../../src/core/event.ts';
import type { TransformResult } from '../../../src/ports/transform-engine.ts';
import { createCorridor } from '../../support/corridor.ts';
import { bodyOf, requests } from '../../support/fake-engine.ts';
import { turn } from '../../support/manual-clock.ts';
import { aMapping } from '../../support/samples.ts';

const DISK_FULL = new PointsmanError('STORE_UNWRITABLE', 'Cannot write: disk full');

function event(member: string, n: number) {
  return { eventName: 'LevelChanged', storeCode: 'de', messageId: `${member}-${n}`, member, n };
}

/** Somebody whose events are kept in another partition than Ann's. */
const STRANGER = ['bob', 'cid', 'dan'].find((name) => partitionOf(`de/${name}`, '') !== partitionOf('de/ann', ''));
if (STRANGER === undefined) throw new Error('Everybody shares a partition');

/** A transform that answers at once except for one event, which waits for `release`. */
function slowFor(messageId: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const transform = async (job: Parameters<typeof bodyOf>[0]): Promise<TransformResult> => {
    const { messageId: own, n } = bodyOf(job);
    if (own === messageId) await promise;
    return requests({ n: n ?? null });
  };
  return { transform, release: resolve };
}

describe('routing', () => {
  it('makes one delivery per mapping that matches, and tells the deliverers', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ id: 'one' }), aMapping({ id: 'two' })] });
    await corridor.receive(event('ann', 1));
    await corridor.route();
    expect((await corridor.all()).map(({ mapping, status }) => [mapping, status])).toEqual([
      ['one', 'pending'],
      ['two', 'pending'],
    ]);
    expect(await corridor.store.event(1)).toMatchObject({ status: 'routed' });
    expect(corridor.hints.routed).toBe(1);
  });

  it('marks an event that no mapping names as unmatched', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ events: ['Points*'] })] });
    await corridor.receive(event('ann', 1));
    await corridor.route();
    expect(await corridor.store.event(1)).toMatchObject({ status: 'unmatched', deliveries: [] });
  });

  it('says when there is nothing to do', async () => {
    const corridor = createCorridor();
    expect(await corridor.router.step()).toBe(0);
    await corridor.receive(event('ann', 1));
    expect(await corridor.router.step()).toBe(1);
    expect(await corridor.router.step()).toBe(0);
    await corridor.router.drained();
  });

  it('uses one snapshot of the rules for a chunk, the one of its moment', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ id: 'old' })] });
    await corridor.receive(event('ann', 1));
    await corridor.router.step();
    corridor.useMappings(aMapping({ id: 'new' }));
    await corridor.router.drained();
    expect(await corridor.newest()).toMatchObject({ mapping: 'old' });
  });
});

describe('order', () => {
  it('is that of acceptance within a partition, even when the first transform is slow', async () => {
    const corridor = createCorridor();
    const { transform, release } = slowFor('ann-1');
    corridor.engine.use(transform);
    await corridor.receive(event('ann', 1));
    await corridor.router.step();
    for (const n of [2, 3]) await corridor.receive(event('ann', n));
    await corridor.router.step();
    await turn();
    expect(corridor.engine.jobs).toHaveLength(3);
    expect(await corridor.all()).toEqual([]);
    release();
    await corridor.router.drained();
    expect((await corridor.all()).map(({ request }) => request)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  it('of one partition delays no other', async () => {
    const corridor = createCorridor();
    const { transform, release } = slowFor('ann-1');
    corridor.engine.use(transform);
    await corridor.receive(event('ann', 1));
    await corridor.receive(event(STRANGER, 1));
    await corridor.router.step();
    await turn();
    expect((await corridor.all()).map(({ member }) => member)).toEqual([`de/${STRANGER}`]);
    release();
    await corridor.router.drained();
    expect(await corridor.all()).toHaveLength(2);
  });

  it('holds while thousands wait behind a slow transform, and not more than a thousand are claimed', async () => {
    const corridor = createCorridor();
    const { transform, release } = slowFor('ann-0');
    corridor.engine.use(transform);
    for (let n = 0; n < 1_100; n++) await corridor.receive(event('ann', n));
    for (let step = 0; step < 5; step++) expect(await corridor.router.step()).toBe(200);
    const blocked = corridor.router.step();
    await turn();
    expect(corridor.engine.jobs).toHaveLength(1_000);
    release();
    expect(await blocked).toBe(1);
    await corridor.route();
    const { items } = await corridor.store.deliveries({}, { before: 1_101, limit: 200 });
    expect(items.map(({ id }) => id).slice(0, 2)).toEqual([1_100, 1_099]);
    expect(corridor.engine.jobs).toHaveLength(1_100);
    const firsts = await Promise.all([1, 2, 1_100].map((id) => corridor.store.delivery(id)));
    expect(firsts.map((delivery) => delivery?.request)).toEqual(['{"n":0}', '{"n":1}', '{"n":1099}']);
  });
});

describe('a store that refuses what was routed', () => {
  it('loses nothing: it is asked again every second until it takes it', async () => {
    const corridor = createCorridor();
    const settleRoutes = corridor.store.settleRoutes;
    let failures = 2;
    corridor.store.settleRoutes = (...of) => (failures-- > 0 ? Promise.reject(DISK_FULL) : settleRoutes(...of));
    await corridor.receive(event('ann', 1));
    await corridor.router.step();
    await turn();
    await corridor.clock.advance(1_000);
    expect(await corridor.all()).toEqual([]);
    await corridor.clock.advance(1_000);
    await corridor.router.drained();
    expect(await corridor.all()).toMatchObject([{ status: 'pending' }]);
    expect(corridor.log.messages('error')).toEqual(['cannot store routes; trying again']);
    expect(corridor.engine.jobs).toHaveLength(1);
  });

  it('says so once a minute, not once a second', async () => {
    const corridor = createCorridor();
    corridor.store.settleRoutes = () => Promise.reject(DISK_FULL);
    await corridor.receive(event('ann', 1));
    await corridor.router.step();
    await turn();
    for (let second = 0; second < 150; second++) await corridor.clock.advance(1_000);
    expect(corridor.log.messages('error')).toHaveLength(3);
  });

  it('is left alone at a shutdown: the event is still accepted', async () => {
    const corridor = createCorridor();
    corridor.store.settleRoutes = () => Promise.reject(DISK_FULL);
    await corridor.receive(event('ann', 1));
    await corridor.router.step();
    await turn();
    corridor.shutdown.abort();
    await corridor.router.drained();
    expect(await corridor.store.event(1)).toMatchObject({ status: 'accepted', deliveries: [] });
  });

  it('is asked again for facts, too: a look-up that fails fails no event', async () => {
    const corridor = createCorridor();
    const wallet = { source: 'loyalty', storeCode: 'de', kind: 'wallet', key: 'w-1' };
    corridor.engine.use(({ lookups }) =>
      lookups.length === 0 ? { kind: 'needs', facts: [wallet] } : requests({ known: true }),
    );
    const facts = corridor.store.facts;
    let failures = 1;
    corridor.store.facts = (keys) => (failures-- > 0 ? Promise.reject(DISK_FULL) : facts(keys));
    await corridor.receive(event('ann', 1));
    await corridor.router.step();
    await turn();
    await corridor.clock.advance(1_000);
    await corridor.router.drained();
    expect(await corridor.all()).toMatchObject([{ status: 'pending', request: '{"known":true}' }]);
  });

  it('is not asked for ever for facts at a shutdown', async () => {
    const corridor = createCorridor();
    corridor.engine.use(() => ({ kind: 'needs', facts: [] }));
    corridor.store.facts = () => Promise.reject(DISK_FULL);
    await corridor.receive(event('ann', 1));
    await corridor.router.step();
    await turn();
    corridor.shutdown.abort();
    await corridor.router.drained();
    expect(await corridor.store.event(1)).toMatchObject({ status: 'accepted' });
  });
});

describe('a bug', () => {
  it('in the engine marks the events as failed, and the next ones are routed', async () => {
    const corridor = createCorridor();
    corridor.engine.use(() => Promise.reject(new Error('boom')));
    await corridor.receive(event('ann', 1));
    await corridor.route();
    corridor.engine.use(() => requests({ n: 2 }));
    await corridor.receive(event('ann', 2));
    await corridor.route();
    expect(await corridor.store.event(1)).toMatchObject({ status: 'failed', code: 'TRANSFORM_CRASHED' });
    expect(await corridor.all()).toMatchObject([{ status: 'pending', request: '{"n":2}' }]);
    expect(corridor.log.lines[0]?.fields['err']).toContain('boom');
  });

  it('in settling marks the events as failed, and the next ones of their partition are routed', async () => {
    const corridor = createCorridor();
    const settleRoutes = corridor.store.settleRoutes;
    corridor.store.settleRoutes = (routed, ...more) =>
      routed.some(({ eventId, deliveries }) => eventId === 1 && deliveries.length > 0)
        ? Promise.reject(new Error('boom'))
        : settleRoutes(routed, ...more);
    await corridor.receive(event('ann', 1));
    await corridor.route();
    await corridor.receive(event('ann', 2));
    await corridor.route();
    expect(await corridor.store.event(1)).toMatchObject({ status: 'failed', code: 'TRANSFORM_CRASHED' });
    expect(await corridor.store.event(2)).toMatchObject({ status: 'routed' });
  });

  it('that lets nothing be settled stops nobody: the event stays accepted', async () => {
    const corridor = createCorridor();
    const settleRoutes = corridor.store.settleRoutes;
    corridor.store.settleRoutes = () => Promise.reject(new Error('boom'));
    await corridor.receive(event('ann', 1));
    await corridor.route();
    corridor.store.settleRoutes = settleRoutes;
    await corridor.receive(event('ann', 2));
    await corridor.route();
    expect(await corridor.store.event(1)).toMatchObject({ status: 'accepted' });
    expect(await corridor.store.event(2)).toMatchObject({ status: 'routed' });
  });
});
