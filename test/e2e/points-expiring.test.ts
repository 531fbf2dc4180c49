import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from './running.ts';

const envelope = (messageId: string, eventName: string, data: unknown) => ({
  messageId,
  requestId: `r-${messageId}`,
  eventName,
  storeCode: 'DEFAULT',
  createdAt: '2026-02-11T09:30:00+01:00',
  data,
});
const earned = (messageId: string, wallet: string, email: string) =>
  envelope(messageId, 'AvailablePointsAmountChanged', {
    customer: { customerId: `c-${wallet}`, email },
    amount: 320.5,
    amountChange: 20,
    amountChangeType: 'add',
    wallet: { walletId: wallet, walletType: { code: 'default', name: 'Points' } },
    actionCause: null,
  });
const expiring = (messageId: string, wallet: string) =>
  envelope(messageId, 'PointsWillExpire', {
    accountId: wallet,
    points: 50,
    remainingUnits: 35,
    pointsWillExpire: '2026-03-01T00:00:00+01:00',
  });

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterAll(() => running.stop());

test('a reminder that names only a wallet reaches the member whose wallet an earlier event told', async () => {
  await running.send(earned('m-1', 'w-1', 'Ann@Example.com'));
  await running.send(expiring('m-2', 'w-1'));
  await running.settled();
  const events = running.sandbox.state.customer({ registered: 'ann@example.com' })?.events ?? [];
  const reminder = events.find(({ type }) => type === 'loyalty_points_expiring');
  expect(reminder?.properties).toMatchObject({ event_id: 'm-2', points_expiring: 35, days_left: 18 });
});

test('a reminder for an unknown wallet waits, and goes out once when the wallet becomes known', async () => {
  await running.send(expiring('m-3', 'w-2'));
  await expect.poll(async () => (await running.api('/api/v1/deliveries?status=waiting')).body['items']).toHaveLength(1);
  await running.send(earned('m-4', 'w-2', 'bob@example.com'));
  await expect
    .poll(async () => (await running.api('/api/v1/deliveries?status=waiting')).body['items'], { timeout: 5_000 })
    .toHaveLength(0);
  await running.settled();
  const events = running.sandbox.state.customer({ registered: 'bob@example.com' })?.events ?? [];
  expect(events.map(({ type }) => type).sort()).toEqual(['loyalty_points_earned', 'loyalty_points_expiring']);
});
