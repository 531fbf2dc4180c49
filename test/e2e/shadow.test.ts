import { afterAll, beforeAll, expect, test } from 'vitest';
import { pointsman } from '../cli/pointsman.ts';
import { type Running, startRunning } from './running.ts';

const mapping = (mode: string, type: string) => `
event: CustomerLevelChanged
to: bloomreach.event
mode: ${mode}
transform:
  customer_ids: { registered: "=$memberId(data.customer)" }
  event_type: ${type}
  properties: { event_id: "=$eventId()", tier: "=data.level.name" }
`;

let running: Running;
beforeAll(async () => {
  running = await startRunning({
    mappings: {
      'real.yaml': mapping('live', 'real'),
      'tryout.yaml': mapping('shadow', 'tryout'),
      'off.yaml': mapping('off', 'off'),
    },
  });
  const customer = { customerId: 'c-1', email: 'ann@example.com' };
  await running.send({
    ...{ messageId: 'm-1', eventName: 'CustomerLevelChanged', storeCode: 'DEFAULT', createdAt: '2026-02-11T09:30:00Z' },
    data: { customer, level: { name: 'Gold' } },
  });
  await running.settled();
});
afterAll(() => running.stop());

test('a shadowed mapping records what it would send, and never sends it', async () => {
  const sent = running.sandbox.state.customer({ registered: 'ann@example.com' })?.events ?? [];
  expect(sent.map(({ type }) => type)).toEqual(['real']);
  const { body } = await running.api('/api/v1/deliveries?mapping=tryout');
  const [row, ...others] = body['items'] as readonly { id: string; status: string }[];
  expect(others).toEqual([]);
  expect(row).toMatchObject({ status: 'shadowed', attempts: 0, dueAt: null });
  const shown = await pointsman(['deliveries', 'show', row?.id ?? '', '-o', 'json', '-c', running.configFile]);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    ...{ status: 'shadowed', attemptLog: [], formulasRemark: null },
    request: { customer_ids: { registered: 'ann@example.com' }, event_type: 'tryout', properties: { tier: 'Gold' } },
  });
  const { body: stats } = await running.api('/api/v1/stats');
  expect(stats['deliveries']).toMatchObject({ shadowed: 1, delivered: 1 });
});
