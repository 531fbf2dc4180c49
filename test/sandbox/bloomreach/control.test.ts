import { beforeEach, expect, test } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { annEvent, START_MS, startHarness } from './harness.ts';

const { call, track, fault, sandbox } = await startHarness({ journalLimit: 5 });
const silent = await startHarness({ journalLimit: 0, keepEvents: false });

beforeEach(() => sandbox.state.reset());

const get = (path: string) => call(`/_sandbox/${path}`, { method: 'GET' });
const send = (index: number) => track('customers/events', annEvent({ properties: { index } }));

test('faults are added, listed and cleared', async () => {
  const added = await fault({ kind: 'status', status: 503, count: 2, forMs: 1000 });
  const shown = { id: 1, kind: 'status', status: 503, count: 2, forMs: 1000, remaining: 2, endsAtMs: START_MS + 1000 };
  expect([added.status, added.json]).toEqual([201, shown]);
  expect((await get('faults')).json).toEqual({ faults: [shown] });
  expect((await call('/_sandbox/faults', { method: 'DELETE' })).json).toEqual({ faults: [] });
  expect(sandbox.faults.list()).toEqual([]);
});

test.each<[string, Json, RegExp]>([
  ['body', [], /^body must be a JSON object/],
  ['kind', {}, /^kind must be one of latency, status, .*, not undefined/],
  ['kind', { kind: 'constructor' }, /not "constructor"/],
  ['status', { kind: 'status' }, /^status is missing/],
  ['status', { kind: 'status', status: 418 }, /^status must be one of 400, 401, 403, .*, not 418/],
  ['change', { kind: 'results' }, /^change is missing/],
  ['change', { kind: 'results', change: 'torn' }, /^change must be one of reversed, missing, extra, without-ids/],
  ['match.command', { kind: 'hang', match: { command: 'batch' } }, /^match\.command must be one of customers, /],
  ['status', { kind: 'html', status: 503 }, /^status must be one of 200, 502/],
  ['retryAfter', { kind: 'status', status: 429, retryAfter: 'a\r\nb: c' }, /^retryAfter must be/],
  ['ms', { kind: 'latency' }, /^ms is missing/],
  ['ms', { kind: 'latency', ms: '5' }, /^ms must be a number of milliseconds/],
  ['message', { kind: 'refuse' }, /^message is missing/],
  ['forMs', { kind: 'outage' }, /^forMs is missing/],
  ['mode', { kind: 'outage', forMs: 1, mode: 'nap' }, /^mode must be one of answer, reset/],
  ['probability', { kind: 'hang', probability: 2 }, /^probability must be a number from 0 to 1, not 2/],
  ['count', { kind: 'hang', count: 0.5 }, /^count must be a whole number/],
  ['probabilty', { kind: 'hang', probabilty: 1 }, /^probabilty is unknown; did you mean probability\?/],
  ['match', { kind: 'hang', match: 'x' }, /^match must be an object/],
  [
    'match.eventTyp',
    { kind: 'hang', match: { eventTyp: 'x' } },
    /^match\.eventTyp is unknown; did you mean eventType\?/,
  ],
  ['match.path', { kind: 'hang', match: { path: 1 } }, /^match\.path must be a text/],
])('bad input names the field %s', async (field, input, message) => {
  const reply = await fault(input);
  expect([reply.status, reply.json]).toEqual([400, { error: expect.stringMatching(message), field }]);
});

test('text that is no JSON is bad input', async () => {
  expect(await call('/_sandbox/faults', { body: '{' })).toMatchObject({ status: 400, json: { field: 'body' } });
});

test('an unknown control answers 404 with those there are', async () => {
  const reply = await get('nothing');
  expect([reply.status, reply.json.error]).toEqual([404, expect.stringContaining('GET journal')]);
});

test('the journal is paged by seq, and forgets the oldest', async () => {
  for (let index = 1; index <= 7; index++) await send(index);
  const first = (await get('journal?limit=2')).json;
  expect([first.entries.map(({ seq }: { seq: number }) => seq), first.next]).toEqual([[3, 4], 4]);
  const rest = (await get('journal?after=4')).json;
  expect([rest.entries.map(({ seq }: { seq: number }) => seq), rest.next]).toEqual([[5, 6, 7], 7]);
  expect((await get('journal?after=7')).json).toEqual({ entries: [], next: 7 });
});

test.each(['limit=0', 'limit=x', 'after=-1', 'limit=1001'])('the journal refuses %s', async (query) => {
  const reply = await get(`journal?${query}`);
  expect([reply.status, reply.json.field]).toEqual([400, query.split('=')[0]]);
});

test('customers are summed up', async () => {
  await send(1);
  await send(2);
  await track('customers', { customer_ids: { registered: 'ann' }, properties: { tier: 'gold' } });
  expect((await get('customers')).json).toEqual({
    total: 1,
    customers: [{ ids: { registered: 'ann' }, properties: { tier: 'gold' }, events: { points_earned: 2 } }],
  });
});

test('reset empties everything', async () => {
  await send(1);
  await fault({ kind: 'hang' });
  expect((await call('/_sandbox/reset')).json).toEqual({ reset: true });
  const none = {
    requests: 0,
    commands: 0,
    stored: 0,
    duplicates: 0,
    rejected: 0,
    dropped: 0,
    faulted: 0,
    triggers: {},
  };
  expect((await get('stats')).json).toEqual(none);
  expect((await get('journal')).json.entries).toEqual([]);
  expect((await get('customers')).json.total).toBe(0);
  expect((await send(1)).status).toBe(200);
});

test('as a sink, the sandbox counts and keeps nothing', async () => {
  await silent.track('customers/events', annEvent());
  await silent.track('customers/events', annEvent());
  expect(silent.sandbox.state.stats()).toMatchObject({ stored: 1, duplicates: 1 });
  expect(silent.sandbox.state.journal()).toEqual([]);
  expect(silent.sandbox.state.customer({ registered: 'ann' })?.events).toEqual([]);
});
