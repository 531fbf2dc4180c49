import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/core/attempt.ts';
import type { ClaimedDelivery } from '../../../src/core/delivery.ts';
import type { CallResult } from '../../../src/ports/destination.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { turn } from '../../support/manual-clock.ts';
import { aMapping } from '../../support/samples.ts';
import {
  createScriptedDestination,
  DELIVERED,
  REJECTED,
  UNAVAILABLE,
  UNKNOWN,
} from '../../support/scripted-destination.ts';

const LIMITS = { batchSize: 16, concurrency: 4 };

/** A destination that answers a whole call with `bad` when one of these is in it. */
function poisonedBy(poison: ReadonlySet<number>, bad: Answer) {
  return (deliveries: readonly ClaimedDelivery[]): CallResult => {
    const failed = deliveries.some(({ id }) => poison.has(id));
    return { answers: deliveries.map(() => (failed ? bad : DELIVERED)), failed, divisible: failed };
  };
}

async function corridorWith(count: number, script: ReturnType<typeof poisonedBy>, quick = 0): Promise<Corridor> {
  const destination = createScriptedDestination({
    limits: LIMITS,
    retry: { quick, scheduleMs: [5_000, 30_000, 60_000], jitter: 0, giveUpAfterMs: 36_000_000 },
  });
  const corridor = createCorridor({ destination, mappings: [aMapping({ order: 'none' })] });
  destination.next(...Array.from({ length: 200 }, () => script));
  for (let n = 0; n < count; n++) {
    await corridor.receive({ eventName: 'X', storeCode: 'de', messageId: `m-${n}`, member: `m${n}` });
  }
  await corridor.route();
  return corridor;
}

/** Lets p-retry's real pauses pass. */
async function settle(corridor: Corridor): Promise<void> {
  for (let round = 0; round < 8; round++) {
    await corridor.deliver();
    await corridor.clock.advance(60_000);
    await turn();
  }
}

const sizes = ({ destination }: Corridor) => destination.calls.map((call) => call.length);

describe('a poison that fails the whole call', () => {
  it('is looked for in halves, then alone, and only it is refused', { timeout: 10_000 }, async () => {
    const corridor = await corridorWith(8, poisonedBy(new Set([3]), REJECTED));
    await settle(corridor);
    expect(sizes(corridor)).toEqual([8, 4, 4, 1, 1, 1, 1]);
    const all = await corridor.all();
    expect(all.filter(({ status }) => status === 'dead').map(({ id }) => id)).toEqual([3]);
    expect(all.filter(({ status }) => status === 'delivered')).toHaveLength(7);
    expect(all[2]?.attemptLog.map(({ verdict }) => verdict)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('is left behind also where each try follows the schedule', async () => {
    const corridor = await corridorWith(4, poisonedBy(new Set([2]), UNAVAILABLE));
    await settle(corridor);
    expect(sizes(corridor)).toEqual([4, 2, 2, 1, 1, 1]);
    expect((await corridor.all()).map(({ status }) => status)).toEqual(['delivered', 'dead', 'delivered', 'delivered']);
  });

  it('is looked for by the quick tries of one claim', { timeout: 10_000 }, async () => {
    const corridor = await corridorWith(4, poisonedBy(new Set([2]), UNAVAILABLE), 2);
    await corridor.deliver();
    expect(sizes(corridor)).toEqual([4, 2, 2, 1, 1]);
    const statuses = (await corridor.all()).map(({ status, attempts }) => [status, attempts]);
    expect(statuses).toEqual([
      ['delivered', 3],
      ['pending', 3],
      ['delivered', 2],
      ['delivered', 2],
    ]);
  });

  it('draws in nobody else: who was not in the failed call travels apart', { timeout: 10_000 }, async () => {
    const corridor = await corridorWith(4, poisonedBy(new Set([1]), UNAVAILABLE));
    await corridor.deliver();
    for (let n = 0; n < 4; n++) {
      await corridor.receive({ eventName: 'X', storeCode: 'de', messageId: `n-${n}`, member: `n${n}` });
    }
    await corridor.route();
    await corridor.clock.advance(5_000);
    await corridor.deliver();
    const calls = corridor.destination.calls.map((call) => call.map(({ id }) => id));
    expect(calls).toHaveLength(4);
    expect(calls.slice(1)).toEqual(
      expect.arrayContaining([
        [1, 2],
        [3, 4],
        [5, 6, 7, 8],
      ]),
    );
  });

  it('may leave a delivery held: nobody knows whether it arrived', async () => {
    const corridor = await corridorWith(2, poisonedBy(new Set([1]), UNKNOWN));
    corridor.useMappings(aMapping({ onAmbiguous: 'hold', order: 'none' }));
    await corridor.deliver();
    expect((await corridor.all()).map(({ code }) => code)).toEqual(['DELIVERY_HELD', 'DELIVERY_HELD']);
  });

  it('never keeps the innocent from being delivered, is found alone, in a bounded number of calls', {
    timeout: 60_000,
  }, async () => {
    const cases = fc.record({
      count: fc.integer({ min: 1, max: 16 }),
      poison: fc.uniqueArray(fc.integer({ min: 1, max: 16 }), { maxLength: 16 }),
      bad: fc.constantFrom(UNAVAILABLE, UNKNOWN),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ count, poison, bad }) => {
        const poisoned = new Set(poison.filter((id) => id <= count));
        const corridor = await corridorWith(count, poisonedBy(poisoned, bad));
        await settle(corridor);
        const all = await corridor.all();
        expect(all.filter(({ status }) => status === 'delivered')).toHaveLength(count - poisoned.size);
        for (const { id, status } of all) if (poisoned.has(id)) expect(status).toBe('dead');
        for (const id of poisoned)
          expect(corridor.destination.calls.some(([one, ...more]) => one?.id === id && more.length === 0)).toBe(true);
        expect(corridor.destination.calls.length).toBeLessThanOrEqual(1 + 2 + count + 3 * poisoned.size);
      }),
      { numRuns: 60 },
    );
  });
});
