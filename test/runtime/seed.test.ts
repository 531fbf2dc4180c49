import { describe, expect, it } from 'vitest';
import { PointsmanError } from '../../src/core/errors.ts';
import { learn } from '../../src/pipeline/learn/learn.ts';
import type { Seeder } from '../../src/ports/seeder.ts';
import { type SeedRequest, seedFacts } from '../../src/runtime/seed.ts';
import { createMemoryStore } from '../../src/storage/memory/memory-store.ts';
import { createFakeSource } from '../support/fake-source.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createSilentLogger } from '../support/silent-logger.ts';

/** Pages of one member each; page `n` begins at `n`. Every third member has no wallet. */
function engine(sizes: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const faults: { forgets?: string; failsAt?: string } = {};
  const seeder: Seeder = {
    tenants: async () => Object.keys(sizes),
    total: async (storeCode) => sizes[storeCode] ?? null,
    async page(storeCode, from) {
      asked.push(`${storeCode} ${from}`);
      if (faults.failsAt === `${storeCode} ${from}`) throw new PointsmanError('SOURCE_API_FAILED', 'It failed');
      if (faults.forgets === `${storeCode} ${from}`) {
        delete faults.forgets;
        return null;
      }
      const n = Number(from ?? 0);
      const fact = { storeCode, kind: 'wallet', key: `w-${n}`, value: { name: `m-${n}` } };
      const next = n + 1 < (sizes[storeCode] ?? 0) ? String(n + 1) : null;
      return { facts: n % 3 === 2 ? [] : [fact], members: 1, next };
    },
    close: async () => {},
  };
  return { seeder, asked, faults };
}

function memory() {
  const store = createMemoryStore();
  const tools = {
    store,
    sources: new Map([['loyalty', createFakeSource()]]),
    clock: createManualClock(),
    log: createSilentLogger(),
  };
  const notices: string[] = [];
  const shown: unknown[] = [];
  return {
    store,
    notices,
    shown,
    writer: {
      learn: (request: Parameters<typeof learn>[0]) => learn(request, tools),
      checkpoint: (name: string) => store.checkpoint(name),
    },
    onNotice: (words: string) => void notices.push(words),
    onProgress: (...progress: readonly unknown[]) => void shown.push(progress),
  };
}

const ALL: SeedRequest = { source: 'loyalty', storeCodes: [], restart: false };
const EVERYTHING = { before: null, limit: 200 } as const;

describe('seeding', () => {
  it('learns every tenant, and begins anew the next time', async () => {
    const own = memory();
    const { seeder, asked } = engine({ Germany: 4, Poland: 1 });
    const read = await seedFacts(ALL, { ...own, seeder });
    expect(read).toMatchObject({ Germany: { members: 4, facts: 3 }, Poland: { members: 1, facts: 1 } });
    expect((await own.store.factRows({}, EVERYTHING)).items).toHaveLength(4);
    expect(own.shown.at(0)).toMatchObject(['Germany', { members: 1 }, 4]);
    expect(await own.store.checkpoint('seed:loyalty')).toBeNull();
    await seedFacts(ALL, { ...own, seeder });
    expect(asked).toHaveLength(10);
    expect((await own.store.factRows({}, EVERYTHING)).items).toHaveLength(4);
  });

  it('reads only the tenants it is told to', async () => {
    const own = memory();
    const { seeder, asked } = engine({ Germany: 2, Poland: 1 });
    await seedFacts({ ...ALL, storeCodes: ['Poland'] }, { ...own, seeder });
    expect(asked).toEqual(['Poland null']);
  });

  it('says how far it got when it fails, and goes on from there', async () => {
    const own = memory();
    const { seeder, asked, faults } = engine({ Germany: 4, Poland: 4 });
    faults.failsAt = 'Poland 2';
    await expect(seedFacts(ALL, { ...own, seeder })).rejects.toMatchObject({
      code: 'SOURCE_API_FAILED',
      message: 'It failed (6 members are read, the same command goes on from there)',
    });
    delete faults.failsAt;
    asked.length = 0;
    const read = await seedFacts(ALL, { ...own, seeder });
    expect(asked).toEqual(['Poland 2', 'Poland 3']);
    expect(read).toMatchObject({ Germany: { members: 4, facts: 3 }, Poland: { members: 4, facts: 3 } });
    expect(own.notices).toContain('Poland: going on after 2 members');
  });

  it('says when nothing was read at all', async () => {
    const { seeder, faults } = engine({ Germany: 4 });
    faults.failsAt = 'Germany null';
    await expect(seedFacts(ALL, { ...memory(), seeder })).rejects.toThrow('(nothing was read yet)');
  });

  it('forgets an earlier place when told to, and when the engine has forgotten it', async () => {
    const own = memory();
    const { seeder, asked, faults } = engine({ Germany: 3 });
    faults.failsAt = 'Germany 1';
    await expect(seedFacts(ALL, { ...own, seeder })).rejects.toThrow();
    await expect(seedFacts({ ...ALL, restart: true }, { ...own, seeder })).rejects.toThrow();
    expect(asked).toEqual(['Germany null', 'Germany 1', 'Germany null', 'Germany 1']);
    delete faults.failsAt;
    faults.forgets = 'Germany 1';
    asked.length = 0;
    expect(await seedFacts(ALL, { ...own, seeder })).toMatchObject({ Germany: { members: 3 } });
    expect(asked).toEqual(['Germany 1', 'Germany null', 'Germany 1', 'Germany 2']);
  });

  it.each(['not JSON', '[]', '{"Germany":7}', '{"Germany":{"next":"2"}}'])('begins anew after %s', async (value) => {
    const own = memory();
    await own.store.learn([], { name: 'seed:loyalty', value }, 0);
    const { seeder, asked } = engine({ Germany: 1 });
    await seedFacts(ALL, { ...own, seeder });
    expect(asked).toEqual(['Germany null']);
  });

  it('keeps no place for a page that was not learned', async () => {
    const own = memory();
    const { seeder } = engine({ Germany: 2 });
    own.store.learn = () => Promise.reject(new PointsmanError('STORE_UNWRITABLE', 'The disk is full'));
    await expect(seedFacts(ALL, { ...own, seeder })).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    expect(await own.store.checkpoint('seed:loyalty')).toBeNull();
  });
});
