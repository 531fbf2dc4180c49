import { describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../src/core/attempt.ts';
import { PointsmanError } from '../../../src/core/errors.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { NOON_MS, turn } from '../../support/manual-clock.ts';
import { aMapping } from '../../support/samples.ts';
import {
  createScriptedDestination,
  DELIVERED,
  REJECTED,
  UNAVAILABLE,
  UNKNOWN,
} from '../../support/scripted-destination.ts';

const DISK_FULL = new PointsmanError('STORE_UNWRITABLE', 'Cannot write: disk full');
const RETRY = { quick: 0, scheduleMs: [5_000, 30_000], jitter: 0.2, giveUpAfterMs: 3_600_000 };

async function accept(corridor: Corridor, ...members: readonly string[]): Promise<void> {
  for (const [n, member] of members.entries()) {
    await corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: `${member}-${n}`, member, n });
  }
  await corridor.route();
}

/** An answer that comes when the test says so. */
function later(answer: Answer = DELIVERED) {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  return { script: () => promise, come: () => resolve(answer) };
}

describe('a delivery', () => {
  it('is delivered with the frozen bytes, and its attempt is logged', async () => {
    const corridor = createCorridor();
    corridor.destination.next(async () => {
      await corridor.clock.advance(120);
      return DELIVERED;
    });
    await accept(corridor, 'ann');
    await corridor.deliver();
    const delivery = await corridor.newest();
    expect(corridor.destination.sent).toMatchObject([{ request: delivery.request, claimNo: 1 }]);
    expect(delivery).toMatchObject({ status: 'delivered', code: null, attempts: 1, dueAtMs: null });
    expect(delivery.attemptLog).toMatchObject([{ verdict: 'delivered', startedAtMs: NOON_MS, durationMs: 120 }]);
    expect(corridor.log.lines).toMatchObject([
      { level: 'debug', fields: { delivery: 1, verdict: 'delivered', ms: 120 } },
      { level: 'info', fields: { destination: 'bloomreach', n: 1, failed: 0, ms: 120 }, message: 'called' },
    ]);
    expect(corridor.hints.settled).toBe(1);
  });

  it('is dead when it is rejected, keeps the answer, and asks for a person', async () => {
    const corridor = createCorridor();
    corridor.destination.next(() => REJECTED);
    await accept(corridor, 'ann');
    await corridor.deliver();
    const delivery = await corridor.newest();
    expect(delivery).toMatchObject({
      status: 'dead',
      code: 'DELIVERY_REJECTED',
      detail: 'success: false',
      attempts: 1,
    });
    expect(delivery.attemptLog).toMatchObject([
      { verdict: 'rejected', response: '{"success":false}', httpStatus: 200 },
    ]);
    expect(corridor.log.messages('error')).toEqual(['a delivery is dead and waits for a person']);
  });

  it('is tried again as the schedule says, with the same bytes, every try logged, until it is given up', async () => {
    const corridor = createCorridor();
    corridor.destination.next(...[1, 2, 3].map(() => () => UNAVAILABLE));
    await accept(corridor, 'ann');
    for (const waitMs of [5_000, 30_000]) {
      await corridor.deliver();
      expect(await corridor.newest()).toMatchObject({ status: 'pending', code: 'DELIVERY_UNAVAILABLE' });
      await corridor.clock.advance(waitMs - 1);
      expect(await corridor.deliverer.step()).toBe(0);
      await corridor.clock.advance(1);
    }
    await corridor.deliver();
    const delivery = await corridor.newest();
    expect(delivery).toMatchObject({ status: 'dead', code: 'DELIVERY_GIVEN_UP', attempts: 3 });
    expect(delivery.detail).toContain('HTTP 503');
    expect(delivery.attemptLog.map(({ claimNo, startedAtMs }) => [claimNo, startedAtMs - NOON_MS])).toEqual([
      [1, 0],
      [2, 5_000],
      [3, 35_000],
    ]);
    expect(new Set(corridor.destination.sent.map(({ request }) => request)).size).toBe(1);
  });

  it('waits with jitter, and as long as the destination asks', async () => {
    const corridor = createCorridor({ destination: createScriptedDestination({ retry: RETRY }) });
    corridor.clock.setRandom(0);
    corridor.destination.next(
      () => UNAVAILABLE,
      () => ({ ...UNAVAILABLE, retryAfterMs: 60_000 }),
    );
    await accept(corridor, 'ann');
    await corridor.deliver();
    expect(await corridor.newest()).toMatchObject({ dueAtMs: NOON_MS + 4_000 });
    await corridor.clock.advance(4_000);
    await corridor.deliver();
    expect(await corridor.newest()).toMatchObject({ dueAtMs: NOON_MS + 64_000 });
  });

  it('follows the retry settings of its mapping before those of its destination', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ retry: { scheduleMs: [] } })] });
    corridor.destination.next(() => UNAVAILABLE);
    await accept(corridor, 'ann');
    await corridor.deliver();
    expect(await corridor.newest()).toMatchObject({ status: 'dead', code: 'DELIVERY_GIVEN_UP', attempts: 1 });
  });

  it('is sent again when the answer is unknown', async () => {
    const corridor = createCorridor();
    corridor.destination.next(() => UNKNOWN);
    await accept(corridor, 'ann');
    await corridor.deliver();
    await corridor.clock.advance(5_000);
    await corridor.deliver();
    const delivery = await corridor.newest();
    expect(delivery.attemptLog.map(({ verdict }) => verdict)).toEqual(['ambiguous', 'delivered']);
  });

  it('is held for a person when the answer is unknown and its mapping says hold', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ onAmbiguous: 'hold' })] });
    corridor.destination.next(() => UNKNOWN);
    await accept(corridor, 'ann');
    await corridor.deliver();
    expect(await corridor.newest()).toMatchObject({ status: 'dead', code: 'DELIVERY_HELD', attempts: 1 });
  });
});

describe('quick tries', () => {
  it('follow one another inside a claim, and each leaves a row', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const destination = createScriptedDestination({ retry: { ...RETRY, quick: 2 } });
    const corridor = createCorridor({ destination });
    destination.next(
      () => UNAVAILABLE,
      () => UNAVAILABLE,
    );
    await accept(corridor, 'ann');
    await corridor.deliver();
    vi.restoreAllMocks();
    const { attemptLog, status } = await corridor.newest();
    expect(status).toBe('delivered');
    expect(attemptLog.map(({ verdict, claimNo }) => [verdict, claimNo])).toEqual([
      ['transient', 1],
      ['transient', 1],
      ['delivered', 1],
    ]);
  });

  it('do not follow a rate limit', async () => {
    const destination = createScriptedDestination({ retry: { ...RETRY, quick: 2 } });
    const corridor = createCorridor({ destination });
    destination.next(() => ({ ...UNAVAILABLE, code: 'DELIVERY_RATE_LIMITED', retryAfterMs: 1_000 }));
    await accept(corridor, 'ann');
    await corridor.deliver();
    expect(destination.sent).toHaveLength(1);
    expect(await corridor.newest()).toMatchObject({ status: 'pending', attempts: 1 });
  });

  it('have room in the lease of their claim, also when a mapping asks for more of them', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ retry: { quick: 9 } })] });
    await accept(corridor, 'ann');
    let leaseMs = 0;
    const claimDeliveries = corridor.store.claimDeliveries;
    corridor.store.claimDeliveries = (claim) => {
      leaseMs = claim.leaseEndMs - claim.nowMs;
      return claimDeliveries(claim);
    };
    await corridor.deliver();
    expect(leaseMs).toBeGreaterThan(10 * corridor.destination.timeoutMs + 9_000);
  });
});

describe('a lane', () => {
  it('sends the second only after the first is final', async () => {
    const corridor = createCorridor();
    const first = later(UNAVAILABLE);
    corridor.destination.next(first.script);
    await accept(corridor, 'ann', 'ann');
    expect(await corridor.deliverer.step()).toBe(1);
    expect(await corridor.deliverer.step()).toBe(0);
    first.come();
    await corridor.deliverer.drained();
    expect(await corridor.deliverer.step()).toBe(0);
    expect(await corridor.all()).toMatchObject([{ blockedBy: null }, { blockedBy: 1 }]);
    await corridor.clock.advance(5_000);
    await corridor.deliver();
    expect(corridor.destination.sent.map(({ id }) => id)).toEqual([1, 1, 2]);
  });

  it('goes on when its head is dead', async () => {
    const corridor = createCorridor();
    corridor.destination.next(() => REJECTED);
    await accept(corridor, 'ann', 'ann');
    await corridor.deliver();
    expect((await corridor.all()).map(({ status }) => status)).toEqual(['dead', 'delivered']);
  });

  it('holds up nobody else', async () => {
    const corridor = createCorridor();
    const first = later();
    corridor.destination.next(first.script);
    await accept(corridor, 'ann', 'ann', 'bob');
    expect(await corridor.deliverer.step()).toBe(2);
    await turn();
    expect((await corridor.all()).map(({ status }) => status)).toEqual(['pending', 'pending', 'delivered']);
    first.come();
    await corridor.deliverer.drained();
  });

  it('is none for mappings without order', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ order: 'none' })] });
    const first = later();
    corridor.destination.next(first.script);
    await accept(corridor, 'ann', 'ann');
    expect(await corridor.deliverer.step()).toBe(2);
    first.come();
    await corridor.deliverer.drained();
  });

  it('never has more in flight than the destination takes at once', async () => {
    const corridor = createCorridor({ destination: createScriptedDestination({ limits: { concurrency: 2 } }) });
    const slow = later();
    corridor.destination.next(slow.script, slow.script);
    await accept(corridor, 'ann', 'bob', 'cid', 'dan', 'eve');
    expect(await corridor.deliverer.step()).toBe(2);
    await turn();
    expect(await corridor.deliverer.step()).toBe(2);
    await turn();
    expect(corridor.destination.sent).toHaveLength(2);
    expect(corridor.deliverer.status()).toMatchObject({ callsInFlight: 2, gathered: 2 });
    expect(await corridor.deliverer.step()).toBe(0);
    slow.come();
    await corridor.deliver();
    expect(corridor.destination.sent).toHaveLength(5);
  });
});

describe('a store that refuses an attempt', () => {
  it('is asked again until it takes it: what was delivered is not sent twice', async () => {
    const corridor = createCorridor();
    const settleAttempts = corridor.store.settleAttempts;
    let failures = 3;
    corridor.store.settleAttempts = (settled) => (failures-- > 0 ? Promise.reject(DISK_FULL) : settleAttempts(settled));
    await accept(corridor, 'ann');
    await corridor.deliverer.step();
    await turn();
    for (let second = 0; second < 3; second++) await corridor.clock.advance(1_000);
    await corridor.deliverer.drained();
    expect(await corridor.newest()).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(corridor.destination.sent).toHaveLength(1);
    expect(corridor.log.messages('error')).toEqual(['cannot store attempts; trying again']);
  });

  it('for a reason that is a bug leaves the claim to recovering, and the deliverer goes on', async () => {
    const corridor = createCorridor();
    const settleAttempts = corridor.store.settleAttempts;
    corridor.store.settleAttempts = () => Promise.reject(new Error('boom'));
    await accept(corridor, 'ann');
    await corridor.deliverer.step();
    await corridor.deliverer.drained();
    expect(corridor.log.lines[0]?.fields['err']).toContain('boom');
    corridor.store.settleAttempts = settleAttempts;
    await accept(corridor, 'bob');
    await corridor.deliver();
    expect((await corridor.all()).map(({ status }) => status)).toEqual(['pending', 'delivered']);
  });
});

describe('a shutdown', () => {
  it('before any byte left gives the claim back, without an attempt', async () => {
    const corridor = createCorridor();
    corridor.destination.next((_delivery, signal) => {
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)));
    });
    await accept(corridor, 'ann');
    await corridor.deliverer.step();
    await turn();
    corridor.shutdown.abort();
    await corridor.deliverer.drained();
    expect(await corridor.newest()).toMatchObject({ status: 'pending', attempts: 0, dueAtMs: NOON_MS });
    expect(await corridor.recover('all')).toBe(0);
  });

  it('after the body left is an attempt with an unknown answer, due as the schedule says', async () => {
    const corridor = createCorridor({ destination: createScriptedDestination({ retry: { ...RETRY, quick: 2 } }) });
    corridor.destination.next((_delivery, signal) => {
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(UNKNOWN)));
    });
    await accept(corridor, 'ann');
    await corridor.deliverer.step();
    await turn();
    corridor.shutdown.abort();
    await corridor.deliverer.drained();
    const delivery = await corridor.newest();
    expect(delivery).toMatchObject({ status: 'pending', attempts: 1, dueAtMs: NOON_MS + 5_000 });
    expect(delivery.attemptLog).toMatchObject([{ verdict: 'ambiguous' }]);
  });

  it('between two quick tries keeps the first in the log and gives the claim back', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const destination = createScriptedDestination({ retry: { ...RETRY, quick: 2 } });
    const corridor = createCorridor({ destination });
    destination.next(() => UNAVAILABLE);
    await accept(corridor, 'ann');
    await corridor.deliverer.step();
    await turn();
    corridor.shutdown.abort();
    await corridor.deliverer.drained();
    vi.restoreAllMocks();
    expect(destination.sent).toHaveLength(1);
    expect(await corridor.newest()).toMatchObject({ status: 'pending', attempts: 1, dueAtMs: NOON_MS });
  });

  it('ends claiming', async () => {
    const corridor = createCorridor();
    await accept(corridor, 'ann');
    corridor.shutdown.abort();
    expect(await corridor.deliverer.step()).toBe(0);
  });
});
