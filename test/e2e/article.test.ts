import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from './running.ts';

const ARTICLE = {
  eventName: 'CustomerLevelChanged',
  storeCode: 'Germany',
  createdAt: '2023-03-08T09:30:00.123456+01:00',
  data: {
    customer: { email: 'john.doe@example.com' },
    level: { levelId: 'e82c96cf-32a3-43bd-9034-4df343e5fd00', name: 'Gold', levelMoveUp: true },
  },
};

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterAll(() => running.stop());

test("a webhook without a message id becomes exactly the article's Bloomreach event, and is kept with every step", async () => {
  const answer = await running.send(ARTICLE);
  expect(answer).toMatchObject({ status: 202, body: { duplicate: false } });
  await running.settled();

  const [call] = running.sandbox.state.journal();
  const sent = JSON.parse(call?.body ?? '');
  expect(sent).toEqual({
    customer_ids: { registered: 'john.doe@example.com' },
    event_type: 'loyalty_challenge',
    timestamp: 1678264200.123456,
    properties: {
      event_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      tier_id: 'e82c96cf-32a3-43bd-9034-4df343e5fd00',
      tier_name: 'Gold',
      tenant_code: 'Germany',
      levelMove: 'up',
    },
  });
  expect(running.sandbox.state.customer({ registered: 'john.doe@example.com' })?.events).toHaveLength(1);

  const list = await running.api('/api/v1/deliveries?member=john.doe@example.com');
  const [delivery] = list.body['items'] as { id: string }[];
  const shown = await running.api(`/api/v1/deliveries/${delivery?.id}`);
  expect(shown.body).toMatchObject({
    status: 'delivered',
    mapping: 'tier-change',
    request: sent,
    sourceEvent: { id: answer.body['eventId'], body: ARTICLE },
    attemptLog: [{ verdict: 'delivered', httpStatus: 200 }],
  });
  expect(shown.body['mappingText']).toContain('event_type: loyalty_challenge');
});

test('the same webhook again is a duplicate and is not sent again', async () => {
  const before = running.sandbox.state.stats().commands;
  const answer = await running.send({ ...ARTICLE, requestId: 'another-try' });
  expect(answer).toMatchObject({ status: 202, body: { duplicate: true } });
  await running.settled();
  expect(running.sandbox.state.stats().commands).toBe(before);
});
