import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from '../e2e/running.ts';
import { pointsman } from './pointsman.ts';

const event = (messageId: string, email: string, eventName = 'CustomerLevelChanged') => ({
  messageId,
  eventName,
  storeCode: 'DEFAULT',
  createdAt: '2026-02-11T09:30:00+01:00',
  data: {
    customer: { customerId: `c-${messageId}`, email },
    level: { levelId: 'l-1', name: 'Gold', levelMoveUp: true },
  },
});

let running: Running;
beforeAll(async () => {
  running = await startRunning();
  await running.send({ ...event('m-0', 'dan@example.com'), createdAt: 'the other day' });
  await running.send(event('m-1', 'ann@example.com'));
  await running.send(event('m-2', '\u001b[31mbob@example.com'));
  await running.send(event('m-3', 'ann@example.com', 'SomethingNew'));
  await running.settled();
});
afterAll(() => running.stop());

const run = (...words: string[]) => pointsman([...words, '-c', running.configFile]);

test('deliveries list answers while the server runs, as a table and as the JSON of the API', async () => {
  const table = await run('deliveries', 'list', '--member', 'ann@example.com');
  expect(table).toMatchObject({ code: 0, stderr: '' });
  expect(table.stdout).toMatch(/^CREATED +ID +EVENT +MAPPING +MEMBER +STATUS +TRIES +WHY\n/);
  expect(table.stdout).toMatch(/CustomerLevelChanged +tier-change +DEFAULT\/c-m-1 +delivered +1\n$/);
  const json = await run('deliveries', 'list', '--member', 'ann@example.com', '-o', 'json');
  expect(JSON.parse(json.stdout)).toEqual((await running.api('/api/v1/deliveries?member=ann@example.com')).body);
});

test('lists page by cursor', async () => {
  const first = JSON.parse((await run('deliveries', 'list', '--limit', '1', '-o', 'json')).stdout);
  const second = JSON.parse(
    (await run('deliveries', 'list', '--limit', '1', '--cursor', first.next, '-o', 'json')).stdout,
  );
  expect([...first.items, ...second.items].map(({ member }) => member)).toEqual(['DEFAULT/c-m-2', 'DEFAULT/c-m-1']);
});

test('deliveries show puts event, mapping, request and attempts on one screen', async () => {
  const { items } = JSON.parse((await run('deliveries', 'list', '--q', 'm-1', '-o', 'json')).stdout);
  const { code, stdout } = await run('deliveries', 'show', items[0].id);
  expect(code).toBe(0);
  for (const part of [
    'Event evt_',
    'Mapping tier-change',
    'Request',
    '"levelMove": "up"',
    'Attempts (1)',
    'delivered',
  ]) {
    expect(stdout).toContain(part);
  }
});

test('what came from outside cannot steer the terminal', async () => {
  const { items } = JSON.parse((await run('deliveries', 'list', '--q', 'm-2', '-o', 'json')).stdout);
  const shown = await run('deliveries', 'show', items[0].id);
  const listed = await run('events', 'list');
  expect(shown.stdout + listed.stdout).not.toContain('\u001b');
});

test('events list, show and unmatched tell what came in', async () => {
  const listed = await run('events', 'list', '--status', 'unmatched', '-o', 'ndjson');
  const row = JSON.parse(listed.stdout);
  expect(row).toMatchObject({ event: 'SomethingNew', status: 'unmatched' });
  expect((await run('events', 'show', row.id)).stdout).toContain('"eventName": "SomethingNew"');
  expect((await run('events', 'unmatched')).stdout).toMatch(/SomethingNew +open-loyalty +1 /);
});

test('a filter by a name that no row has says so, and what was meant', async () => {
  const mapping = await run('deliveries', 'list', '--mapping', 'tier-chnage');
  expect(mapping).toMatchObject({ code: 0, stdout: '' });
  expect(mapping.stderr).toBe('Nothing found.\nNo delivery has the mapping "tier-chnage"; did you mean tier-change?\n');
  const event = await run('events', 'list', '--event', 'Zzz', '--source', 'open-loyalty', '-o', 'json');
  expect(event.stderr).toBe('No event has the event "Zzz"; known: CustomerLevelChanged, SomethingNew.\n');
  const known = await run('deliveries', 'list', '--mapping', 'tier-change', '--status', 'waiting');
  expect(known.stderr).toBe('Nothing found.\n');
});

test('dead letters are grouped by cause, with a remedy', async () => {
  const grouped = await run('deliveries', 'list', '--status', 'dead', '--group-by', 'cause');
  expect(grouped.code).toBe(0);
  expect(grouped.stdout).toMatch(
    /^COUNT +CODE +MAPPING +TO +OLDEST +NEWEST +EXAMPLE\n1 +TRANSFORM_ERROR +tier-change +bloomreach.event/,
  );
  expect(grouped.stdout).toContain('Correct the formula, then reprocess the event.');
  const json = JSON.parse((await run('deliveries', 'list', '--group-by', 'cause', '-o', 'json')).stdout);
  expect(json).toEqual((await running.api('/api/v1/deliveries/causes')).body);
  const none = await run('deliveries', 'list', '--group-by', 'cause', '--mapping', 'nobody');
  expect(none).toMatchObject({ code: 0, stdout: '' });
});

test.each([
  ['--status', 'pending', 'API_BAD_FILTER'],
  ['--limit', '5', 'CLI_USAGE'],
])('dead letters grouped by cause take no %s %s', async (option, value, code) => {
  const refused = await run('deliveries', 'list', '--group-by', 'cause', option, value);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`error ${code}`);
});

test('deliveries export writes all that was sent about a member, as JSON', async () => {
  const { code, stdout, stderr } = await run('deliveries', 'export', '--member', 'ann@example.com');
  expect([code, stderr]).toEqual([0, '1 delivery about ann@example.com\n']);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      event: 'CustomerLevelChanged',
      eventAt: '2026-02-11T08:30:00.000Z',
      member: 'DEFAULT/c-m-1',
      mapping: 'tier-change',
      status: 'delivered',
      request: { properties: { levelMove: 'up' } },
      attempts: [{ verdict: 'delivered', httpStatus: 200 }],
    },
  ]);
});

test('deliveries export writes a table for spreadsheets that runs nothing', async () => {
  const { code, stdout } = await run('deliveries', 'export', '--member', 'c-m-1', '--format', 'csv');
  expect(code).toBe(0);
  const [head, line, end, ...more] = stdout.split('\r\n');
  expect(head).toMatch(/^id,eventId,event,eventAt,.*,attempts,request$/);
  expect(line).toMatch(/^dlv_\w{11},evt_\w{11},CustomerLevelChanged,2026-02-11T08:30:00.000Z,.* delivered 200,"\{""/);
  expect([end, more]).toEqual(['', []]);
});

test.each([
  ['json', '[\n]\n'],
  ['csv', /^id,[^\r\n]*\r\n$/],
])('deliveries export of a member nobody knows is an empty %s', async (format, expected) => {
  const { code, stdout, stderr } = await run('deliveries', 'export', '--member', 'nobody', '--format', format);
  expect([code, stderr]).toEqual([0, '0 deliveries about nobody\n']);
  expect(stdout).toMatch(expected);
});

test.each([[['export']], [['export', '--member', 'a', '--format', 'xml']], [['list', '--group-by', 'mood']]])(
  'deliveries %j is a usage error',
  async (words) => {
    expect((await run('deliveries', ...words)).code).toBe(2);
  },
);

test('a filter that is off, and an id that is not there, end in one clear error', async () => {
  const filter = await run('deliveries', 'list', '--status', 'ded');
  expect(filter.code).toBe(2);
  expect(filter.stderr).toContain('API_BAD_FILTER');
  const missing = await run('deliveries', 'show', 'dlv_zzz');
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('error API_NOT_FOUND There is no dlv_zzz');
});

test('a second serve on the same database ends with STORE_IN_USE', async () => {
  const { code, stderr } = await run('serve');
  expect(code).toBe(1);
  expect(stderr).toContain('error STORE_IN_USE');
});

test('the log of a store that does not exist says so', async () => {
  const env = {};
  const { code, stderr } = await pointsman(['deliveries', 'list', '-c', 'config.example.yaml'], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('error STORE_MISSING');
});
