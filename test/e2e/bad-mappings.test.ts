import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from './running.ts';

const mapping = (properties: string) => `event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: tried
  properties:
    event_id: =$eventId()
${properties}`;

const EVENT = {
  eventName: 'CustomerLevelChanged',
  storeCode: 'DEFAULT',
  createdAt: '2026-02-11T09:30:00+01:00',
  data: { customer: { email: 'ann@example.com' }, level: { name: 'a'.repeat(40) } },
};

let running: Running;
beforeAll(async () => {
  running = await startRunning({
    mappings: {
      'good.yaml': mapping(''),
      'throws.yaml': mapping('    oops: =$error("no level here")\n'),
      'loops.yaml': mapping('    oops: |\n      =($loop := function($n) { $loop($n + 1) }; $loop(0))\n'),
      'expression.yaml': mapping('    oops: |\n      =$contains(data.level.name & "!", /^(a+)+$/)\n'),
      'number.yaml':
        'event: CustomerLevelChanged\nto: bloomreach.event\ntransform: |\n  $reduce([42, 1], function($a, $b) { $a })\n',
      'huge.yaml': mapping('    oops: |\n      =$pad("", 1048576, "x")\n'),
    },
  });
});
afterAll(() => running.stop());

test('mappings that throw, loop, backtrack, return a number or a megabyte hurt only themselves', async () => {
  expect((await running.send({ ...EVENT, messageId: 'm-1' })).status).toBe(202);
  await running.settled();
  const { body } = await running.api('/api/v1/deliveries');
  const codes = (body['items'] as { mapping: string; status: string; code: string | null }[])
    .map(({ mapping, status, code }) => `${mapping} ${status} ${code ?? ''}`.trim())
    .sort();
  expect(codes).toEqual([
    'expression dead TRANSFORM_TIMEOUT',
    'good delivered',
    'huge dead TRANSFORM_TOO_LARGE',
    'loops dead TRANSFORM_TIMEOUT',
    'number dead TRANSFORM_NOT_OBJECT',
    'throws dead TRANSFORM_ERROR',
  ]);
});

test('a mapping that times out again and again is set aside, and the good one goes on', async () => {
  for (let index = 2; index < 8; index++) await running.send({ ...EVENT, messageId: `m-${index}` });
  await running.settled();
  const set = await running.api('/api/v1/deliveries?mapping=expression&code=TRANSFORM_QUARANTINED');
  expect((set.body['items'] as unknown[]).length).toBeGreaterThan(0);
  const good = await running.api('/api/v1/deliveries?mapping=good&status=delivered');
  expect(good.body['items']).toHaveLength(7);
});
