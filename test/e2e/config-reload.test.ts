import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/runtime/system.ts';
import { startBloomreachSandbox } from '../../src/sandbox/bloomreach/server.ts';
import { type Running, startRunning } from './running.ts';

const MAPPING = `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: tried
  properties: { event_id: "=$eventId()" }
`;

const event = (messageId: string) => ({
  messageId,
  eventName: 'CustomerLevelChanged',
  storeCode: 'DEFAULT',
  createdAt: '2026-02-11T09:30:00+01:00',
  data: { customer: { email: `${messageId}@example.com` }, level: { name: 'Gold' } },
});

let running: Running;
beforeEach(async () => {
  running = await startRunning({ mappings: { 'tier.yaml': MAPPING } });
});
afterEach(() => running.stop());

/** Changes the config as an editor would and waits for the receipt of the load. */
async function edit(change: (text: string) => string): Promise<Readonly<Record<string, unknown>>> {
  const before = (await newest())['id'];
  writeFileSync(`${running.configFile}.new`, change(readFileSync(running.configFile, 'utf8')));
  renameSync(`${running.configFile}.new`, running.configFile);
  for (let waited = 0; waited < 5_000; waited += 20) {
    const receipt = await newest();
    if (receipt['id'] !== before) return receipt;
    await systemClock.sleep(20);
  }
  throw new Error('no reload after 5 s');
}

async function newest(): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await running.api('/api/v1/reloads?limit=1');
  return (body['items'] as Readonly<Record<string, unknown>>[])[0] ?? {};
}

async function deliveries(filter = ''): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await running.api(`/api/v1/deliveries${filter}`)).body['items'] as Readonly<Record<string, unknown>>[];
}

test('a new source opens its door, a changed one asks for its new secret, and nothing else moves', async () => {
  const receipt = await edit((text) =>
    text
      .replace('e2e-webhook-token', 'another-webhook-token')
      .replace('destinations:', '  shop: { type: open-loyalty, verify: none }\ndestinations:'),
  );
  expect(receipt).toMatchObject({
    outcome: 'accepted',
    config: { applied: ['sources.open-loyalty', 'sources.shop'], needsRestart: [] },
    files: [],
  });
  expect((await running.send(event('m-1'))).status).toBe(401);
  expect((await running.send(event('m-1'), { 'x-pointsman-token': 'another-webhook-token' })).status).toBe(202);
  const shop = await request(`${running.server.url}/webhooks/shop`, {
    method: 'POST',
    body: JSON.stringify(event('m')),
  });
  expect(shop.statusCode).toBe(202);
  await shop.body.dump();
  await running.settled();
  expect(await deliveries('?status=delivered')).toHaveLength(2);
});

test('an invalid config is refused as a whole, and the old one goes on', async () => {
  const receipt = await edit((text) => text.replace('e2e-webhook-token', 'x').replace('projectToken', 'projctToken'));
  expect(receipt).toMatchObject({
    ...{ outcome: 'refused', valid: false },
    config: { outcome: 'refused', lints: [{ code: 'CONFIG_INVALID' }, { code: 'CONFIG_UNKNOWN_KEY' }] },
  });
  expect((await running.api('/readyz')).body).toEqual({ status: 'ready', configurationValid: false });
  expect((await running.api('/api/v1/stats')).body['configurationValid']).toBe(false);
  expect((await running.send(event('m-1'))).status).toBe(202);
  await edit((text) =>
    text.replace('{ type: header, name: X-Pointsman-Token, value: x }', 'none').replace('projct', 'project'),
  );
  expect((await running.api('/readyz')).body).toEqual({ status: 'ready', configurationValid: true });
  expect((await running.send(event('m-2'), {})).status).toBe(202);
});

test('what needs a restart says so, and the rest applies', async () => {
  const receipt = await edit((text) =>
    text
      .replace('./data/pointsman.db', './data/other.db')
      .replace('{ port: 0 }', '{ port: 8099, host: 127.0.0.2 }')
      .replace(
        'e2e-api-token-0123456789 }',
        'e2e-api-token-0123456789 }, { name: eve, role: viewer, token: second-api-token-0123456789 }',
      ),
  );
  expect(receipt['config']).toMatchObject({ applied: ['api.tokens'], needsRestart: ['server.host', 'store.url'] });
  expect(running.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', msg: expect.stringContaining('store.url needs a restart') }),
  );
  const authorization = 'Bearer second-api-token-0123456789';
  const answer = await request(`${running.server.url}/api/v1/stats`, { headers: { authorization } });
  expect(answer.statusCode).toBe(200);
  await answer.body.dump();
});

test('a destination that moves takes what is pending along, while calls to the old one still hang', async () => {
  const { now: clock, random } = systemClock;
  const other = await startBloomreachSandbox({
    ...{ projectToken: 'e2e-project', apiKeyId: 'e2e-key', apiSecret: 'e2e-secret-value', clock, random },
    settings: { queueDelayMs: { min: 0, max: 0 } },
  });
  try {
    running.sandbox.faults.add({ kind: 'latency', ms: 1_500, jitterMs: 0 });
    for (let index = 0; index < 20; index++) await running.send(event(`m-${index}`));
    await edit((text) => text.replace(running.sandbox.url, other.url));
    for (let index = 20; index < 30; index++) await running.send(event(`m-${index}`));
    await running.settled();
    const [old, fresh] = [running.sandbox, other].map(({ state }) => state.journal().filter(({ data }) => data !== ''));
    expect(await deliveries('?status=delivered&limit=200')).toHaveLength(30);
    expect((old?.length ?? 0) + (fresh?.length ?? 0)).toBe(30);
    expect(fresh?.length).toBeGreaterThanOrEqual(10);
  } finally {
    await other.close();
  }
});

test('what is pending to a destination that is gone waits, says why, and goes out when it is back', async () => {
  running.sandbox.faults.add({ kind: 'status', status: 503 });
  await running.send(event('m-1'));
  await running.send({ ...event('m-2'), data: event('m-1').data });
  const receipt = await edit((text) => text.replace('  bloomreach:\n', '  elsewhere:\n'));
  expect(receipt).toMatchObject({
    ...{ outcome: 'partly', valid: false },
    config: { applied: ['destinations.elsewhere', 'destinations.bloomreach'] },
    files: [{ file: 'tier.yaml', outcome: 'refused', after: [], lints: [{ code: 'MAPPING_UNKNOWN_DESTINATION' }] }],
  });
  running.sandbox.faults.clear();
  expect((await deliveries()).map(({ status, blockedBy }) => [status, blockedBy])).toEqual([
    ['pending', 'destination missing'],
    ['pending', 'destination missing'],
  ]);
  expect(running.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', destination: 'bloomreach', msg: expect.stringContaining('pending') }),
  );
  expect((await running.api('/api/v1/destinations')).body['missing']).toEqual(['bloomreach']);
  await running.send(event('m-3'));
  await edit((text) => text.replace('  elsewhere:\n', '  bloomreach:\n'));
  await running.settled();
  expect((await deliveries()).map(({ status, blockedBy }) => [status, blockedBy])).toEqual([
    ['delivered', null],
    ['delivered', null],
  ]);
  expect((await running.api('/api/v1/events/unmatched')).body['items']).toHaveLength(1);
});

test('a secret in a file is read again when the file changes', async () => {
  const secret = join(running.dir, 'webhook-token');
  writeFileSync(secret, 'from-a-file-1\n');
  await edit((text) => text.replace('e2e-webhook-token', '"${file:./webhook-token}"'));
  expect((await running.send(event('m-1'), { 'x-pointsman-token': 'from-a-file-1' })).status).toBe(202);
  const before = (await newest())['id'];
  writeFileSync(secret, 'from-a-file-2\n');
  while ((await newest())['id'] === before) await systemClock.sleep(20);
  expect((await running.send(event('m-2'), { 'x-pointsman-token': 'from-a-file-2' })).status).toBe(202);
});

test('a forced reload loads everything, changed or not', async () => {
  await running.server.reload();
  expect(await newest()).toMatchObject({ trigger: 'signal', outcome: 'accepted', config: null, files: [] });
});
