import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from './running.ts';

const mapping = (extra: string) => `
event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: level
  properties: { event_id: "=$eventId()", tier: "=data.level.name"${extra} }
`;

let running: Running;
beforeAll(async () => {
  running = await startRunning({ mappings: { 'level.yaml': mapping('') }, config: 'redact: [data.customer.phone]' });
});
afterAll(() => running.stop());

const event = (messageId: string | null, phone: string) => ({
  ...{ eventName: 'CustomerLevelChanged', storeCode: 'DEFAULT', createdAt: '2026-02-11T09:30:00Z' },
  ...(messageId !== null && { messageId }),
  data: { customer: { customerId: 'c-1', email: 'ann@example.com', phone }, level: { name: 'Gold' } },
});

async function order(path: string, body: object): Promise<void> {
  const headers = { authorization: 'Bearer e2e-api-token-0123456789', 'content-type': 'application/json' };
  const url = `${running.server.url}/api/v1${path}`;
  const answer = await request(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.statusCode).toBe(200);
  await answer.body.text();
}

test('a redacted value reaches no file, whatever repeats, differs, is replayed or forgotten', async () => {
  const phones = ['+491701111111', '+491702222222', '+491703333333', '+491704444444'];
  await running.send(event('m-1', phones[0] ?? ''));
  // A repeat whose value differs; and two without a message id that differ in nothing else.
  await running.send(event('m-1', phones[1] ?? ''));
  await running.send(event(null, phones[2] ?? ''));
  expect((await running.send(event(null, phones[3] ?? ''))).body).toMatchObject({ duplicate: true });
  await running.settled();
  await order('/replays', { as: 'reprocess', filter: { event: 'CustomerLevelChanged' }, dryRun: true });
  await order('/replays', { as: 'reprocess', filter: { event: 'CustomerLevelChanged' } });
  await order('/replays', { as: 'redeliver', filter: { status: 'delivered' } });
  await running.settled();
  const kept = () => {
    const path = join(running.dir, 'data', 'pointsman.db');
    return [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1')).join('') + JSON.stringify(running.lines);
  };
  expect(kept()).toContain('ann@example.com');
  for (const phone of phones) expect(kept()).not.toContain(phone.slice(1));
  await order('/members/forget', { member: 'ann@example.com' });
  for (const phone of phones) expect(kept()).not.toContain(phone.slice(1));
});
