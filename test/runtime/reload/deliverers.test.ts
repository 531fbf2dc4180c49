import { expect, it } from 'vitest';
import type { ClaimedDelivery } from '../../../src/core/delivery.ts';
import { ruleSetOf } from '../../../src/core/rule-set.ts';
import { createPauses } from '../../../src/pipeline/deliver/pauses.ts';
import type { Destination } from '../../../src/ports/destination.ts';
import { createDeliverers, type Deliverers } from '../../../src/runtime/reload/deliverers.ts';
import { type Corridor, createCorridor } from '../../support/corridor.ts';
import { turn } from '../../support/manual-clock.ts';
import { aMapping } from '../../support/samples.ts';
import { createScriptedDestination, DELIVERED, UNAUTHORIZED } from '../../support/scripted-destination.ts';

interface Scene {
  readonly corridor: Corridor;
  readonly deliverers: Deliverers;
  readonly stopping: AbortController;
}

/** Deliverers over the store of a corridor whose own deliverer does nothing. */
function scene(): Scene {
  const corridor = createCorridor();
  const { store, clock, log } = corridor;
  const stopping = new AbortController();
  const signal = corridor.shutdown.signal;
  const pauses = createPauses([], { store, clock, log, signal });
  const tools = { store, clock, log, signal, pauses, stopping: stopping.signal, pollMs: 250 };
  return { corridor, stopping, deliverers: createDeliverers({ ...tools, ruleSet: () => ruleSetOf([aMapping()]) }) };
}

function use({ deliverers }: Scene, ...destinations: readonly Destination[]): void {
  deliverers.use(new Map(destinations.map((one) => [one.id, one])));
}

async function accept({ corridor }: Scene, ...members: readonly string[]): Promise<void> {
  for (const member of members) {
    await corridor.receive({ eventName: 'X', storeCode: 'de', messageId: member, member });
  }
  await corridor.route();
}

async function turns(count = 10): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}

async function claim({ corridor }: Scene, limit = 1): Promise<readonly ClaimedDelivery[]> {
  const nowMs = corridor.clock.now();
  const terms = { pausedEndpoints: [], limit, nowMs, leaseEndMs: nowMs + 60_000 };
  return corridor.store.claimDeliveries({ destination: 'bloomreach', ...terms });
}

it('offer to claim for each destination that has room, and hand each its own', async () => {
  const one = createScriptedDestination();
  const other = createScriptedDestination({ id: 'other' });
  const stage = scene();
  use(stage, one, other);
  await turns();
  expect(stage.deliverers.offers().map(({ destination }) => destination)).toEqual(['bloomreach', 'other']);
  expect(stage.deliverers.statuses().map(({ destination, state }) => [destination, state])).toEqual([
    ['bloomreach', 'ok'],
    ['other', 'ok'],
  ]);
  await accept(stage, 'ann');
  const [claimed] = await claim(stage);
  if (!claimed) throw new Error('nothing was claimed');
  stage.deliverers.take([claimed, { ...claimed, id: 99, destination: 'other' }]);
  expect(stage.deliverers.holds(claimed)).toBe(true);
  await turns();
  expect([one.sent.map(({ id }) => id), other.sent.map(({ id }) => id)]).toEqual([[1], [99]]);
  expect(stage.deliverers.holds(claimed)).toBe(false);
  stage.stopping.abort();
  await stage.deliverers.ended();
});

it('give back what is claimed for a destination that is gone', async () => {
  const stage = scene();
  await accept(stage, 'ann');
  stage.deliverers.take(await claim(stage));
  stage.deliverers.take([]);
  await stage.deliverers.ended();
  expect(await stage.corridor.newest()).toMatchObject({ status: 'pending', attempts: 0 });
  expect(await claim(stage)).toHaveLength(1);
});

it('pass what is gathered to the replacement of a destination, while the old one finishes its calls', async () => {
  const stage = scene();
  const hanging = Promise.withResolvers<typeof DELIVERED>();
  const ended: string[] = [];
  const close = async () => void ended.push('old');
  const old = createScriptedDestination({ limits: { concurrency: 1 }, close });
  old.next(() => hanging.promise);
  await accept(stage, 'ann', 'bob');
  use(stage, old);
  await turns();
  expect(stage.deliverers.statuses()).toMatchObject([{ callsInFlight: 1, gathered: 1 }]);
  const fresh = createScriptedDestination();
  use(stage, fresh);
  await turns();
  await stage.corridor.clock.advance(250);
  await turns();
  expect([old.sent.map(({ id }) => id), fresh.sent.map(({ id }) => id)]).toEqual([[1], [2]]);
  expect(stage.deliverers.holds({ id: 1, claimNo: 1 })).toBe(true);
  expect(ended).toEqual([]);
  hanging.resolve(DELIVERED);
  await turns();
  expect(ended).toEqual(['old']);
  stage.stopping.abort();
  await stage.deliverers.ended();
  expect((await stage.corridor.all()).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
});

it('probe at once what was paused for its credentials when the destination is replaced: they may be new', async () => {
  const stage = scene();
  const old = createScriptedDestination();
  old.next(() => UNAUTHORIZED);
  await accept(stage, 'ann');
  use(stage, old);
  await turns();
  expect(stage.deliverers.statuses()).toMatchObject([{ state: 'paused' }]);
  await stage.corridor.clock.advance(1_000);
  const fresh = createScriptedDestination();
  use(stage, fresh);
  await turns();
  expect([old.probes, fresh.probes]).toEqual([0, 1]);
  await stage.corridor.clock.advance(250);
  await turns();
  expect(await stage.corridor.newest()).toMatchObject({ status: 'delivered', attempts: 2 });
  stage.stopping.abort();
  await stage.deliverers.ended();
});

it('keep one destination that hangs from slowing another', async () => {
  const stage = scene();
  const dead = createScriptedDestination({ id: 'other', limits: { concurrency: 1 } });
  dead.next((_deliveries, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(null))));
  const healthy = createScriptedDestination();
  await accept(stage, 'ann', 'bob');
  const [first] = await claim(stage);
  use(stage, dead, healthy);
  if (first) stage.deliverers.take([{ ...first, id: 98, destination: 'other' }]);
  await turns();
  expect(dead.sent).toHaveLength(1);
  expect(healthy.sent.length).toBeGreaterThan(0);
  stage.stopping.abort();
  stage.corridor.shutdown.abort();
  await stage.deliverers.ended();
});
