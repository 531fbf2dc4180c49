import { beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { annEvent, START_MS, startHarness } from './harness.ts';

const { track, data, sandbox, clock } = await startHarness({ hardIds: ['registered', 'card'] });
const delayed = await startHarness({ queueDelayMs: { min: 500, max: 2000 } });

beforeEach(() => {
  sandbox.state.reset();
  clock.nowMs = START_MS;
});

const see = (customer_ids: JsonObject, type = 'visit') =>
  track('customers/events', annEvent({ customer_ids, event_type: type }));
const typesOf = (ids: JsonObject) => sandbox.state.customer(ids)?.events.map(({ type }) => type);

test('an event creates its customer in silence, and export-one shows both', async () => {
  await track('customers/events', annEvent({ customer_ids: { registered: 'ann', cookie: 'c1' } }));
  const { status, json } = await data('customers/export-one', { customer_ids: { registered: 'ann' } });
  expect([status, json]).toEqual([
    200,
    {
      success: true,
      ids: { registered: 'ann', cookie: ['c1'] },
      properties: {},
      events: [{ type: 'points_earned', timestamp: START_MS / 1000, properties: { points: 10 } }],
    },
  ]);
});

test('a customer nobody has seen is a 404', async () => {
  const { status, json } = await data('customers/export-one', { customer_ids: { registered: 'nobody' } });
  expect([status, json]).toEqual([404, { errors: { _global: ['Customer does not exist'] }, success: false }]);
});

test('the newest update_timestamp wins, property by property', async () => {
  const update = (at: number | null, properties: JsonObject) =>
    track('customers', {
      customer_ids: { registered: 'ann' },
      properties,
      ...(at === null ? {} : { update_timestamp: at }),
    });
  await update(200, { tier: 'gold' });
  await update(100, { tier: 'silver', city: 'Graz' });
  await update(200, { tier: 'tie' });
  expect(sandbox.state.customer({ registered: 'ann' })?.properties).toEqual({ tier: 'gold', city: 'Graz' });
  await update(null, { tier: 'black' });
  await update(null, { tier: 'white' });
  await update(START_MS / 1000 - 1, { tier: 'late' });
  expect(sandbox.state.customer({ registered: 'ann' })?.properties).toEqual({ tier: 'white', city: 'Graz' });
});

test('the data API filters events and reads attributes', async () => {
  const consent = { action: 'accept', category: 'email', valid_until: 'unlimited' };
  await see({ registered: 'ann' });
  await track('customers', { customer_ids: { registered: 'ann' }, properties: { tier: 'gold' } });
  await track('customers/events', annEvent({ event_type: 'consent', properties: consent }));
  const events = await data('customers/events', { customer_ids: { registered: 'ann' }, event_types: ['consent'] });
  expect(events.json).toEqual({
    success: true,
    data: [{ type: 'consent', timestamp: START_MS / 1000, properties: consent }],
  });
  const attributes = [
    { type: 'property', property: 'tier' },
    { type: 'property', property: 'toString' },
    { type: 'id', id: 'registered' },
    { type: 'consent', category: 'email' },
    { type: 'consent', category: 'sms' },
  ];
  const read = await data('customers/attributes', { customer_ids: { registered: 'ann' }, attributes });
  expect(read.json.results.map(({ value }: { value: unknown }) => value)).toEqual(['gold', null, 'ann', true, false]);
});

test('a consent ends with its valid_until, or with a reject', async () => {
  const now = START_MS / 1000;
  const say = (action: string, category: string, until: number, timestamp: number) =>
    track(
      'customers/events',
      annEvent({ event_type: 'consent', timestamp, properties: { action, category, valid_until: until } }),
    );
  await say('accept', 'email', now + 10, now);
  await say('accept', 'sms', now + 10, now);
  await say('reject', 'sms', now + 10, now + 1);
  const attributes = [
    { type: 'consent', category: 'email' },
    { type: 'consent', category: 'sms' },
  ];
  const read = async () =>
    (await data('customers/attributes', { customer_ids: { registered: 'ann' }, attributes })).json.results;
  expect(await read()).toEqual([
    { success: true, value: true },
    { success: true, value: false },
  ]);
  clock.nowMs += 11_000;
  expect(await read()).toEqual([
    { success: true, value: false },
    { success: true, value: false },
  ]);
});

test('a write shows in exports only after the queue delay', async () => {
  const read = () => delayed.data('customers/export-one', { customer_ids: { registered: 'ann' } });
  await delayed.track('customers', { customer_ids: { registered: 'ann' }, properties: { tier: 'gold' } });
  delayed.clock.nowMs += 499;
  expect((await read()).status).toBe(404);
  delayed.clock.nowMs += 1501;
  expect((await read()).json.properties).toEqual({ tier: 'gold' });
  await delayed.track('customers', { customer_ids: { registered: 'ann' }, properties: { tier: 'black' } });
  await delayed.track('customers/events', annEvent());
  expect((await read()).json).toMatchObject({ properties: { tier: 'gold' }, events: [] });
  delayed.clock.nowMs += 2000;
  expect((await read()).json).toMatchObject({ properties: { tier: 'black' }, events: [{ type: 'points_earned' }] });
});

test('an anonymous cookie becomes the customer who signs in with it', async () => {
  await see({ cookie: 'c1' }, 'anonymous_visit');
  await see({ registered: 'ann', cookie: 'c1' }, 'sign_in');
  expect(typesOf({ registered: 'ann' })).toEqual(['anonymous_visit', 'sign_in']);
  expect(sandbox.state.customers()).toHaveLength(1);
});

test('a known hard id with the cookie of another profile merges the two into the older', async () => {
  await track('customers', {
    customer_ids: { cookie: 'c1' },
    properties: { city: 'Graz', tier: 'none' },
    update_timestamp: 1,
  });
  await track('customers', { customer_ids: { registered: 'ann' }, properties: { tier: 'gold' }, update_timestamp: 2 });
  await see({ registered: 'ann', cookie: 'c1' });
  expect(sandbox.state.customers()).toMatchObject([
    { ids: { registered: 'ann', cookie: ['c1'] }, properties: { city: 'Graz', tier: 'gold' } },
  ]);
  expect(typesOf({ registered: 'ann' })).toEqual(['merge', 'visit']);
});

test('a merge brings the memory of duplicates along', async () => {
  await see({ registered: 'ann' });
  await see({ cookie: 'c1' }, 'anonymous_visit');
  await see({ registered: 'ann', cookie: 'c1' }, 'anonymous_visit');
  expect(sandbox.state.stats()).toMatchObject({ stored: 2, duplicates: 1 });
});

test('a cookie moves to the next who signs in, and the old events stay', async () => {
  await see({ registered: 'ann', cookie: 'shared' }, 'ann_visit');
  await see({ registered: 'bob', cookie: 'shared' }, 'bob_visit');
  expect(sandbox.state.customers().map(({ ids }) => ids)).toEqual([
    { registered: 'ann' },
    { registered: 'bob', cookie: ['shared'] },
  ]);
  expect(typesOf({ registered: 'ann' })).toEqual(['ann_visit']);
  expect(typesOf({ cookie: 'shared' })).toEqual(['bob_visit']);
});

test('two kinds of hard id name one customer, unless they clash', async () => {
  await see({ registered: 'ann', card: '1' });
  await see({ card: '1' }, 'by_card');
  await see({ registered: 'ann', card: '2' }, 'other_card');
  expect(sandbox.state.customers().map(({ ids }) => ids)).toEqual([{ registered: 'ann', card: '1' }]);
  expect(typesOf({ registered: 'ann' })).toEqual(['visit', 'by_card', 'other_card']);
});

test('the 65th soft id drives out the least recently used', async () => {
  for (let index = 0; index < 64; index++) await see({ registered: 'ann', cookie: `c${index}` });
  await see({ registered: 'ann', cookie: 'c0' });
  await see({ registered: 'ann', cookie: 'c64' });
  const cookies = sandbox.state.customer({ registered: 'ann' })?.ids['cookie'];
  expect(cookies).toHaveLength(64);
  expect(cookies).toContain('c0');
  expect(sandbox.state.customer({ cookie: 'c1' })).toBeNull();
});
