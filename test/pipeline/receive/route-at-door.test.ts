import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PointsmanError } from '../../../src/core/errors.ts';
import type { TransformJob, TransformResult } from '../../../src/ports/transform-engine.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { bodyOf, requests } from '../../support/fake-engine.ts';
import { aMapping } from '../../support/samples.ts';

function event(member: string, n: number, inline = true) {
  return { eventName: 'LevelChanged', storeCode: 'de', messageId: `${member}-${n}`, member, n, inline };
}

/** Runs inline whatever event says so, from the body that was parsed at the door. */
function inlineWhereAsked(job: TransformJob): TransformResult | null {
  const { inline, n } = job.input.parsed ?? {};
  return inline === true ? requests({ n: n ?? null }) : null;
}

/** A corridor that has found nothing left over by an earlier life. */
async function started(runInline = inlineWhereAsked, claimsAtOnce = false): Promise<Corridor> {
  const corridor = createCorridor({ mappings: [aMapping()], claimsAtOnce });
  corridor.engine.use((job) => requests({ n: bodyOf(job)['n'] ?? null }));
  Object.assign(corridor.engine, { runInline });
  await corridor.route();
  return corridor;
}

describe('routing at the door', () => {
  it('stores an event with its deliveries, and wakes the deliverers instead of the router', async () => {
    const corridor = await started();
    await corridor.receive(event('ann', 1));
    expect(await corridor.store.event(1)).toMatchObject({ status: 'routed' });
    expect(await corridor.newest()).toMatchObject({ status: 'pending', request: '{"n":1}' });
    expect(corridor.hints).toMatchObject({ accepted: 0, routed: 1 });
    expect(await corridor.router.step()).toBe(0);
  });

  it('marks an event that no mapping names as unmatched at once', async () => {
    const corridor = await started();
    corridor.useMappings(aMapping({ events: ['Points*'] }));
    await corridor.receive(event('ann', 1));
    expect(await corridor.store.event(1)).toMatchObject({ status: 'unmatched' });
    expect(await corridor.store.unmatchedNames(10)).toMatchObject([{ name: 'LevelChanged', count: 1 }]);
  });

  it('waits until what an earlier life left is routed', async () => {
    const corridor = createCorridor();
    Object.assign(corridor.engine, { runInline: inlineWhereAsked });
    await corridor.receive(event('ann', 1));
    expect(await corridor.store.event(1)).toMatchObject({ status: 'accepted' });
    await corridor.route();
    await corridor.receive(event('ann', 2));
    expect(await corridor.store.event(2)).toMatchObject({ status: 'routed' });
  });

  it('queues behind an event of the same member that cannot be routed yet', async () => {
    const corridor = await started();
    await corridor.receive(event('ann', 1, false));
    await corridor.receive(event('ann', 2));
    expect(await corridor.store.event(2)).toMatchObject({ status: 'accepted' });
    await corridor.route();
    expect((await corridor.all()).map(({ request }) => request)).toEqual(['{"n":1}', '{"n":2}']);
    await corridor.receive(event('ann', 3));
    expect(await corridor.store.event(3)).toMatchObject({ status: 'routed' });
  });

  it.each<[string, TransformResult | null]>([
    ['needs a fact', { kind: 'needs', facts: [] }],
    ['misses a fact', { kind: 'missing', facts: [] }],
    ['is not inline', null],
  ])('leaves an event to the router when a mapping %s', async (_what, result) => {
    const corridor = await started(() => result);
    await corridor.receive(event('ann', 1));
    expect(await corridor.store.event(1)).toMatchObject({ status: 'accepted' });
    expect(corridor.hints.accepted).toBe(1);
  });

  it('leaves an event to the router when routing it throws', async () => {
    const corridor = await started(() => {
      throw new Error('a bug');
    });
    expect(await corridor.receive(event('ann', 1))).toEqual({ eventId: 1, duplicate: false });
    expect(await corridor.store.event(1)).toMatchObject({ status: 'accepted' });
  });

  it('makes nothing of a repeat, and lets later events through', async () => {
    const corridor = await started();
    await corridor.receive(event('ann', 1));
    expect(await corridor.receive(event('ann', 1))).toEqual({ eventId: 1, duplicate: true });
    await corridor.receive(event('ann', 2));
    expect(await corridor.all()).toHaveLength(2);
  });

  it('blocks nobody after the store refused an event that was to be routed later', async () => {
    const corridor = await started();
    const { accept } = corridor.store;
    Object.assign(corridor.store, {
      accept: async () => {
        throw new PointsmanError('STORE_UNWRITABLE', 'Cannot write: disk full');
      },
    });
    await expect(corridor.receive(event('ann', 1, false))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    Object.assign(corridor.store, { accept });
    await corridor.receive(event('ann', 2));
    expect(await corridor.store.event(1)).toMatchObject({ status: 'routed' });
  });

  it('hands what was claimed in the same commit to the deliverer', async () => {
    const corridor = await started(inlineWhereAsked, true);
    await corridor.receive(event('ann', 1));
    await corridor.deliverer.drained();
    expect(await corridor.newest()).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('keeps the order of each member, whatever of her events runs inline', async () => {
    const arrivals = fc.array(fc.record({ member: fc.constantFrom('ann', 'bob', 'cid'), inline: fc.boolean() }), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.array(fc.nat(3), { maxLength: 10 }), async (events, pauses) => {
        const corridor = await started();
        for (const [n, { member, inline }] of events.entries()) {
          await corridor.receive(event(member, n, inline));
          if (pauses.includes(n % 4)) await corridor.route();
        }
        await corridor.route();
        const made = await corridor.all();
        for (const member of ['ann', 'bob', 'cid']) {
          const sent = made.filter((one) => one.member === `de/${member}`).map(({ request }) => request);
          const came = events.flatMap((one, n) => (one.member === member ? [`{"n":${n}}`] : []));
          expect(sent).toEqual(came);
        }
      }),
      { numRuns: 60 },
    );
  });
});
