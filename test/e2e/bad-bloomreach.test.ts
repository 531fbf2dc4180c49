import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FaultSpec } from '../../src/sandbox/bloomreach/fault.ts';
import { type Running, startRunning } from './running.ts';

const event = (messageId: string) => ({
  messageId,
  eventName: 'CustomerLevelChanged',
  storeCode: 'DEFAULT',
  createdAt: '2026-02-11T09:30:00+01:00',
  data: { customer: { email: 'ann@example.com' }, level: { levelId: 'l-1', name: 'Gold', levelMoveUp: true } },
});

let running: Running;
beforeEach(async () => {
  running = await startRunning({ destination: '    timeout: 500ms' });
});
afterEach(() => running.stop());

async function attemptsOf(messageId: string) {
  const list = await running.api(`/api/v1/deliveries?q=${messageId}`);
  const [{ id } = { id: '' }] = list.body['items'] as { id: string }[];
  const { body } = await running.api(`/api/v1/deliveries/${id}`);
  const attempts = body['attemptLog'] as { verdict: string; code: string | null }[];
  return { status: body['status'], code: body['code'], tries: attempts.map(({ verdict, code }) => [verdict, code]) };
}

const PASSING: readonly (readonly [string, FaultSpec, string, string])[] = [
  ['is down', { kind: 'status', status: 503, count: 1 }, 'transient', 'DELIVERY_UNAVAILABLE'],
  ['fails', { kind: 'status', status: 500, count: 1 }, 'transient', 'DELIVERY_UNAVAILABLE'],
  ['asks to slow down', { kind: 'status', status: 429, count: 1 }, 'transient', 'DELIVERY_RATE_LIMITED'],
  ['hangs', { kind: 'hang', count: 1 }, 'ambiguous', 'DELIVERY_TIMEOUT'],
  ['takes the event and resets', { kind: 'reset-after', count: 1 }, 'ambiguous', 'DELIVERY_RESET'],
  ['answers HTML', { kind: 'html', status: 200, count: 1 }, 'ambiguous', 'DELIVERY_UNREADABLE'],
];

test.each(PASSING)(
  'when Bloomreach %s, the delivery is tried again with the same bytes and arrives',
  async (_, fault, verdict, code) => {
    running.sandbox.faults.add(fault);
    await running.send(event('m-1'));
    await running.settled();
    expect(await attemptsOf('m-1')).toEqual({
      status: 'delivered',
      code: null,
      tries: [
        [verdict, code],
        ['delivered', null],
      ],
    });
    const bodies = new Set(running.sandbox.state.journal().map(({ body }) => body));
    expect(bodies.size).toBe(1);
    expect(running.sandbox.state.customer({ registered: 'ann@example.com' })?.events).toHaveLength(1);
  },
);

test('a refusal makes a dead letter with the answer, and frees the lane for the next', async () => {
  running.sandbox.faults.add({ kind: 'refuse', message: 'Not authorized to add event of specified type', count: 1 });
  await running.send(event('m-1'));
  await running.send(event('m-2'));
  await running.settled();
  expect(await attemptsOf('m-1')).toMatchObject({
    status: 'dead',
    code: 'DELIVERY_REJECTED',
    tries: [['rejected', 'DELIVERY_REJECTED']],
  });
  expect(await attemptsOf('m-2')).toMatchObject({ status: 'delivered' });
});

test('a Bloomreach that stays down makes a dead letter when the schedule is used up', async () => {
  running.sandbox.faults.add({ kind: 'outage', forMs: 60_000, mode: 'reset' });
  await running.send(event('m-1'));
  await running.settled();
  const { status, code, tries } = await attemptsOf('m-1');
  expect({ status, code, tries: tries.length }).toEqual({ status: 'dead', code: 'DELIVERY_GIVEN_UP', tries: 5 });
});

test('while Bloomreach is down, a member keeps the order of the events, and webhooks are still acknowledged', async () => {
  running.sandbox.faults.add({ kind: 'outage', forMs: 600 });
  const ids = ['m-1', 'm-2', 'm-3'];
  for (const id of ids) expect((await running.send(event(id))).status).toBe(202);
  await running.settled();
  const stored = running.sandbox.state.journal().filter(({ outcome }) => outcome === 'stored');
  expect(stored.map(({ body }) => JSON.parse(body).properties.event_id)).toEqual(ids);
});
