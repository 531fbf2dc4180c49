import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pointsman } from '../cli/pointsman.ts';
import { type Running, startRunning } from './running.ts';

const mapping = (type: string, extra = '') => `
event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: ${type}
  properties: { event_id: "=$eventId()"${extra} }
`;

let running: Running;
beforeAll(async () => {
  running = await startRunning({ mappings: { 'level.yaml': mapping('level') } });
});
afterAll(() => running.stop());

const event = (messageId: string, eventName = 'CustomerLevelChanged', email = 'ann@example.com') => ({
  ...{ messageId, eventName, storeCode: 'DEFAULT', createdAt: '2026-02-11T09:30:00Z' },
  data: { customer: { customerId: `c-${email}`, email }, level: { name: 'Gold' } },
});
const run = (...words: readonly string[]) =>
  pointsman([...words, '--url', running.server.url, '-c', running.configFile]);
const read = (...words: readonly string[]) => pointsman([...words, '-c', running.configFile]);
const eventsOf = (email: string) => running.sandbox.state.customer({ registered: email })?.events ?? [];

/** Starts a replay without asking and waits for its end. */
async function replay(...words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const started = await run('replay', 'start', ...words, '--yes', '-o', 'json');
  expect(started).toMatchObject({ code: 0 });
  const { id } = JSON.parse(started.stdout);
  for (let waited = 0; waited < 200; waited++) {
    const { body } = await running.api(`/api/v1/replays/${id}`);
    if (body['status'] === 'done') return body;
    await delay(50);
  }
  throw new Error(`${id} goes on and on`);
}

test('dead letters are counted, confirmed, and sent again with their bytes', async () => {
  running.sandbox.faults.add({ kind: 'status', status: 400, probability: 1 });
  for (const id of ['m-1', 'm-2']) await running.send(event(id));
  await running.settled();
  running.sandbox.faults.clear();
  const look = await run('replay', 'start', '--as', 'redeliver', '--status', 'dead', '--dry-run');
  expect(look).toMatchObject({ code: 0, stdout: '2 deliveries are to be redelivered.\n' });
  const unsure = await run('replay', 'start', '--as', 'redeliver', '--status', 'dead');
  expect(unsure.code).toBe(2);
  expect(unsure.stderr).toContain('2 deliveries are to be redelivered.');
  expect(unsure.stderr).toContain('CLI_USAGE Nobody is there to confirm it: add --yes');
  expect(eventsOf('ann@example.com')).toEqual([]);
  const done = await replay('--as', 'redeliver', '--status', 'dead');
  expect(done).toMatchObject({ looked: 2, replayed: 2, refused: 0 });
  const shown = await read('replay', 'status', String(done['id']));
  expect(shown.stdout).toBe(`${done['id']}  redeliver  done\n  2 of 2 deliveries looked at\n  2 made pending\n`);
  await running.settled();
  expect(eventsOf('ann@example.com').map(({ properties }) => properties['event_id'])).toEqual(['m-1', 'm-2']);
  const sent = running.sandbox.state.journal().map(({ data }) => data);
  expect(new Set(sent).size).toBe(2);
});

test('what no mapping wanted goes to a mapping that was added', async () => {
  await running.send(event('m-3', 'CustomerDeactivated', 'bob@example.com'));
  await running.settled();
  const left = mapping('left').replace('CustomerLevelChanged', 'CustomerDeactivated');
  writeFileSync(join(running.dir, 'mappings', 'left.yaml'), left);
  await running.server.reload();
  const words = ['--as', 'reprocess', '--status', 'unmatched', '--event', 'CustomerDeactivated'];
  const look = await run('replay', 'start', ...words, '--dry-run', '-o', 'json');
  expect(JSON.parse(look.stdout)).toMatchObject({ total: 1, outcome: { newlySent: 1, changed: 0 } });
  expect(await replay(...words)).toMatchObject({ looked: 1, replayed: 1 });
  await running.settled();
  expect(eventsOf('bob@example.com').map(({ type }) => type)).toEqual(['left']);
});

test('a changed mapping warns of what would be kept twice; unchanged bytes are not sent again', async () => {
  const before = eventsOf('ann@example.com').length;
  expect(await replay('--as', 'reprocess', '--mapping', 'level')).toMatchObject({ replayed: 0, unchanged: 2 });
  writeFileSync(join(running.dir, 'mappings', 'level.yaml'), mapping('level', ', tier: "=data.level.name"'));
  await running.server.reload();
  const look = await run('replay', 'start', '--as', 'reprocess', '--mapping', 'level', '--dry-run');
  expect(look.stdout).toContain('Of these: 0 newly sent, 2 changed, 0 unchanged');
  expect(look.stdout).toContain('properties.tier: nothing → "Gold"');
  expect(look.stdout).toContain(
    'warning 2 of those looked at were delivered before with other bytes: both will be kept.',
  );
  expect(await replay('--as', 'reprocess', '--mapping', 'level')).toMatchObject({ replayed: 2, changed: 2 });
  await running.settled();
  expect(eventsOf('ann@example.com')).toHaveLength(before + 2);
  const list = await read('replay', 'list');
  expect(list.stdout).toMatch(/^CREATED +ID +AS +STATUS +LOOKED +REPLAYED +UNCHANGED +REFUSED\n/);
  expect(list.stdout.trim().split('\n')).toHaveLength(5);
});

test.each([
  ['no mode', ['--status', 'dead'], 2, "required option '--as <mode>' not specified"],
  ['nothing named', ['--as', 'redeliver'], 2, 'Name what to replay'],
  ['ids and filters', ['--as', 'redeliver', 'dlv_1', '--status', 'dead'], 2, 'Give either ids or filters'],
  ['a status that does not exist', ['--as', 'redeliver', '--status', 'lost'], 2, 'status is "lost"'],
  ['an id that is none', ['--as', 'redeliver', 'evt'], 1, 'is no evt_… id'],
  ['nothing found', ['--as', 'redeliver', 'dlv_zzz', '--yes'], 1, 'nothing to replay'],
  ['a mapping that is not there', ['--as', 'reprocess', '--mapping', 'never'], 1, 'There is no mapping never'],
])('refuses %s', async (_what, words, code, said) => {
  const refused = await run('replay', 'start', ...words);
  expect(refused.stderr).toContain(said);
  expect(refused.code).toBe(code);
});

test('a member is forgotten by an identifier that is hers alone, once somebody confirms it', async () => {
  await running.send(event('m-8', 'CustomerLevelChanged', 'cy@example.com'));
  await running.settled();
  const whom = await run('forget', 'cy@example.com', '--dry-run', '-o', 'json');
  expect(JSON.parse(whom.stdout).items).toEqual([{ member: 'DEFAULT/c-cy@example.com', sharedWith: [] }]);
  const unsure = await run('forget', 'cy@example.com');
  expect(unsure).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
  const done = await run('forget', 'cy@example.com', '--yes');
  expect(done).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('is forgotten: 1 events, 1 deliveries, 1 attempts'),
  });
  expect((await run('forget', 'cy@example.com', '--yes')).code).toBe(1);
  const late = await running.send(event('m-8', 'CustomerLevelChanged', 'cy@example.com'));
  expect(late).toMatchObject({ status: 202, body: { duplicate: true } });
  expect((await read('deliveries', 'list', '--member', 'cy@example.com')).stderr).toContain('Nothing found.');
});

test('an identifier of several members is refused with all of them', async () => {
  await running.send(event('m-20', 'CustomerLevelChanged', 'dee@example.com'));
  await running.send({ ...event('m-21', 'CustomerLevelChanged', 'dee@example.com'), storeCode: 'France' });
  await running.settled();
  const refused = await run('forget', 'dee@example.com', '--yes');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('API_AMBIGUOUS dee@example.com leads to 2 members:');
  const both = await run('forget', 'DEFAULT/c-dee@example.com', 'France/c-dee@example.com', '--yes', '-o', 'ndjson');
  expect(both.code).toBe(0);
  expect(both.stdout.trim().split('\n')).toHaveLength(2);
});
