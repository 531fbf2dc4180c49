import { describe, expect, it } from 'vitest';
import { PointsmanError } from '../../../src/core/errors.ts';
import { loadPauses } from '../../../src/pipeline/deliver/pauses.ts';
import type { CallLimits } from '../../../src/ports/destination.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { NOON_MS, turn } from '../../support/manual-clock.ts';
import { aMapping } from '../../support/samples.ts';
import {
  createScriptedDestination,
  DELIVERED,
  passThrough,
  UNAUTHORIZED,
  UNAVAILABLE,
} from '../../support/scripted-destination.ts';

const WHOLE = { destination: 'bloomreach', endpoint: null };
const CUSTOMER = { destination: 'bloomreach', endpoint: 'customer' };
const FORBIDDEN = { ...UNAUTHORIZED, httpStatus: 403, detail: 'forbidden', atFault: 'endpoint' } as const;
const RETRY = { quick: 0, scheduleMs: [1_000, 1_000], jitter: 0, giveUpAfterMs: 60_000 };

/** A corridor whose events named `Customer` go to the endpoint `customer`, all others to `event`. */
function corridorOf(limits: Partial<CallLimits> = {}, probes = true): Corridor {
  const destination = createScriptedDestination({
    limits: { probeMs: 30_000, ...limits },
    retry: RETRY,
    endpoints: new Map([
      ['event', passThrough],
      ['customer', { ...passThrough, name: 'customer' }],
    ]),
    ...(!probes && { probe: async () => null }),
  });
  return createCorridor({
    destination,
    mappings: [
      aMapping({ id: 'events', events: ['Event'] }),
      aMapping({ id: 'customers', events: ['Customer'], endpoint: 'customer' }),
    ],
  });
}

async function accept(corridor: Corridor, eventName: string, ...members: readonly string[]): Promise<void> {
  for (const member of members) {
    await corridor.receive({ eventName, storeCode: 'de', messageId: `${eventName}-${member}`, member });
  }
  await corridor.route();
}

async function run(corridor: Corridor, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    await corridor.deliverer.step();
    for (let turns = 0; turns < 3; turns++) await turn();
    await corridor.clock.advance(250);
  }
}

const statuses = async (corridor: Corridor) => (await corridor.all()).map(({ status }) => status);

describe('refused credentials', () => {
  it('pause the destination, are probed, and deliveries go on by themselves: no retry burnt, no age gained', async () => {
    const corridor = corridorOf({ concurrency: 1 });
    await accept(corridor, 'Event', 'ann', 'bob', 'cid');
    corridor.destination.next(() => UNAUTHORIZED);
    corridor.destination.nextProbe(
      () => UNAUTHORIZED,
      () => UNAVAILABLE,
    );
    await run(corridor, 29_000);
    expect(corridor.destination.calls).toHaveLength(1);
    expect(corridor.destination.probes).toBe(0);
    expect(corridor.deliverer.status()).toMatchObject({
      state: 'paused',
      sinceMs: NOON_MS,
      reason: 'Could not authenticate',
      gathered: 0,
    });
    expect(await corridor.store.pauses(0)).toMatchObject([{ ...WHOLE, cause: 'unauthorized', untilMs: null }]);
    await run(corridor, 62_000);
    expect(corridor.destination.probes).toBe(3);
    expect(await statuses(corridor)).toEqual(['delivered', 'delivered', 'delivered']);
    const [first] = await corridor.all();
    expect(first?.attemptLog.map(({ verdict }) => verdict)).toEqual(['unauthorized', 'delivered']);
    expect(corridor.log.messages('error')).toHaveLength(1);
    expect(await corridor.store.pauses(0)).toMatchObject([{ untilMs: expect.any(Number) }]);
  });

  it('do not age what they hold up', async () => {
    const corridor = corridorOf({ concurrency: 1 });
    await accept(corridor, 'Event', 'ann');
    corridor.destination.next(
      () => UNAUTHORIZED,
      () => UNAVAILABLE,
    );
    corridor.destination.nextProbe(...Array.from({ length: 9 }, () => () => UNAUTHORIZED));
    await run(corridor, 310_000);
    expect(await corridor.newest()).toMatchObject({ status: 'delivered', attempts: 3 });
  });

  it('of one endpoint pause that alone, and are probed with one real delivery', async () => {
    const corridor = corridorOf();
    await accept(corridor, 'Customer', 'ann', 'bob');
    corridor.destination.next(() => FORBIDDEN);
    corridor.destination.next(() => FORBIDDEN);
    await run(corridor, 1_000);
    expect(corridor.deliverer.status()).toMatchObject({ state: 'ok', pauses: [{ ...CUSTOMER, detail: 'forbidden' }] });
    const before = corridor.destination.calls.length;
    await accept(corridor, 'Event', 'cid', 'dan');
    await run(corridor, 1_000);
    expect((await statuses(corridor)).slice(2)).toEqual(['delivered', 'delivered']);
    expect(corridor.destination.calls).toHaveLength(before + 2);
    corridor.destination.next(() => FORBIDDEN);
    await run(corridor, 30_000);
    expect(corridor.destination.calls).toHaveLength(before + 3);
    expect(corridor.destination.calls.at(-1)).toMatchObject([{ endpoint: 'customer' }]);
    await run(corridor, 31_000);
    expect(await statuses(corridor)).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);
    expect(corridor.destination.probes).toBe(0);
    expect(corridor.deliverer.status()).toMatchObject({ pauses: [] });
  });

  it('are probed with one real delivery where there is no other way to ask', async () => {
    const corridor = corridorOf({ batchSize: 10 }, false);
    await accept(corridor, 'Event', 'ann', 'bob', 'cid');
    corridor.destination.next(() => UNAUTHORIZED);
    await run(corridor, 31_000);
    expect(corridor.destination.calls.map((call) => call.length)).toEqual([3, 1, 2]);
    expect(await statuses(corridor)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('still pause after a restart, which probes at once', async () => {
    const corridor = corridorOf();
    await accept(corridor, 'Event', 'ann');
    corridor.destination.next(() => UNAUTHORIZED);
    await run(corridor, 250);
    await corridor.clock.advance(1_000);
    const { store, clock, log } = corridor;
    const pauses = await loadPauses({ store, clock, log, signal: corridor.shutdown.signal });
    expect(pauses.ongoing('bloomreach')).toMatchObject([{ cause: 'unauthorized' }]);
    expect(pauses.pausedMs({ ...WHOLE, endpoint: 'event' }, NOON_MS, clock.now())).toBe(1_250);
  });

  it('pause at once although the store refuses to keep the pause for a while', async () => {
    const corridor = corridorOf({ concurrency: 1 });
    const { pause } = corridor.store;
    let failures = 2;
    corridor.store.pause = (of) =>
      failures-- > 0 ? Promise.reject(new PointsmanError('STORE_UNWRITABLE', 'disk full')) : pause(of);
    await accept(corridor, 'Event', 'ann', 'bob');
    corridor.destination.next(() => UNAUTHORIZED);
    await run(corridor, 4_000);
    expect(corridor.destination.calls).toHaveLength(1);
    expect(await corridor.store.pauses(0)).toHaveLength(1);
  });

  it('are a matter of the delivery when the destination says nothing of what is at fault', async () => {
    const corridor = corridorOf();
    await accept(corridor, 'Event', 'ann');
    corridor.destination.next(() => ({ ...UNAUTHORIZED, atFault: null, detail: null }));
    await run(corridor, 250);
    expect(corridor.deliverer.status()).toMatchObject({ state: 'paused', reason: 'The credentials were refused' });
  });
});

describe('a pause by hand', () => {
  it('stops everything until it is resumed by hand, and is never probed', async () => {
    const corridor = corridorOf();
    await corridor.pauses.pauseByHand(WHOLE, 'paused by ops: campaign');
    await accept(corridor, 'Event', 'ann');
    await run(corridor, 120_000);
    expect([corridor.destination.calls.length, corridor.destination.probes]).toEqual([0, 0]);
    expect(corridor.deliverer.status()).toMatchObject({ state: 'paused', reason: 'paused by ops: campaign' });
    expect(await corridor.pauses.pauseByHand(WHOLE, 'again')).toBe('repeated');
    expect(await corridor.pauses.resumeByHand(WHOLE)).toBe('applied');
    expect(await corridor.pauses.resumeByHand(WHOLE)).toBe('repeated');
    await run(corridor, 1_000);
    expect(await statuses(corridor)).toEqual(['delivered']);
  });

  it('of an endpoint lets the others flow, and gives back what was gathered for it', async () => {
    const corridor = corridorOf({ concurrency: 1 });
    await accept(corridor, 'Event', 'ann');
    await accept(corridor, 'Customer', 'bob');
    const hanging = Promise.withResolvers<typeof DELIVERED>();
    corridor.destination.next(() => hanging.promise);
    await corridor.deliverer.step();
    await turn();
    await corridor.deliverer.step();
    await corridor.pauses.pauseByHand(CUSTOMER, 'paused by ops');
    hanging.resolve(DELIVERED);
    await corridor.deliver();
    expect(await statuses(corridor)).toEqual(['delivered', 'pending']);
    expect(corridor.deliverer.offer()?.pausedEndpoints).toEqual(['customer']);
    expect(await corridor.store.expiredClaims(NOON_MS, 9, true)).toEqual([]);
  });

  it('beside a pause for credentials is not probed; resuming by hand ends both', async () => {
    const corridor = corridorOf({ concurrency: 1 });
    await accept(corridor, 'Event', 'ann', 'bob');
    corridor.destination.next(() => UNAUTHORIZED);
    await run(corridor, 250);
    await corridor.pauses.pauseByHand(WHOLE, 'paused by ops');
    await run(corridor, 65_000);
    expect(corridor.destination.probes).toBe(0);
    await corridor.pauses.resumeByHand(WHOLE);
    await run(corridor, 1_000);
    expect(await statuses(corridor)).toEqual(['delivered', 'delivered']);
  });

  it('changes nothing when the store refuses', async () => {
    const corridor = corridorOf();
    corridor.store.pause = () => Promise.reject(new PointsmanError('STORE_UNWRITABLE', 'disk full'));
    await expect(corridor.pauses.pauseByHand(WHOLE, 'x')).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    expect(corridor.pauses.ongoing('bloomreach')).toEqual([]);
  });
});
