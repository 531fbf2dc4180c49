import { beforeEach, expect, test } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { annEvent, START_MS, startHarness } from './harness.ts';

const { track, sandbox } = await startHarness();
const strict = await startHarness({ unknownCommand: 'reject-batch', systemTimeInBatch: false, batchOrder: 'array' });
const wide = await startHarness({ oversizeBatch: 'accept' });

beforeEach(() => sandbox.state.reset());

function commands(count: number): Json[] {
  return Array.from({ length: count }, (_, index) => ({
    name: 'customers/events',
    command_id: `c${index}`,
    data: annEvent({ properties: { index } }),
  }));
}

test('a failed command leaves its neighbours alone, and the status is 200', async () => {
  const { status, json } = await track('batch', {
    commands: [
      {
        name: 'customers',
        command_id: 'a',
        data: { customer_ids: { registered: 'ann' }, properties: { tier: 'gold' } },
      },
      { name: 'customers/events', command_id: 'b', data: annEvent({ customer_ids: {} }) },
      { name: 'customers/events', data: annEvent() },
      { name: 'nonsense', command_id: 'd', data: {} },
      { name: 'system/time', command_id: 'e' },
      { name: 'customers/events', command_id: 'f' },
    ],
  });
  const seconds = START_MS / 1000;
  expect(status).toBe(200);
  expect(json).toEqual({
    results: [
      { success: true, command_id: 'a' },
      { success: false, command_id: 'b', errors: ['At least one id should be specified.'] },
      { success: true },
      { success: false, command_id: 'd', errors: ['Unknown command "nonsense"'] },
      { success: true, command_id: 'e', time: seconds },
      { success: false, command_id: 'f', errors: ['At least one id should be specified.'] },
    ],
    start_time: seconds,
    end_time: seconds,
    success: true,
  });
  expect(sandbox.state.stats()).toMatchObject({ requests: 1, commands: 5, stored: 2, rejected: 3 });
});

test('commands run in another order than they stand in, each once', async () => {
  const { json } = await track('batch', { commands: commands(50) });
  const ran = sandbox.state.journal().map(({ command_id }) => command_id);
  const sent = json.results.map((result: { command_id: string }) => result.command_id);
  expect(sent).toEqual(Array.from({ length: 50 }, (_, index) => `c${index}`));
  expect(ran).not.toEqual(sent);
  expect(new Set(ran)).toEqual(new Set(sent));
});

test.each<[string, Json, string | RegExp]>([
  ['without commands', {}, 'No commands'],
  ['of no commands', { commands: [] }, 'No commands'],
  ['with an element that is no object', { commands: [...commands(1), 7] }, 'Invalid JSON'],
  ['that is a list', [], 'Invalid JSON'],
  ['of 51 commands', { commands: commands(51) }, /Too many commands/],
])('a batch %s fails as a whole', async (_, body, message) => {
  const reply = await track('batch', body);
  const match = typeof message === 'string' ? message : expect.stringMatching(message);
  expect([reply.status, reply.json]).toEqual([400, { success: false, message: match }]);
  expect(sandbox.state.stats()).toMatchObject({ commands: 0, stored: 0, rejected: 1 });
});

test('switched, an unknown name fails the whole batch', async () => {
  for (const name of ['nonsense', 'system/time']) {
    const { status, json } = await strict.track('batch', { commands: [...commands(1), { name }] });
    expect([status, json.message]).toEqual([400, `Unknown command "${name}"`]);
  }
  expect(strict.sandbox.state.stats().stored).toBe(0);
});

test('switched, commands run as they stand', async () => {
  strict.sandbox.state.reset();
  await strict.track('batch', { commands: commands(20) });
  expect(strict.sandbox.state.journal().map(({ command_id }) => command_id)).toEqual(
    Array.from({ length: 20 }, (_, index) => `c${index}`),
  );
});

test('switched, more than 50 commands are accepted', async () => {
  expect((await wide.track('batch', { commands: commands(60) })).json.results).toHaveLength(60);
});
