import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from './running.ts';

const MAPPING = `event: account.expiring_points_notification
to: bloomreach.event
transform:
  customer_ids:
    registered: =$memberId(data)
  event_type: loyalty_points_expiring
  properties:
    event_id: =$eventId()
    points: =data.points
`;

let running: Running;
beforeAll(async () => {
  running = await startRunning({ mappings: { 'expiring.yaml': MAPPING } });
});
afterAll(() => running.stop());

test('a legacy reminder that names a thousand members becomes a thousand events, each sent to its own', async () => {
  const data = Array.from({ length: 1_000 }, (_, index) => ({
    customerId: `c-${index}`,
    customerEmail: `member-${index}@example.com`,
    points: index,
    pointsWillExpire: '2026-03-01T00:00:00+00:00',
  }));
  const body = { type: 'account.expiring_points_notification', data };
  expect(await running.send(body)).toMatchObject({ status: 202, body: { duplicate: false } });
  expect(await running.send(body)).toMatchObject({ status: 202, body: { duplicate: true } });
  await running.settled();
  expect(running.sandbox.state.stats()).toMatchObject({ stored: 1_000, duplicates: 0 });
  const events = running.sandbox.state.customer({ registered: 'member-77@example.com' })?.events;
  expect(events).toMatchObject([{ properties: { points: 77 } }]);
});
