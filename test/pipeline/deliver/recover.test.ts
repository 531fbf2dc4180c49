import { describe, expect, it } from 'vitest';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { NOON_MS } from '../../support/manual-clock.ts';
import { aMapping } from '../../support/samples.ts';
import { createScriptedDestination, DELIVERED } from '../../support/scripted-destination.ts';

const LEASE_MS = 60_000;

/** Claims one delivery for a process that then dies. */
async function claimAndDie(corridor: Corridor): Promise<void> {
  await corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: 'm-1', member: 'ann' });
  await corridor.route();
  const nowMs = corridor.clock.now();
  await corridor.store.claimDeliveries({
    destination: 'bloomreach',
    limit: 1,
    nowMs,
    leaseEndMs: nowMs + LEASE_MS,
    pausedEndpoints: [],
  });
}

describe('claims of a process that died', () => {
  it('become an attempt with an unknown answer at the next start, and are sent again', async () => {
    const corridor = createCorridor();
    await claimAndDie(corridor);
    expect(await corridor.recover('all')).toBe(1);
    const recovered = await corridor.newest();
    expect(recovered).toMatchObject({ status: 'pending', code: 'DELIVERY_INTERRUPTED', dueAtMs: NOON_MS + 5_000 });
    expect(recovered.attemptLog).toMatchObject([{ verdict: 'ambiguous', code: 'DELIVERY_INTERRUPTED', claimNo: 1 }]);
    expect(corridor.log.lines).toMatchObject([{ level: 'warn', fields: { code: 'DELIVERY_INTERRUPTED', n: 1 } }]);
    expect(await corridor.recover('all')).toBe(0);
    await corridor.clock.advance(5_000);
    await corridor.deliver();
    expect(await corridor.newest()).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('are held for a person when their mapping says hold', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ onAmbiguous: 'hold' })] });
    await claimAndDie(corridor);
    await corridor.recover('all');
    expect(await corridor.newest()).toMatchObject({ status: 'dead', code: 'DELIVERY_HELD' });
  });

  it('wait for their destination when it is not configured any more', async () => {
    const corridor = createCorridor({ mappings: [aMapping({ destination: 'gone' })] });
    const { settleRoutes } = corridor.store;
    corridor.store.settleRoutes = (routed, nowMs, offers) =>
      settleRoutes(
        routed.map((one) => ({
          ...one,
          deliveries: one.deliveries.map((draft) => ({ ...draft, status: 'pending', code: null, request: '{}' })),
        })),
        nowMs,
        offers,
      );
    await corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', member: 'ann' });
    await corridor.route();
    const claim = {
      destination: 'gone',
      limit: 1,
      nowMs: NOON_MS,
      leaseEndMs: NOON_MS + LEASE_MS,
      pausedEndpoints: [],
    };
    await corridor.store.claimDeliveries(claim);
    expect(await corridor.recover('all')).toBe(1);
    expect(await corridor.newest()).toMatchObject({ status: 'pending', attempts: 1, dueAtMs: NOON_MS });
    expect(await corridor.store.claimDeliveries(claim)).toMatchObject([{ claimNo: 2, retries: 0 }]);
  });
});

describe('claims whose lease ended', () => {
  it('are recovered while the process lives, and not before', async () => {
    const corridor = createCorridor();
    await claimAndDie(corridor);
    await corridor.clock.advance(LEASE_MS - 1);
    expect(await corridor.recover('expired')).toBe(0);
    await corridor.clock.advance(1);
    expect(await corridor.recover('expired')).toBe(1);
  });

  it('are left to a deliverer of this process that has them in hand, however the clock jumps', async () => {
    const corridor = createCorridor();
    corridor.destination.next(async () => {
      await corridor.clock.advance(24 * 3_600_000);
      expect(await corridor.recover('expired')).toBe(0);
      return DELIVERED;
    });
    await corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: 'm-1', member: 'ann' });
    await corridor.route();
    await corridor.deliver();
    expect(await corridor.newest()).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('do not age while they were paused', async () => {
    const destination = createScriptedDestination({
      retry: { quick: 0, scheduleMs: [5_000], jitter: 0, giveUpAfterMs: 3_600_000 },
    });
    const corridor = createCorridor({ destination });
    await claimAndDie(corridor);
    await corridor.pauses.pauseByHand({ destination: 'bloomreach', endpoint: null }, 'for a test');
    await corridor.clock.advance(3_600_000);
    await corridor.recover('expired');
    expect(await corridor.newest()).toMatchObject({ status: 'pending', attempts: 1 });
  });

  it('decide nothing any more: a late answer is logged, and what was decided since stands', async () => {
    const corridor = createCorridor();
    await claimAndDie(corridor);
    await corridor.clock.advance(LEASE_MS);
    await corridor.recover('expired');
    const attempt = {
      verdict: 'delivered',
      code: null,
      httpStatus: 200,
      detail: null,
      response: null,
      retryAfterMs: null,
      startedAtMs: NOON_MS,
      durationMs: LEASE_MS,
    } as const;
    const decision = { kind: 'delivered' } as const;
    const late = { deliveryId: 1, claimNo: 1, attempt, decision, shareLimit: null, nowMs: NOON_MS };
    expect(await corridor.store.settleAttempts([late])).toEqual(['stale']);
    expect(await corridor.newest()).toMatchObject({ status: 'pending', attempts: 2 });
  });
});
