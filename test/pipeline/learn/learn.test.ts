import { describe, expect, it } from 'vitest';
import { learn, MOST_FACTS } from '../../../src/pipeline/learn/learn.ts';
import { createOpenLoyaltySource } from '../../../src/sources/open-loyalty/source.ts';
import { createMemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createSilentLogger } from '../../support/silent-logger.ts';

const fact = (key: string, over: Readonly<Record<string, unknown>> = {}) => ({
  storeCode: 'Germany',
  kind: 'wallet',
  key,
  value: { customerId: `c-${key}`, email: 'Ann@Example.com' },
  ...over,
});

function tools() {
  const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: { type: 'none' } });
  const sources = new Map([[source.id, source]]);
  return { store: createMemoryStore(), sources, clock: createManualClock(), log: createSilentLogger() };
}

const request = (...facts: readonly unknown[]) => ({ source: 'open-loyalty', facts });

describe('learning facts', () => {
  it('remembers them under their member, whom any identifier finds', async () => {
    const own = tools();
    expect(await learn(request(fact('w-1'), fact('w-2')), own)).toEqual({ applied: 2, repeated: 0, stale: 0 });
    const { items } = await own.store.factRows({ member: 'ann@example.com' }, { before: null, limit: 9 });
    expect(items).toMatchObject([
      { key: 'w-2', member: 'Germany/c-w-2', learnedAtMs: 0, value: { email: 'Ann@Example.com' } },
      { key: 'w-1', source: 'open-loyalty' },
    ]);
  });

  it('tells what was known before, and what an event had taught better', async () => {
    const own = tools();
    await learn(request(fact('w-1')), own);
    const learned = await learn(request(fact('w-1'), fact('w-2')), own);
    expect(learned).toEqual({ applied: 1, repeated: 1, stale: 0 });
    expect(own.log.messages('info')).toEqual(['facts learned', 'facts learned']);
  });

  it('keeps the checkpoint that comes with them, alone too', async () => {
    const own = tools();
    await learn({ ...request(fact('w-1')), checkpoint: { name: 'seed.x', value: 'page 2' } }, own);
    expect(await own.store.checkpoint('seed.x')).toBe('page 2');
    await learn({ ...request(), checkpoint: { name: 'seed.x', value: null } }, own);
    expect(await own.store.checkpoint('seed.x')).toBeNull();
  });

  it('accepts facts of no tenant, as older versions send them', async () => {
    expect(await learn(request(fact('w-1', { storeCode: '' })), tools())).toMatchObject({ applied: 1 });
  });

  it('names everything that is wrong with every fact, and learns none', async () => {
    const own = tools();
    const deep = JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`);
    const facts = [
      fact('w-1'),
      { keys: 'w-2', value: [] },
      fact('', { kind: 7, storeCode: ' Germany' }),
      fact('w-3', { value: { mail: 'ann@example.com' } }),
      fact('w-4', { value: { email: null } }),
      fact('w-5', { value: deep }),
      fact('w-6', { value: { email: 'a@b.c', note: 'x'.repeat(20_000) } }),
      'text',
    ];
    const learning = learn(request(...facts), own);
    await expect(learning).rejects.toMatchObject({ code: 'API_BAD_FACT' });
    const message = await learning.then(String, (error: Error) => error.message);
    for (const part of [
      'facts[1]: it has an unknown field "keys"; did you mean key?; facts[1]: storeCode is missing; facts[1]: kind is missing',
      'facts[1]: value is not an object',
      'facts[2]: storeCode is not a text of 0 to 200 characters without spaces around it',
      'facts[2]: kind is not',
      'facts[2]: key is not a text of 1 to 320 characters',
      'facts[3]: value names no member',
      'facts[4]: value names no member',
      'facts[5]: value is nested deeper than 64 levels',
      'facts[6]: value is longer than 16000 characters',
      'facts[7]: it is not a JSON object',
    ]) {
      expect(message).toContain(part);
    }
    expect(message).not.toContain('ann@example.com');
    expect((await own.store.factRows({}, { before: null, limit: 9 })).items).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['no object', []],
    ['nothing', undefined],
    ['an unknown field', { ...request(), fact: 1 }],
    ['an unknown source', { source: 'other', facts: [] }],
    ['no list', { source: 'open-loyalty', facts: {} }],
    ['too many facts', request(...Array.from({ length: MOST_FACTS + 1 }, () => 1))],
    ['a checkpoint that is none', { ...request(), checkpoint: 'x' }],
    ['a checkpoint without a name', { ...request(), checkpoint: { value: 'x' } }],
    ['a checkpoint of another kind', { ...request(), checkpoint: { name: 'x', value: 7 } }],
    ['a huge checkpoint', { ...request(), checkpoint: { name: 'x', value: 'x'.repeat(70_000) } }],
  ])('refuses a request that is %s', async (_what, body) => {
    await expect(learn(body, tools())).rejects.toMatchObject({ code: 'API_BAD_REQUEST' });
  });
});
