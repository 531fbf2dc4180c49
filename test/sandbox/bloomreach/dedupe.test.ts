import { beforeEach, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { annEvent, START_MS, startHarness, TOKEN } from './harness.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const { call, track, sandbox, clock } = await startHarness();

beforeEach(() => {
  sandbox.state.reset();
  clock.nowMs = START_MS;
});

async function send(changes: JsonObject = {}): Promise<void> {
  expect((await track('customers/events', annEvent(changes))).json).toEqual({ errors: [], success: true });
}

const stored = () => sandbox.state.customer({ registered: 'ann' })?.events.length;

test('the same event again is answered with success and not stored', async () => {
  await send();
  await send();
  expect(stored()).toBe(1);
  expect(sandbox.state.journal().map(({ outcome }) => outcome)).toEqual(['stored', 'duplicate']);
});

test('a duplicate still fires its scenario trigger', async () => {
  await send();
  await send();
  expect(sandbox.state.stats()).toMatchObject({ stored: 1, duplicates: 1, triggers: { points_earned: 2 } });
});

test.each<[string, JsonObject]>([
  ['10 and "10"', { properties: { points: '10' } }],
  ['10 and 10.5', { properties: { points: 10.5 } }],
  ['an absent property and null', { properties: { points: 10, tier: null } }],
  ['another type', { event_type: 'points_spent' }],
  ['another customer', { customer_ids: { registered: 'bob' } }],
  ['the last decimal of the timestamp', { timestamp: START_MS / 1000 + 0.000_001 }],
])('%s are two events', async (_, changes) => {
  await send();
  await send(changes);
  expect(sandbox.state.stats()).toMatchObject({ stored: 2, duplicates: 0 });
});

test('micro-seconds that are equal are one event', async () => {
  await send({ timestamp: 1768478400.123456 });
  await send({ timestamp: 1768478400.123456 });
  expect(stored()).toBe(1);
});

test('the order of keys does not matter, at any depth', async () => {
  await send({ properties: { a: 1, b: { c: 2, d: [3] } } });
  await send({ properties: { b: { d: [3], c: 2 }, a: 1 } });
  expect(stored()).toBe(1);
});

test('a missing timestamp is the time of receipt, so a retry is stored twice', async () => {
  for (const nowMs of [START_MS, START_MS + 1]) {
    clock.nowMs = nowMs;
    await send({ timestamp: undefined as unknown as Json });
  }
  expect(stored()).toBe(2);
});

test('consent is never deduplicated', async () => {
  const consent = {
    event_type: 'consent',
    properties: { action: 'accept', category: 'email', valid_until: 'unlimited' },
  };
  await send(consent);
  await send(consent);
  expect(stored()).toBe(2);
});

test('every receipt starts the 90 days anew, and after them the event is stored again', async () => {
  await send();
  clock.nowMs += 80 * DAY_MS;
  await send();
  clock.nowMs += 80 * DAY_MS;
  await send();
  expect(stored()).toBe(1);
  clock.nowMs += 90 * DAY_MS;
  await send();
  expect(stored()).toBe(2);
});

test('single calls and batches share one memory', async () => {
  await send();
  const { json } = await track('batch', { commands: [{ name: 'customers/events', data: annEvent() }] });
  expect(json.results).toEqual([{ success: true }]);
  expect(stored()).toBe(1);
});

test('the journal keeps the exact text of a single call, and the body of a batch', async () => {
  const text = '{ "customer_ids":{"registered":"ann"}, "event_type":"e", "timestamp":1.50, "properties":{"n":10.0} }';
  await call(`/track/v2/projects/${TOKEN}/customers/events`, { body: text });
  const batch = `{"commands":[{"name":"customers/events","command_id":"c1","data":${text}}]}`;
  await call(`/track/v2/projects/${TOKEN}/batch`, { body: batch });
  expect(sandbox.state.journal()).toMatchObject([
    { seq: 1, route: 'customers/events', command_id: null, event_type: 'e', data: text, outcome: 'stored' },
    {
      seq: 2,
      route: 'batch',
      command_id: 'c1',
      data: JSON.stringify(JSON.parse(text)),
      body: batch,
      outcome: 'duplicate',
    },
  ]);
});
