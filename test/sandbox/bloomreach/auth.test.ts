import { expect, test } from 'vitest';
import { annEvent, basic, KEY, SECRET, START_MS, startHarness, TOKEN } from './harness.ts';

const { call, track, sandbox } = await startHarness();
const body = JSON.stringify(annEvent());
const path = `/track/v2/projects/${TOKEN}/customers/events`;

test.each([
  ['no credentials', '', 401, 'Access key not provided'],
  ['a scheme that is not known', 'Bearer abc', 401, 'Access key not provided'],
  ['Basic without a colon', `Basic ${Buffer.from('abc').toString('base64')}`, 401, 'Access key not provided'],
  ['an unknown key', basic('other', SECRET), 401, 'Access key not found'],
  ['a public token', 'Token abc', 401, 'Access key not found'],
  ['a wrong secret', basic(KEY, 'wrong'), 403, 'invalid secret'],
])('%s is refused', async (_, authorization, status, error) => {
  const reply = await call(path, { headers: { authorization }, body });
  expect([reply.status, reply.json]).toEqual([status, { success: false, error }]);
});

test.each([
  ['another project', '00000000-0d7a-11ee-8c9d-0242ac120002', 'Could not authenticate'],
  ['a truncated token', TOKEN.slice(0, -4), 'Invalid project id'],
])('%s is refused', async (_, token, error) => {
  const reply = await call(`/track/v2/projects/${token}/batch`, { body });
  expect([reply.status, reply.json]).toEqual([400, { success: false, error }]);
});

test('nothing of a refused request is stored, and the journal keeps its bytes', async () => {
  sandbox.state.reset();
  await call(path, { headers: { authorization: '' }, body });
  expect(sandbox.state.stats()).toMatchObject({ requests: 1, commands: 0, stored: 0, rejected: 1 });
  expect(sandbox.state.customers()).toEqual([]);
  expect(sandbox.state.journal()).toMatchObject([{ seq: 1, outcome: 'rejected', data: body, body }]);
});

test('the scheme may be written in lower case', async () => {
  const reply = await call(path, { headers: { authorization: basic(KEY, SECRET).replace('Basic', 'basic') }, body });
  expect(reply.status).toBe(200);
});

test('the data API asks for credentials too', async () => {
  const reply = await call(`/data/v2/projects/${TOKEN}/customers/export-one`, { headers: { authorization: '' }, body });
  expect(reply.status).toBe(401);
});

test('system/time answers GET and POST with Unix seconds', async () => {
  const answer = { errors: [], success: true, time: START_MS / 1000 };
  expect((await call(`/track/v2/projects/${TOKEN}/system/time`, { method: 'GET' })).json).toEqual(answer);
  expect((await track('system/time', {})).json).toEqual(answer);
});

test('every answer carries its own x-request-id', async () => {
  const [first, second] = [await track('system/time', {}), await track('system/time', {})];
  expect(first.headers['x-request-id']).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
});
