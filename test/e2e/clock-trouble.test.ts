import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/system.ts';
import { type Running, type RunningOptions, startRunning } from './running.ts';
import { arrivals, post, TIER_MAPPING, tierChange, until } from './trouble.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
const RETRY = `    retry: { quick: 0, schedule: [${Array.from({ length: 40 }, () => '200ms').join(', ')}], giveUpAfter: 1h }\n`;
const BREAKER = '    breaker: { failures: 1000, probe: 30s }\n';
const EXPIRING = `event: PointsWillExpire
to: bloomreach.event
transform:
  customer_ids: { registered: "=$recall('wallet', data.accountId).email" }
  event_type: expiring
  properties: { event_id: "=$eventId()" }
`;

let running: Running;
let aheadMs = 0;
afterEach(async () => {
  await running.stop();
  aheadMs = 0;
});

async function open(options: RunningOptions = {}): Promise<void> {
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  running = await startRunning({
    mappings: { 'tier.yaml': TIER_MAPPING },
    destination: RETRY + BREAKER,
    clock,
    ...options,
  });
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => `m-${n}`);

async function sendAll(messageIds: readonly string[]): Promise<void> {
  for (const id of messageIds) expect((await post(running.server.url, tierChange(id))).status).toBe(202);
}

const told = (part: string) => running.lines.some(({ msg }) => String(msg).includes(part));

it('a clock that jumps a year ahead gives nothing up and deletes nothing: what was pending arrives, once', async () => {
  await open();
  running.sandbox.faults.add({ kind: 'outage', forMs: 2_000 });
  await sendAll(ids(20));
  aheadMs = YEAR_MS;
  await sendAll(['late']);
  await running.settled();
  expect(arrivals(running, [...ids(20), 'late'])).toEqual([...ids(20), 'late'].map(() => 1));
  const stats = await running.server.reads.stats(0);
  expect(stats.deliveries).toMatchObject({ delivered: 21, dead: 0 });
  expect((await running.server.reads.events({}, { before: null, limit: 50 })).items).toHaveLength(21);
  await until(() => told('the clock jumped ahead'), 'the jump is told');
});

it('a year during which nothing ran gives nothing up either', async () => {
  await open();
  running.sandbox.faults.add({ kind: 'outage', forMs: 1_500 });
  await sendAll(ids(5));
  await running.server.stop();
  aheadMs = YEAR_MS;
  await running.restart();
  await running.settled();
  expect(arrivals(running, ids(5))).toEqual(ids(5).map(() => 1));
  expect((await running.server.reads.stats(0)).deliveries).toMatchObject({ dead: 0 });
});

it('a clock that is set back a year leaves nothing waiting for a year', async () => {
  await open();
  running.sandbox.faults.add({ kind: 'outage', forMs: 1_500 });
  await sendAll(ids(20));
  aheadMs = -YEAR_MS;
  await sendAll(['early']);
  await running.settled();
  expect(arrivals(running, [...ids(20), 'early'])).toEqual([...ids(20), 'early'].map(() => 1));
  await until(() => told('the clock was set back'), 'the jump is told');
});

it('a clock that goes wrong and is put right again costs nothing', async () => {
  await open();
  running.sandbox.faults.add({ kind: 'outage', forMs: 3_000 });
  await sendAll(ids(5));
  aheadMs = YEAR_MS;
  await sendAll(['wrong']);
  await systemClock.sleep(1_500);
  aheadMs = 0;
  await sendAll(['right']);
  await running.settled();
  expect(arrivals(running, [...ids(5), 'wrong', 'right'])).toEqual([1, 1, 1, 1, 1, 1, 1]);
  expect((await running.server.reads.stats(0)).deliveries).toMatchObject({ dead: 0 });
});

it('what waits for a fact goes on waiting after a jump, and is delivered when the fact comes', async () => {
  await open({ mappings: { 'expiring.yaml': EXPIRING } });
  const base = { storeCode: 'DEFAULT', createdAt: '2026-02-11T09:30:00+01:00' };
  const expiring = { ...base, messageId: 'e-1', eventName: 'PointsWillExpire', data: { accountId: 'w-1', points: 5 } };
  expect((await post(running.server.url, expiring)).status).toBe(202);
  const waiting = async () => (await running.server.reads.stats(0)).deliveries.waiting;
  await until(async () => (await waiting()) === 1, 'it waits');
  aheadMs = YEAR_MS;
  await systemClock.sleep(2_500);
  expect(await waiting()).toBe(1);
  const taught = {
    ...{ ...base, messageId: 'e-2', eventName: 'AvailablePointsAmountChanged' },
    data: { customer: { customerId: 'c-1', email: 'ann@example.com' }, wallet: { walletId: 'w-1' } },
  };
  expect((await post(running.server.url, taught)).status).toBe(202);
  await until(async () => arrivals(running, ['ann'])[0] === 1, 'it arrives');
});

it('a clock that is set back takes no genuine event for a repeat', async () => {
  await open();
  expect(await running.send(tierChange(null))).toMatchObject({ status: 202, body: { duplicate: false } });
  expect(await running.send(tierChange(null))).toMatchObject({ status: 202, body: { duplicate: true } });
  aheadMs = -HOUR_MS;
  expect(await running.send(tierChange(null))).toMatchObject({ status: 202, body: { duplicate: false } });
});
