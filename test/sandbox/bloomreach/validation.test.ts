import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { annEvent, startHarness, TOKEN } from './harness.ts';

const { call, track, data, sandbox } = await startHarness({ forbiddenEventTypes: ['secret_event'] });
const lenient = await startHarness({ validationStatus: 200, overLimit: 'drop', propertiesRequired: true });
const events = `/track/v2/projects/${TOKEN}/customers/events`;

const NO_ID = 'At least one id should be specified.';
const NO_VALID_ID = 'At least one valid id should be specified';

test.each<[string, JsonObject, string | RegExp]>([
  ['no customer_ids', { customer_ids: null }, NO_ID],
  ['empty customer_ids', { customer_ids: {} }, NO_ID],
  ['an id without letter or digit', { customer_ids: { registered: ' -- ' } }, NO_VALID_ID],
  ['the id "null"', { customer_ids: { registered: 'null' } }, NO_VALID_ID],
  ['the id "undefined"', { customer_ids: { registered: 'undefined' } }, NO_VALID_ID],
  ['only null ids', { customer_ids: { registered: null } }, NO_VALID_ID],
  ['no event_type', { event_type: null }, /^event_type/],
  ['properties as a list', { properties: [] }, /^properties/],
  ['a timestamp that is none', { timestamp: 'yesterday' }, /^timestamp/],
  ['a timestamp with an offset', { timestamp: '2026-01-15T12:00:00+02:00' }, /^timestamp/],
  ['an event type without permission', { event_type: 'secret_event' }, 'Not authorized to add event of specified type'],
  ['a value of 16 KB', { properties: { note: 'x'.repeat(16 * 1024) } }, /^properties\.note: .*16 KB/],
  ['a message of 800 KB', { properties: chunks(60) }, /800 KB/],
])('an event with %s is refused', async (_, changes, error) => {
  const reply = await track('customers/events', annEvent(changes));
  const match = typeof error === 'string' ? error : expect.stringMatching(error);
  expect([reply.status, reply.json]).toEqual([400, { success: false, errors: [match] }]);
});

test.each<[string, JsonObject]>([
  ['a value just below 16 KB', { properties: { note: 'x'.repeat(16 * 1024 - 1) } }],
  ['no properties', { properties: undefined as unknown as Json }],
  ['a null id next to a valid one', { customer_ids: { registered: 'ann', cookie: null } }],
  ['a number as id', { customer_ids: { registered: 7 } }],
  ['a quoted timestamp', { timestamp: '1768478400.25' }],
  ['an ISO timestamp', { timestamp: '2026-1-15 12:00:00.5' }],
  ['properties that are nested deep', { properties: { deep: nested(400) } }],
])('an event with %s is accepted', async (_, changes) => {
  const reply = await track('customers/events', annEvent(changes));
  expect([reply.status, reply.json]).toEqual([200, { errors: [], success: true }]);
});

test.each([undefined, {}, []])('an update with properties %j is refused', async (properties) => {
  const reply = await track('customers', annEvent({ properties: properties as Json }));
  expect(reply).toMatchObject({ status: 400, json: { success: false } });
});

test('ids are trimmed, and keep their case', async () => {
  await track('customers', { customer_ids: { registered: '  Zoe ' }, properties: { a: 1 } });
  expect((await data('customers/export-one', { customer_ids: { registered: 'Zoe' } })).json.ids).toEqual({
    registered: 'Zoe',
  });
  expect((await data('customers/export-one', { customer_ids: { registered: 'zoe' } })).status).toBe(404);
});

test.each([
  ['text that is no JSON', '{"a":'],
  ['a list', '[]'],
  ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
])('%s answers "Invalid JSON"', async (_, body) => {
  const reply = await call(events, { body });
  expect([reply.status, reply.json]).toEqual([400, { success: false, message: 'Invalid JSON' }]);
});

test('a gzip body is not understood, with and without its header', async () => {
  const body = gzipSync(JSON.stringify(annEvent()));
  for (const headers of [{}, { 'content-encoding': 'gzip' }]) {
    const reply = await call(events, { body, headers });
    expect(reply.status).toBe(400);
    expect(reply.json.message).toMatch(/^BadRequest: The browser \(or proxy\) sent a request/);
  }
});

test('another content type is refused with its reason', async () => {
  const reply = await call(events, { body: '{}', headers: { 'content-type': 'text/plain' } });
  expect(reply).toMatchObject({ status: 400, json: { message: 'Content-Type must be application/json' } });
});

test('an unknown path answers 404 in the shape of unrouted paths', async () => {
  const reply = await call(`/track/v2/projects/${TOKEN}/nowhere`);
  expect(reply.status).toBe(404);
  expect(reply.json.errors).toMatchObject({ code: 404, description: expect.stringContaining('was not found') });
  expect(await call(events, { method: 'GET' })).toMatchObject({ status: 405, json: { errors: { code: 405 } } });
});

test('a body over the cap answers 413 and leaves the server well', async () => {
  const reply = await call(events, { body: `"${'x'.repeat(2 * 1024 * 1024)}"` });
  expect(reply.status).toBe(413);
  expect((await track('system/time', {})).status).toBe(200);
});

test('nesting without end is refused, not fatal', async () => {
  for (const levels of [600, 200_000]) {
    const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const event = `{"customer_ids":{"registered":"ann"},"event_type":"e","properties":{"p":${deep}}}`;
    expect((await call(events, { body: event })).status).toBe(400);
    const batch = `{"commands":[{"name":${deep},"data":{"customer_ids":${deep}}},{"name":"customers/events","data":${event}}]}`;
    const { json } = await call(`/track/v2/projects/${TOKEN}/batch`, { body: batch });
    expect(json.results.map(({ success }: { success: boolean }) => success)).toEqual([false, false]);
  }
  expect((await call('/_sandbox/journal?limit=1000', { method: 'GET' })).status).toBe(200);
});

test('names of prototypes are names like any other', async () => {
  const ids = '{"registered":"mallory","__proto__":"evil","constructor":"c"}';
  const body = `{"customer_ids":${ids},"event_type":"__proto__","properties":{"__proto__":{"polluted":1}}}`;
  expect((await call(events, { body })).status).toBe(200);
  expect((await call(events.replace('/events', ''), { body })).status).toBe(200);
  const reply = await call(`/data/v2/projects/${TOKEN}/customers/export-one`, { body: `{"customer_ids":${ids}}` });
  expect(reply.text).toContain('"properties":{"__proto__":{"polluted":1}}');
  expect(Object.hasOwn(sandbox.state.stats().triggers, '__proto__')).toBe(true);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('switched, a refusal answers 200', async () => {
  const reply = await lenient.track('customers/events', annEvent({ customer_ids: {} }));
  expect([reply.status, reply.json]).toEqual([200, { success: false, errors: [NO_ID] }]);
});

test('switched, a value over its limit is accepted and dropped', async () => {
  const reply = await lenient.track('customers/events', annEvent({ properties: { note: 'x'.repeat(16 * 1024) } }));
  expect([reply.status, reply.json.success]).toEqual([200, true]);
  expect(lenient.sandbox.state.stats()).toMatchObject({ stored: 0, dropped: 1, triggers: {} });
});

test('switched, an event needs properties', async () => {
  expect((await lenient.track('customers/events', annEvent({ properties: {} }))).json.success).toBe(false);
});

function nested(levels: number): Json {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

function chunks(count: number): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'x'.repeat(14_000)]));
}
