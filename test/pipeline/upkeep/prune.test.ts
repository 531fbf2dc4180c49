import { describe, expect, it } from 'vitest';
import { createPruner, type Pruner } from '../../../src/pipeline/upkeep/prune.ts';
import type { PruneOrder } from '../../../src/ports/upkeep.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function prunerOf(corridor: Corridor, retentionMs = 10 * DAY): Pruner {
  const { store, log, shutdown } = corridor;
  // Its rests are not what is tested: they take no time.
  const clock = { ...corridor.clock, now: () => corridor.clock.now(), sleep: async () => {} };
  return createPruner({ store, log, clock, signal: shutdown.signal, retentionMs: () => retentionMs });
}

/** Lets the clock go on steadily, looking on the way. */
async function pass(corridor: Corridor, pruner: Pruner, ms: number): Promise<number> {
  let pruned = 0;
  for (let passed = 0; passed < ms; passed += 12 * HOUR) {
    await corridor.clock.advance(12 * HOUR);
    pruned += await pruner.step();
  }
  return pruned;
}

async function withDelivered(count: number): Promise<Corridor> {
  const corridor = createCorridor();
  for (let index = 0; index < count; index++) {
    await corridor.receive({ messageId: `m-${index}`, eventName: 'LevelChanged', member: 'ann' });
  }
  await corridor.route();
  await corridor.deliver();
  return corridor;
}

const eventsIn = async ({ store }: Corridor) => (await store.events({}, { before: null, limit: 200 })).items.length;

describe('retention', () => {
  it('deletes what is old, once a sweep', async () => {
    const corridor = await withDelivered(50);
    const pruner = prunerOf(corridor);
    await pruner.step();
    expect(await pass(corridor, pruner, 10 * DAY)).toBe(0);
    expect(await eventsIn(corridor)).toBe(50);
    expect(await pass(corridor, pruner, DAY)).toBe(50);
    expect(await eventsIn(corridor)).toBe(0);
    expect(corridor.log.lines.filter(({ fields }) => fields['stage'] === 'retention')).toMatchObject([
      { level: 'info', fields: { n: 50 } },
    ]);
  });

  it('looks every ten minutes', async () => {
    const corridor = createCorridor();
    const asked: PruneOrder[] = [];
    const { prune } = corridor.store;
    corridor.store.prune = (order) => {
      asked.push(order);
      return prune(order);
    };
    const pruner = prunerOf(corridor, HOUR);
    for (let minute = 0; minute < 120; minute++) {
      await pruner.step();
      await corridor.clock.advance(60_000);
    }
    expect(asked).toHaveLength(6);
  });

  it('deletes nothing when the clock jumps ahead, and warns', async () => {
    const corridor = await withDelivered(5);
    const pruner = prunerOf(corridor);
    await pruner.step();
    await pass(corridor, pruner, 2 * DAY);
    await corridor.clock.advance(3_650 * DAY);
    expect(await pruner.step()).toBe(0);
    expect(await eventsIn(corridor)).toBe(5);
    expect(corridor.log.messages('warn')).toEqual([expect.stringContaining('the clock jumped')]);
    // Set right again, it goes on as if nothing had been.
    await corridor.clock.advance(-3_650 * DAY);
    expect(await pass(corridor, pruner, 3 * DAY)).toBe(0);
    expect(await eventsIn(corridor)).toBe(5);
    expect(await pass(corridor, pruner, 7 * DAY)).toBe(5);
  });

  it('trusts the clock again after it has been steady for a day, also over restarts', async () => {
    const corridor = await withDelivered(5);
    await prunerOf(corridor).step();
    await corridor.clock.advance(100 * DAY);
    expect(await prunerOf(corridor).step()).toBe(0);
    await corridor.clock.advance(12 * HOUR);
    expect(await prunerOf(corridor).step()).toBe(0);
    await corridor.clock.advance(12 * HOUR);
    expect(await prunerOf(corridor).step()).toBe(5);
  });

  it('takes less at a time when a commit takes long, and more when it is quick', async () => {
    const corridor = await withDelivered(1);
    const limits: number[] = [];
    let tookMs = 100;
    corridor.store.prune = async ({ limit, after }) => {
      limits.push(limit);
      if (limits.length === 6) tookMs = 0;
      await corridor.clock.advance(tookMs);
      return { looked: limit, events: 1, next: limits.length < 40 ? after + limit : null };
    };
    const pruner = prunerOf(corridor, HOUR);
    await pruner.step();
    await corridor.clock.advance(HOUR);
    await pruner.step();
    expect(limits.slice(0, 6)).toEqual([20, 10, 5, 5, 5, 5]);
    expect(Math.max(...limits)).toBe(100);
    expect(limits).toEqual([...limits.slice(0, 6), ...limits.slice(6).sort((left, right) => left - right)]);
  });

  it('gives free pages back until few are left, and gives up where none can be', async () => {
    const corridor = await withDelivered(1);
    const given: number[] = [];
    let free = 300;
    corridor.store.compact = async (pages) => {
      given.push(pages);
      free = Math.max(100, free - pages);
      return free;
    };
    const pruner = prunerOf(corridor, HOUR);
    await pruner.step();
    await pass(corridor, pruner, 12 * HOUR);
    await pass(corridor, pruner, 12 * HOUR);
    expect(given).toEqual([32, 32, 32, 32, 32, 32, 32, 32]);
  });

  it('ends in the middle of a sweep when it is shut down', async () => {
    const corridor = await withDelivered(100);
    const { prune } = corridor.store;
    corridor.store.prune = (order) => {
      corridor.shutdown.abort();
      return prune(order);
    };
    const pruner = prunerOf(corridor, HOUR);
    await pruner.step();
    await corridor.clock.advance(HOUR + 1);
    expect(await pruner.step()).toBe(20);
    expect(await eventsIn(corridor)).toBe(80);
  });
});
