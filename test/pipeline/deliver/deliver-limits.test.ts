import { describe, expect, it } from 'vitest';
import type { CallLimits } from '../../../src/ports/destination.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { NOON_MS, turn } from '../../support/manual-clock.ts';
import { createScriptedDestination, DELIVERED, REJECTED, UNAVAILABLE } from '../../support/scripted-destination.ts';

const LIMITED = { ...UNAVAILABLE, code: 'DELIVERY_RATE_LIMITED', httpStatus: 429 } as const;
const RETRY = { quick: 0, scheduleMs: Array.from({ length: 20 }, () => 1_000), jitter: 0, giveUpAfterMs: 36_000_000 };

async function corridorOf(count: number, limits: Partial<CallLimits>): Promise<Corridor> {
  const corridor = createCorridor({ destination: createScriptedDestination({ limits, retry: RETRY }) });
  for (let n = 0; n < count; n++) {
    await corridor.receive({ eventName: 'X', storeCode: 'de', messageId: `m-${n}`, member: `m${n}` });
  }
  await corridor.route();
  return corridor;
}

/** Lets the loop run for so long, in steps of 100 ms. */
async function run(corridor: Corridor, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await corridor.deliverer.step();
    await turn();
    await turn();
    await corridor.clock.advance(100);
    await turn();
  }
}

describe('the rate of calls', () => {
  it('is kept, whatever is due', async () => {
    const corridor = await corridorOf(60, { ratePerSecond: 10, concurrency: 4 });
    await run(corridor, 3_000);
    expect(corridor.destination.calls.length).toBeGreaterThanOrEqual(28);
    expect(corridor.destination.calls.length).toBeLessThanOrEqual(31);
  });

  it('is halved for a minute by a 429, quartered by more, and no lower', async () => {
    const corridor = await corridorOf(3, { ratePerSecond: 100 });
    corridor.destination.next(() => LIMITED);
    await corridor.deliverer.step();
    await turn();
    await turn();
    expect(corridor.deliverer.status()).toMatchObject({ ratePerSecond: 50, breaker: 'closed' });
    corridor.destination.next(...Array.from({ length: 9 }, () => () => LIMITED));
    await run(corridor, 5_000);
    expect(corridor.deliverer.status()).toMatchObject({ ratePerSecond: 25, state: 'ok' });
    await run(corridor, 70_000);
    expect(corridor.deliverer.status()).toMatchObject({ ratePerSecond: 100 });
    expect((await corridor.all()).every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('is nothing until a Retry-After is over', async () => {
    const corridor = await corridorOf(3, { concurrency: 1 });
    corridor.destination.next(() => ({ ...UNAVAILABLE, retryAfterMs: 20_000 }));
    await run(corridor, 19_000);
    expect(corridor.destination.calls).toHaveLength(1);
    expect(corridor.deliverer.status()).toMatchObject({ heldUntilMs: NOON_MS + 20_000, gathered: 1 });
    await run(corridor, 2_000);
    expect(corridor.destination.calls).toHaveLength(4);
    expect((await corridor.all()).map(({ attempts }) => attempts)).toEqual([2, 1, 1]);
  });

  it('is told of in its gathering: during a long wait nothing is held in memory, and commits claim nothing', async () => {
    const corridor = await corridorOf(3, { concurrency: 1 });
    corridor.destination.next(() => ({ ...UNAVAILABLE, retryAfterMs: 3_600_000 }));
    await run(corridor, 1_000);
    expect(corridor.deliverer.status()).toMatchObject({ gathered: 0 });
    expect(corridor.deliverer.offer()).toBe(null);
    expect(await corridor.store.expiredClaims(NOON_MS, 10, true)).toEqual([]);
  });
});

describe('the breaker', () => {
  const failing = (count: number) => Array.from({ length: count }, () => () => UNAVAILABLE);

  it('opens after so many failed calls in a row: nothing is claimed and no attempt burnt, until one call tries', async () => {
    const corridor = await corridorOf(10, { concurrency: 1, breakerFailures: 3, probeMs: 30_000 });
    corridor.destination.next(...failing(4));
    await run(corridor, 2_000);
    expect(corridor.destination.calls).toHaveLength(3);
    expect(corridor.deliverer.status()).toMatchObject({
      state: 'open',
      breaker: 'open',
      sinceMs: NOON_MS + 200,
      gathered: 0,
    });
    expect(corridor.deliverer.offer()).toBe(null);
    await run(corridor, 27_900);
    expect(corridor.destination.calls).toHaveLength(3);
    await run(corridor, 400);
    expect(corridor.destination.calls).toHaveLength(4);
    await run(corridor, 29_500);
    expect(corridor.destination.calls).toHaveLength(4);
    await run(corridor, 2_000);
    expect((await corridor.all()).every(({ status }) => status === 'delivered')).toBe(true);
    expect(corridor.deliverer.status()).toMatchObject({ state: 'ok', breaker: 'closed', sinceMs: null });
    const changes = corridor.log.messages('warn').filter((line) => line.startsWith('the breaker'));
    expect(changes).toEqual([
      'the breaker is open: call after call failed',
      'the breaker is closed: a call went through',
    ]);
    const tries = (await corridor.all()).reduce((sum, { attempts }) => sum + attempts, 0);
    expect(tries).toBe(10 + 4);
  });

  it('tries with one delivery alone', async () => {
    const corridor = await corridorOf(10, { batchSize: 5, concurrency: 2, breakerFailures: 1, probeMs: 1_000 });
    corridor.destination.next(...failing(2));
    await run(corridor, 1_500);
    await run(corridor, 2_000);
    expect(corridor.destination.calls.map((call) => call.length).slice(0, 4)).toEqual([5, 5, 1, 5]);
  });

  it('counts calls, not deliveries, and none that only refused some', async () => {
    const corridor = await corridorOf(10, { batchSize: 10, breakerFailures: 2 });
    corridor.destination.next((sent) => ({ answers: sent.map(() => REJECTED), failed: false, divisible: false }));
    await corridor.deliver();
    expect(corridor.deliverer.status()).toMatchObject({ state: 'ok', calls: 1, failedCalls: 0 });
  });

  it('stays closed when the destination limits us: it is alive', async () => {
    const corridor = await corridorOf(5, { breakerFailures: 2, concurrency: 1 });
    corridor.destination.next(...Array.from({ length: 5 }, () => () => LIMITED));
    await run(corridor, 1_000);
    expect(corridor.deliverer.status()).toMatchObject({ breaker: 'closed' });
  });

  it('ends the quick tries of every call', { timeout: 10_000 }, async () => {
    const destination = createScriptedDestination({
      limits: { concurrency: 2, breakerFailures: 2 },
      retry: { ...RETRY, quick: 5 },
    });
    const corridor = createCorridor({ destination });
    for (const member of ['ann', 'bob']) {
      await corridor.receive({ eventName: 'X', storeCode: 'de', messageId: member, member });
    }
    await corridor.route();
    destination.next(...failing(20));
    await corridor.deliver();
    expect(destination.calls).toHaveLength(2);
    expect((await corridor.all()).map(({ status, attempts, code }) => [status, attempts, code])).toEqual([
      ['pending', 1, null],
      ['pending', 1, null],
    ]);
  });
});

it('one destination that hangs slows nobody else', async () => {
  const corridor = await corridorOf(4, { concurrency: 2 });
  const other = createCorridor({ destination: createScriptedDestination() });
  corridor.destination.next(
    () => new Promise(() => undefined),
    () => new Promise(() => undefined),
  );
  await corridor.deliverer.step();
  await turn();
  expect(corridor.deliverer.status()).toMatchObject({ callsInFlight: 2 });
  await other.receive({ eventName: 'X', storeCode: 'de', messageId: 'm', member: 'ann' });
  await other.route();
  other.destination.next(() => DELIVERED);
  await other.deliver();
  expect(await other.newest()).toMatchObject({ status: 'delivered' });
});
