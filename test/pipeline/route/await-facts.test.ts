import { describe, expect, it } from 'vitest';
import { PointsmanError } from '../../../src/core/errors.ts';
import { type Corridor, type CorridorParts, createCorridor } from '../../support/corridor.ts';
import { requests } from '../../support/fake-engine.ts';
import { NOON_MS, turn } from '../../support/manual-clock.ts';
import { aMapping } from '../../support/samples.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A corridor in which an event about the wallet w-1 waits for the fact that tells whose it is. */
async function waiting(parts: CorridorParts = {}): Promise<Corridor> {
  const corridor = createCorridor(parts);
  const wallet = { source: 'loyalty', storeCode: 'de', kind: 'wallet', key: 'w-1' };
  corridor.engine.use(({ lookups }) => {
    const [found] = lookups;
    if (!found) return { kind: 'needs', facts: [wallet] };
    return found.value === null ? { kind: 'missing', facts: [wallet] } : requests({ email: found.value });
  });
  await corridor.receive({ eventName: 'PointsWillExpire', storeCode: 'de', messageId: 'm-1' });
  await corridor.route();
  return corridor;
}

async function teach(corridor: Corridor): Promise<void> {
  const teaches = { 'w-1': 'ann@example.com' };
  await corridor.receive({ eventName: 'Unmapped', storeCode: 'de', messageId: 'm-2', teaches });
}

describe('a delivery that waits for a fact', () => {
  it('has no request, is not sent, and is not looked at before its time', async () => {
    const corridor = await waiting();
    await corridor.clock.advance(MINUTE_MS - 1);
    expect(await corridor.awaitFacts()).toBe(0);
    expect(await corridor.deliverer.step()).toBe(0);
    expect(await corridor.newest()).toMatchObject({ status: 'waiting', request: null, dueAtMs: NOON_MS + MINUTE_MS });
  });

  it('goes out once, as soon as the fact is learned', async () => {
    const corridor = await waiting();
    await teach(corridor);
    expect(await corridor.awaitFacts()).toBe(1);
    expect(await corridor.awaitFacts()).toBe(0);
    await corridor.deliver();
    expect(corridor.destination.sent.map(({ request }) => request)).toEqual(['{"email":"ann@example.com"}']);
    expect(await corridor.newest()).toMatchObject({ status: 'delivered', lookups: [{ key: 'w-1' }] });
    expect(corridor.hints.routed).toBe(2);
  });

  it('may become several deliveries, and each goes out once', async () => {
    const corridor = await waiting();
    await teach(corridor);
    corridor.engine.use(() => requests({ n: 0 }, { n: 1 }));
    await corridor.awaitFacts();
    await corridor.deliver();
    expect((await corridor.all()).map(({ part, status }) => [part, status])).toEqual([
      [0, 'delivered'],
      [1, 'delivered'],
    ]);
  });

  it('is looked at again and again, and dead after three days', async () => {
    const corridor = await waiting();
    for (const hours of [1 / 60, 1 / 6, 1, 6, 24]) {
      const looked = await corridor.newest();
      await corridor.clock.advance((looked.dueAtMs ?? 0) - corridor.clock.now());
      expect(corridor.clock.now() - NOON_MS).toBe(hours * HOUR_MS);
      expect(await corridor.awaitFacts()).toBe(1);
      expect(await corridor.newest()).toMatchObject({ status: 'waiting', attempts: 0 });
    }
    await corridor.clock.advance(48 * HOUR_MS);
    await corridor.awaitFacts();
    expect(await corridor.newest()).toMatchObject({ status: 'dead', code: 'TRANSFORM_RECALL_MISSING', request: null });
    expect(await corridor.awaitFacts()).toBe(0);
  });

  it('is frozen with the mapping of the moment at which it goes on', async () => {
    const corridor = await waiting();
    corridor.useMappings(aMapping({ version: 'b'.repeat(64) }));
    await teach(corridor);
    await corridor.awaitFacts();
    expect(await corridor.newest()).toMatchObject({ status: 'pending', mappingVersion: 'b'.repeat(64) });
  });

  it.each([
    ['gone', []],
    ['disabled', [aMapping({ enabled: false })]],
    ['switched off', [aMapping({ mode: 'off' })]],
  ])('goes on waiting while its mapping is %s, until its time is up', async (_how, mappings) => {
    const corridor = await waiting();
    corridor.useMappings(...mappings);
    await teach(corridor);
    expect(await corridor.awaitFacts()).toBe(1);
    expect(await corridor.newest()).toMatchObject({ status: 'waiting', dueAtMs: NOON_MS + MINUTE_MS });
    await corridor.clock.advance(72 * HOUR_MS);
    await corridor.awaitFacts();
    expect(await corridor.newest()).toMatchObject({ status: 'dead', code: 'TRANSFORM_RECALL_MISSING' });
  });

  it('goes on when its mapping is back', async () => {
    const corridor = await waiting();
    corridor.useMappings();
    await teach(corridor);
    await corridor.awaitFacts();
    corridor.useMappings(aMapping());
    await corridor.clock.advance(MINUTE_MS);
    await corridor.awaitFacts();
    expect(await corridor.newest()).toMatchObject({ status: 'pending' });
  });

  it('keeps the look-ups of its neighbours apart', async () => {
    const corridor = await waiting({ mappings: [aMapping({ id: 'gone' }), aMapping({ id: 'kept' })] });
    corridor.useMappings(aMapping({ id: 'kept' }));
    await teach(corridor);
    expect(await corridor.awaitFacts()).toBe(2);
    expect((await corridor.all()).map(({ mapping, status }) => [mapping, status])).toEqual([
      ['gone', 'waiting'],
      ['kept', 'pending'],
    ]);
  });

  it('is not lost when the store refuses it for a while', async () => {
    const corridor = await waiting();
    await teach(corridor);
    const settleWaiting = corridor.store.settleWaiting;
    let failures = 1;
    corridor.store.settleWaiting = (...of) =>
      failures-- > 0 ? Promise.reject(new PointsmanError('STORE_FAILED', 'busy')) : settleWaiting(...of);
    const looking = corridor.awaitFacts();
    await turn();
    await corridor.clock.advance(1_000);
    await looking;
    expect(await corridor.newest()).toMatchObject({ status: 'pending' });
  });
});
