import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/core/attempt.ts';
import type { CallLimits } from '../../../src/ports/destination.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { turn } from '../../support/manual-clock.ts';
import { aMapping } from '../../support/samples.ts';
import { createScriptedDestination, DELIVERED, REJECTED, UNAVAILABLE } from '../../support/scripted-destination.ts';

const BATCHES: Partial<CallLimits> = { batchSize: 8, concurrency: 4 };

function corridorOf(limits: Partial<CallLimits> = BATCHES, quick = 0): Corridor {
  const retry = { quick, scheduleMs: [5_000, 30_000], jitter: 0, giveUpAfterMs: 3_600_000 };
  return createCorridor({ destination: createScriptedDestination({ limits, retry }) });
}

/** Deliveries of so many members, none of them before. */
async function accept(corridor: Corridor, count: number, prefix = 'm'): Promise<void> {
  for (let n = 0; n < count; n++) {
    const member = `${prefix}${n}`;
    await corridor.receive({ eventName: 'X', storeCode: 'de', messageId: member, member });
  }
  await corridor.route();
}

async function acceptAndStep(corridor: Corridor, count: number, prefix: string): Promise<void> {
  await accept(corridor, count, prefix);
  await corridor.deliverer.step();
  await turn();
}

function later(answer: Answer = DELIVERED) {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  return { script: () => promise, come: () => resolve(answer) };
}

const sizes = ({ destination }: Corridor) => destination.calls.map((call) => call.length);

describe('what is gathered', () => {
  it('leaves in one call at once while none is in flight, in order', async () => {
    const corridor = corridorOf();
    await accept(corridor, 5);
    await corridor.deliver();
    expect(corridor.destination.calls.map((call) => call.map(({ id }) => id))).toEqual([[1, 2, 3, 4, 5]]);
    expect((await corridor.all()).every(({ status }) => status === 'delivered')).toBe(true);
    expect(corridor.log.lines.filter(({ level }) => level === 'info')).toMatchObject([{ fields: { n: 5, failed: 0 } }]);
  });

  it('must be the more, the more calls are in flight; a full call never waits', async () => {
    const corridor = corridorOf();
    const slow = [later(), later(), later(), later()];
    corridor.destination.next(...slow.map(({ script }) => script));
    await acceptAndStep(corridor, 1, 'a');
    await acceptAndStep(corridor, 1, 'b');
    expect(sizes(corridor)).toEqual([1]);
    await acceptAndStep(corridor, 1, 'c');
    expect(sizes(corridor)).toEqual([1, 2]);
    await acceptAndStep(corridor, 3, 'd');
    expect(sizes(corridor)).toEqual([1, 2]);
    await acceptAndStep(corridor, 1, 'e');
    expect(sizes(corridor)).toEqual([1, 2, 4]);
    await acceptAndStep(corridor, 9, 'f');
    expect(sizes(corridor)).toEqual([1, 2, 4, 8]);
    expect(corridor.deliverer.status()).toMatchObject({ callsInFlight: 4, gathered: 1 });
    for (const { come } of slow) come();
    await corridor.deliverer.drained();
    expect(sizes(corridor)).toEqual([1, 2, 4, 8, 1]);
  });

  it('waits no longer than a tenth of a second for company while a call hangs', async () => {
    const corridor = corridorOf();
    const hanging = later();
    corridor.destination.next(hanging.script);
    await acceptAndStep(corridor, 1, 'a');
    await acceptAndStep(corridor, 1, 'b');
    await corridor.clock.advance(99);
    expect(sizes(corridor)).toEqual([1]);
    await corridor.clock.advance(1);
    await turn();
    expect(sizes(corridor)).toEqual([1, 1]);
    hanging.come();
    await corridor.deliverer.drained();
  });

  it('lingers as long as it is told, unless the call is full', async () => {
    const corridor = corridorOf({ ...BATCHES, lingerMs: 50 });
    await acceptAndStep(corridor, 1, 'a');
    await corridor.clock.advance(49);
    await acceptAndStep(corridor, 1, 'b');
    expect(sizes(corridor)).toEqual([]);
    await corridor.clock.advance(1);
    await turn();
    expect(sizes(corridor)).toEqual([2]);
    await acceptAndStep(corridor, 9, 'c');
    expect(sizes(corridor)).toEqual([2, 8]);
    await corridor.clock.advance(100);
    await corridor.deliverer.drained();
  });

  it('is no more than the destination fits in a call', async () => {
    const destination = createScriptedDestination({ limits: BATCHES, fit: () => 3 });
    const corridor = createCorridor({ destination });
    await accept(corridor, 7);
    await corridor.deliver();
    expect(sizes(corridor)).toEqual([3, 3, 1]);
  });

  it('is bounded: what is due beyond that stays in the store', async () => {
    const corridor = corridorOf({ batchSize: 2, concurrency: 2 });
    const slow = later();
    corridor.destination.next(...[1, 2, 3].map(() => slow.script));
    await accept(corridor, 20);
    for (let n = 0; n < 5; n++) {
      await corridor.deliverer.step();
      await turn();
    }
    expect(corridor.deliverer.status()).toMatchObject({ callsInFlight: 2, gathered: 4 });
    slow.come();
    await corridor.deliver();
    expect(corridor.destination.sent).toHaveLength(20);
  });

  it('holds never two of a member', async () => {
    const corridor = corridorOf();
    for (let n = 0; n < 6; n++) {
      await corridor.receive({
        eventName: 'X',
        storeCode: 'de',
        messageId: `m-${n}`,
        member: n % 2 ? 'ann' : 'bob',
        n,
      });
    }
    await corridor.route();
    await corridor.deliver();
    expect(corridor.destination.calls.map((call) => call.map(({ id }) => id))).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });
});

describe('what a commit claims', () => {
  it('is sent without another claim, and what comes in one turn shares a call', async () => {
    const corridor = corridorOf();
    await accept(corridor, 6);
    const offer = corridor.deliverer.offer();
    expect(offer).toMatchObject({ destination: 'bloomreach', pausedEndpoints: [] });
    const claim = { ...offer, limit: 6, nowMs: corridor.clock.now() };
    const claimed = await corridor.store.claimDeliveries(claim as never);
    corridor.deliverer.take(claimed.slice(0, 2));
    corridor.deliverer.take(claimed.slice(2));
    expect(corridor.deliverer.holds({ id: 1, claimNo: 1 })).toBe(true);
    expect(corridor.deliverer.holds({ id: 1, claimNo: 2 })).toBe(false);
    await corridor.deliverer.drained();
    expect(sizes(corridor)).toEqual([6]);
    expect(corridor.deliverer.holds({ id: 1, claimNo: 1 })).toBe(false);
  });

  it('is nothing while there is no room, or something older waits in the store', async () => {
    const corridor = corridorOf({ batchSize: 2, concurrency: 1 });
    const slow = later();
    corridor.destination.next(slow.script);
    await accept(corridor, 9);
    await corridor.deliverer.step();
    expect(corridor.deliverer.offer()).toBe(null);
    slow.come();
    await corridor.deliver();
    expect(corridor.deliverer.offer()).not.toBe(null);
  });

  it('goes back when it comes after the stop', async () => {
    const corridor = corridorOf();
    await accept(corridor, 1);
    const nowMs = corridor.clock.now();
    const claim = { destination: 'bloomreach', pausedEndpoints: [], limit: 1, nowMs, leaseEndMs: nowMs + 60_000 };
    const claimed = await corridor.store.claimDeliveries(claim);
    corridor.stopping.abort();
    expect(corridor.deliverer.offer()).toBe(null);
    corridor.deliverer.take(claimed);
    await corridor.deliverer.drained();
    expect(corridor.destination.calls).toEqual([]);
    expect(await corridor.newest()).toMatchObject({ status: 'pending', attempts: 0, dueAtMs: nowMs });
    expect(await corridor.store.expiredClaims(nowMs, 10, true)).toEqual([]);
  });
});

describe('a call', () => {
  it('gives each delivery its own answer: what is delivered is settled while others are tried again', async () => {
    const corridor = corridorOf(BATCHES, 1);
    corridor.destination.next((sent) => ({
      answers: sent.map((_, index) => [DELIVERED, REJECTED, UNAVAILABLE][index] ?? DELIVERED),
      failed: false,
      divisible: false,
    }));
    const second = later();
    corridor.destination.next(second.script);
    await acceptAndStep(corridor, 3, 'a');
    await turn();
    expect((await corridor.all()).map(({ status }) => status)).toEqual(['delivered', 'dead', 'pending']);
    second.come();
    await corridor.deliverer.drained();
    expect(corridor.destination.calls.map((call) => call.map(({ id }) => id))).toEqual([[1, 2, 3], [3]]);
    expect((await corridor.all()).map(({ attempts }) => attempts)).toEqual([1, 1, 2]);
  });

  it('settles all that it carried at once', async () => {
    const corridor = corridorOf();
    const settled: number[] = [];
    const { settleAttempts } = corridor.store;
    corridor.store.settleAttempts = (tries) => {
      settled.push(tries.length);
      return settleAttempts(tries);
    };
    await accept(corridor, 7);
    await corridor.deliver();
    expect(settled).toEqual([7]);
  });

  it('says one line when it came to nothing', async () => {
    const corridor = corridorOf();
    corridor.destination.next(() => UNAVAILABLE);
    await accept(corridor, 7);
    await corridor.deliver();
    expect(corridor.log.messages('warn')).toEqual(['a call delivered nothing']);
    expect(corridor.log.lines.find(({ level }) => level === 'warn')?.fields).toMatchObject({ n: 7, failed: 7 });
  });

  it('that says nothing of a delivery leaves its answer unknown', async () => {
    const corridor = corridorOf();
    corridor.destination.next(() => ({ answers: [DELIVERED], failed: false, divisible: false }));
    await accept(corridor, 2);
    await corridor.deliver();
    expect(await corridor.newest()).toMatchObject({ status: 'pending', code: 'DELIVERY_UNREADABLE' });
  });

  it('follows the policies of each mapping', async () => {
    const corridor = corridorOf();
    corridor.useMappings(aMapping({ onAmbiguous: 'hold' }));
    corridor.destination.next(() => ({ ...UNAVAILABLE, verdict: 'ambiguous' }));
    await accept(corridor, 2);
    await corridor.deliver();
    expect((await corridor.all()).map(({ code }) => code)).toEqual(['DELIVERY_HELD', 'DELIVERY_HELD']);
  });
});

describe('a lease', () => {
  it('is never outlived: what waited too long goes back without an attempt, and is claimed anew', async () => {
    const corridor = corridorOf({ batchSize: 1, concurrency: 1 });
    const hanging = later();
    corridor.destination.next(hanging.script);
    await accept(corridor, 2);
    await corridor.deliverer.step();
    await turn();
    await corridor.deliverer.step();
    await turn();
    expect(corridor.deliverer.status()).toMatchObject({ callsInFlight: 1, gathered: 1 });
    await corridor.clock.advance(120_000);
    hanging.come();
    await corridor.deliverer.drained();
    expect(corridor.destination.calls).toHaveLength(1);
    await corridor.deliver();
    expect(await corridor.newest()).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(corridor.destination.sent.at(-1)).toMatchObject({ id: 2, claimNo: 2 });
  });

  it('is longer than any wait at the slowest rate: no more is gathered than can be sent soon', async () => {
    const corridor = corridorOf({ batchSize: 10, concurrency: 16, ratePerSecond: 0.2 });
    await accept(corridor, 100);
    expect(await corridor.deliverer.step()).toBe(20);
  });
});

describe('a shutdown', () => {
  it('in the middle of a batch finishes what is in flight and gives back what is gathered, without an attempt', async () => {
    const corridor = corridorOf({ batchSize: 2, concurrency: 1 });
    const inFlight = later();
    corridor.destination.next(inFlight.script);
    await accept(corridor, 4);
    await corridor.deliverer.step();
    await turn();
    await corridor.deliverer.step();
    corridor.stopping.abort();
    await turn();
    expect(corridor.deliverer.status()).toMatchObject({ callsInFlight: 1, gathered: 0 });
    inFlight.come();
    await corridor.deliverer.drained();
    expect((await corridor.all()).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['delivered', 1],
      ['delivered', 1],
      ['pending', 0],
      ['pending', 0],
    ]);
    expect(await corridor.recover('all')).toBe(0);
  });
});
