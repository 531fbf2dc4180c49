import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeEach, expect, test } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { startBloomreachSandbox } from '../../../src/sandbox/bloomreach/server.ts';
import { annEvent, KEY, SECRET, START_MS, startHarness, TOKEN } from './harness.ts';

const { call, track, data, fault, sandbox, clock } = await startHarness();
const events = `/track/v2/projects/${TOKEN}/customers/events`;
const body = JSON.stringify(annEvent());

beforeEach(() => {
  sandbox.state.reset();
  clock.nowMs = START_MS;
});

const send = () => track('customers/events', annEvent());
const outcomes = () => sandbox.state.journal().map((entry) => [entry.outcome, entry.fault]);

test('latency delays the answer of a request that was run', async () => {
  await fault({ kind: 'latency', ms: 60, jitterMs: 20 });
  const before = performance.now();
  expect((await send()).status).toBe(200);
  expect(performance.now() - before).toBeGreaterThanOrEqual(55);
  expect(outcomes()).toEqual([['stored', 'latency']]);
});

test('status answers without running, with Retry-After and body as asked', async () => {
  await fault({ kind: 'status', status: 429, retryAfter: 7, count: 1 });
  await fault({ kind: 'status', status: 504, body: 'slow', count: 1 });
  await fault({ kind: 'status', status: 500, body: { success: false }, count: 1 });
  const first = await send();
  expect([first.status, first.headers['retry-after']]).toEqual([429, '7']);
  expect(await send()).toMatchObject({ status: 504, text: 'slow' });
  expect(await send()).toMatchObject({ status: 500, json: { success: false } });
  expect(outcomes()).toEqual(Array(3).fill(['faulted', 'status']));
  expect(sandbox.state.journal()[0]).toMatchObject({ data: body, body });
  expect((await send()).status).toBe(200);
});

test('reset-before breaks the connection, and nothing was done', async () => {
  await fault({ kind: 'reset-before', count: 1 });
  await expect(send()).rejects.toThrow();
  expect(outcomes()).toEqual([['faulted', 'reset-before']]);
  expect(sandbox.state.stats()).toMatchObject({ stored: 0, faulted: 1, triggers: {} });
});

test('reset-after breaks the connection when all is done: the retry is a duplicate', async () => {
  await fault({ kind: 'reset-after', count: 1 });
  await expect(send()).rejects.toThrow();
  expect((await send()).status).toBe(200);
  expect(outcomes()).toEqual([
    ['stored', 'reset-after'],
    ['duplicate', null],
  ]);
});

test('refuse answers success: false with the message', async () => {
  await fault({ kind: 'refuse', message: 'no thanks' });
  const reply = await send();
  expect([reply.status, reply.json]).toEqual([400, { success: false, errors: ['no thanks'] }]);
  expect(outcomes()).toEqual([['faulted', 'refuse']]);
});

test('refuse by event type hits only that command of a batch', async () => {
  await fault({ kind: 'refuse', message: 'no thanks', match: { eventType: 'bad' } });
  const command = (event_type: string) => ({ name: 'customers/events', data: annEvent({ event_type }) });
  const { json } = await track('batch', { commands: [command('good'), command('bad')] });
  expect(json.results).toEqual([{ success: true }, { success: false, errors: ['no thanks'] }]);
});

test.each([400, 401, 403, 404, 408, 413])('status answers %d, as it can be asked for', async (status) => {
  await fault({ kind: 'status', status, body: { success: false, error: 'invalid secret' } });
  expect(await send()).toMatchObject({ status, json: { error: 'invalid secret' } });
  expect(await call(`/track/v2/projects/${TOKEN}/system/time`, { method: 'GET' })).toMatchObject({ status });
});

test('a fault of one command leaves requests without it alone', async () => {
  const customer = { customer_ids: { registered: 'ann' }, properties: { tier: 'gold' } };
  await fault({ kind: 'status', status: 403, match: { command: 'customers' } });
  const batch = {
    commands: [
      { name: 'customers/events', data: annEvent() },
      { name: 'customers', data: customer },
    ],
  };
  expect((await send()).status).toBe(200);
  expect((await track('customers', customer)).status).toBe(403);
  expect((await track('batch', batch)).status).toBe(403);
  sandbox.faults.clear();
  await fault({ kind: 'refuse', message: 'no thanks', match: { command: 'customers' } });
  const results = [{ success: true }, { success: false, errors: ['no thanks'] }];
  expect((await track('batch', batch)).json).toMatchObject({ results });
});

test.each([
  ['reversed', ['b', 'a']],
  ['missing', ['a']],
  ['extra', ['a', 'b', 'of-no-command']],
  ['without-ids', [undefined, undefined]],
])('results answers those of a batch %s, when all is done', async (change, ids) => {
  await fault({ kind: 'results', change });
  const command = (id: string) => ({ name: 'customers/events', command_id: id, data: annEvent({ event_type: id }) });
  const { status, json } = await track('batch', { commands: [command('a'), command('b')] });
  expect([status, json.results.map((result: { command_id?: string }) => result.command_id)]).toEqual([200, ids]);
  expect((await send()).json).toMatchObject({ success: true });
  expect(sandbox.state.stats()).toMatchObject({ stored: 3 });
});

test.each([200, 502])('html answers a web page with status %d', async (status) => {
  await fault({ kind: 'html', status });
  const reply = await send();
  expect([reply.status, reply.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
  expect(reply.text).toMatch(/^<html>/);
});

test('hang never answers', async () => {
  await fault({ kind: 'hang' });
  await expect(call(events, { body, timeoutMs: 50 })).rejects.toThrow(/Headers Timeout/i);
  expect(outcomes()).toEqual([['faulted', 'hang']]);
});

test.each(['answer', 'reset'])('an outage by %s lasts as long as it was told', async (mode) => {
  await fault({ kind: 'outage', forMs: 5000, mode });
  if (mode === 'answer') expect((await send()).status).toBe(503);
  else await expect(send()).rejects.toThrow();
  clock.nowMs += 5000;
  expect((await send()).status).toBe(200);
  expect(sandbox.faults.list()).toEqual([]);
});

test('count, probability, path and event type narrow a fault', async () => {
  const statuses = async (spec: Json, times: number) => {
    sandbox.faults.clear();
    await fault(spec);
    const seen: number[] = [];
    for (let index = 0; index < times; index++) seen.push((await send()).status);
    return seen;
  };
  expect(await statuses({ kind: 'status', status: 503, count: 2 }, 3)).toEqual([503, 503, 200]);
  expect(await statuses({ kind: 'status', status: 503, probability: 0 }, 3)).toEqual([200, 200, 200]);
  expect(new Set(await statuses({ kind: 'status', status: 503, probability: 0.5 }, 20))).toEqual(new Set([200, 503]));
  expect(await statuses({ kind: 'status', status: 503, match: { path: '/batch' } }, 1)).toEqual([200]);
  expect(await statuses({ kind: 'status', status: 503, match: { path: '/customers/events' } }, 1)).toEqual([503]);
  expect(await statuses({ kind: 'status', status: 503, match: { eventType: 'other' } }, 1)).toEqual([200]);
  expect(await statuses({ kind: 'status', status: 503, match: { eventType: 'points_earned' } }, 1)).toEqual([503]);
});

test('exports and the control API stay reachable through a fault without a path', async () => {
  await send();
  await fault({ kind: 'hang' });
  expect((await data('customers/export-one', { customer_ids: { registered: 'ann' } })).status).toBe(200);
  expect((await call('/_sandbox/stats', { method: 'GET' })).json).toMatchObject({ stored: 1 });
});

test('a fault can be switched in the process too', async () => {
  sandbox.faults.add({ kind: 'status', status: 500 });
  expect((await send()).status).toBe(500);
  expect(() => sandbox.faults.add({ kind: 'latency', ms: -1 })).toThrow('ms must be a number of milliseconds');
});

test('a client that hangs up in mid-body leaves no trace', async () => {
  const socket = connect(sandbox.port, '127.0.0.1');
  socket.write(`POST ${events} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"half`);
  while (sandbox.state.stats().requests === 0) await new Promise(setImmediate);
  socket.destroy();
  await once(socket, 'close');
  expect((await send()).status).toBe(200);
  expect(sandbox.state.journal()).toHaveLength(1);
});

test('close ends at once although requests hang, and may be called twice', async () => {
  const random = () => 0.5;
  const other = await startBloomreachSandbox({
    projectToken: TOKEN,
    apiKeyId: KEY,
    apiSecret: SECRET,
    clock: () => START_MS,
    random,
  });
  other.faults.add({ kind: 'latency', ms: 60_000, count: 1 });
  const pending = [fetch(`${other.url}${events}`), fetch(`${other.url}${events}`)];
  other.faults.add({ kind: 'hang' });
  while (other.state.stats().faulted < 2) await new Promise(setImmediate);
  await Promise.all([other.close(), other.close()]);
  expect((await Promise.allSettled(pending)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
