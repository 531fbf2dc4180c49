import { expect, test } from 'vitest';
import { annEvent, START_MS, startHarness } from './harness.ts';

const { track, data, sandbox, clock } = await startHarness({ rateLimitPerMinute: 3 });
const talkative = await startHarness({ rateLimitPerMinute: 1, retryAfter: true });
const open = await startHarness({ rateLimitPerMinute: 0 });

const send = (index: number) => track('customers/events', annEvent({ properties: { index } }));

test('the request over the limit is answered with 429 and dropped, until the next minute', async () => {
  const statuses: number[] = [];
  for (let index = 0; index < 4; index++) statuses.push((await send(index)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect(sandbox.state.stats()).toMatchObject({ stored: 3, rejected: 1 });
  clock.nowMs = START_MS + 59_999;
  const refused = await send(5);
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, undefined]);
  clock.nowMs = START_MS + 60_000;
  expect((await send(6)).status).toBe(200);
});

test('a batch counts as one request, and reads do not count', async () => {
  clock.nowMs += 60_000;
  const command = { name: 'customers', data: { customer_ids: { registered: 'ann' }, properties: { a: 1 } } };
  for (let index = 0; index < 3; index++) {
    expect((await track('batch', { commands: Array(50).fill(command) })).status).toBe(200);
    expect((await data('customers/export-one', { customer_ids: { registered: 'ann' } })).status).toBe(200);
  }
  expect((await track('batch', { commands: [command] })).status).toBe(429);
});

test('switched, a 429 says when to come back', async () => {
  talkative.clock.nowMs += 15_500;
  await talkative.track('system/time', {});
  expect((await talkative.track('system/time', {})).headers['retry-after']).toBe('45');
});

test('switched off, nothing is limited', async () => {
  for (let index = 0; index < 20; index++) expect((await open.track('system/time', {})).status).toBe(200);
});
