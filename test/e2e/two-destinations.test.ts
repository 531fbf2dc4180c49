import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Crm } from '../destinations/http/support.ts';
import { type Running, startRunning } from './running.ts';

const SECRET = 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';

const MAPPINGS = {
  'tier.yaml': `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: =data.level.name
  properties: { event_id: "=$eventId()" }
---
id: tier-to-crm
event: CustomerLevelChanged
to: crm.member
transform:
  path: { id: "=data.customer.email" }
  query: { from: loyalty }
  headers: { X-Event: "=$eventId()" }
  body: { tier: "=data.level.name" }
`,
};

const event = (index: number, tier = 'Gold') => ({
  messageId: `m-${index}`,
  eventName: 'CustomerLevelChanged',
  storeCode: 'DEFAULT',
  createdAt: '2026-02-11T09:30:00+01:00',
  data: {
    customer: { email: `member/${index}@example.com` },
    level: { levelId: 'l-1', name: tier, levelMoveUp: true },
  },
});

let crm: Crm;
let running: Running;

beforeEach(async () => {
  crm = await new Crm().start();
  running = await startRunning({
    mappings: MAPPINGS,
    destination: `    concurrency: 2
    breaker: { probe: 100ms }
  crm:
    type: http
    endpoints: { member: { method: PUT, url: "${crm.origin}/members/{id}" } }
    auth: { type: bearer, token: crm-token-value }
    signing: { type: standard-webhooks, secret: ${SECRET} }
    allowHosts: [127.0.0.1]
    rateLimit: 1000/s
    retry: { quick: 0, schedule: [50ms, 100ms], giveUpAfter: 1h }
    breaker: { probe: 100ms }`,
  });
});
afterEach(async () => {
  await running.stop();
  await crm.close();
});

const sendMany = (count: number, tierOf: (index: number) => string = () => 'Gold') =>
  Promise.all(Array.from({ length: count }, (_, index) => running.send(event(index, tierOf(index)))));

async function statuses(filter: string): Promise<Readonly<Record<string, number>>> {
  const { body } = await running.api(`/api/v1/deliveries?limit=200&${filter}`);
  const items = body['items'] as { status: string }[];
  return Object.fromEntries(
    Object.entries(Object.groupBy(items, ({ status }) => status)).map(([status, of]) => [status, of?.length ?? 0]),
  );
}

test('one event reaches both: shared calls there, a signed call of its own here', async () => {
  running.sandbox.faults.add({ kind: 'latency', ms: 50 });
  await sendMany(60);
  await running.settled();
  expect(await statuses('destination=bloomreach')).toEqual({ delivered: 60 });
  expect(await statuses('destination=crm')).toEqual({ delivered: 60 });
  const { requests, stored } = running.sandbox.state.stats();
  expect([stored, requests < 40]).toEqual([60, true]);
  expect(new Set(crm.got.map(({ url }) => url))).toEqual(
    new Set(Array.from({ length: 60 }, (_, index) => `/members/member%2F${index}%40example.com?from=loyalty`)),
  );
  for (const { method, body, headers } of crm.got) {
    expect([method, headers.authorization]).toEqual(['PUT', 'Bearer crm-token-value']);
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toEqual({ tier: 'Gold' });
  }
});

test('one event that breaks every call it shares ends alone, and all others arrive', async () => {
  running.sandbox.faults.add({ kind: 'latency', ms: 50, forMs: 300 });
  running.sandbox.faults.add({ kind: 'status', status: 413, match: { eventType: 'Poison' } });
  await sendMany(40, (index) => (index === 20 ? 'Poison' : 'Gold'));
  await running.settled();
  expect(await statuses('destination=bloomreach')).toEqual({ delivered: 39, dead: 1 });
  expect(running.sandbox.state.stats()).toMatchObject({ stored: 39 });
});

test('refused credentials of one destination pause it, burn no try, and leave the other alone', async () => {
  crm.reply = () => ({ status: 401 });
  await sendMany(10);
  for (let waited = 0; waited < 5000 && running.sandbox.state.stats().stored < 10; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await statuses('destination=bloomreach')).toEqual({ delivered: 10 });
  expect(await statuses('destination=crm')).toEqual({ pending: 10 });
  crm.reply = () => ({ status: 200 });
  await running.settled();
  expect(await statuses('destination=crm')).toEqual({ delivered: 10 });
});
