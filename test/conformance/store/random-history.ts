import fc from 'fast-check';
import type { ClaimedDelivery, DeliveryDraft, DeliveryStatus } from '../../../src/core/delivery.ts';
import { type Identity, SEEDED_AT_MS } from '../../../src/core/event.ts';
import type { PauseCause } from '../../../src/core/pause.ts';
import { NOTHING_REPLAYED, sumOfCounts } from '../../../src/core/replay.ts';
import type { Decision } from '../../../src/core/retry-policy.ts';
import type { Replay, ReplayChoice, ReprocessedEvent } from '../../../src/ports/replays.ts';
import type { AcceptedDraft, ClaimOffer, SettledWaiting, Store } from '../../../src/ports/store.ts';
import type { Forgetting, Pruned } from '../../../src/ports/upkeep.ts';
import {
  attemptDraft,
  deliveryDraft,
  eventDraft,
  failedAttempt,
  offer,
  routed,
  sha,
  T0,
  waitingDraft,
  walletFact,
} from './drafts.ts';

const MEMBERS = ['Germany/ann', 'Germany/bob', null] as const;
const DESTINATIONS = ['bloomreach', 'crm'] as const;
const ENDPOINTS = ['event', 'customer'] as const;
const CAUSES: readonly (PauseCause | null)[] = ['by_hand', 'unauthorized', null];

/** One thing that happens to a store: plain data, so that a failing history can be read. */
export type Step =
  | {
      readonly do: 'accept';
      readonly key: number;
      readonly wallet: number | null;
      /** Null = still to be routed. */
      readonly made: readonly Made[] | null;
      readonly offers: Offers;
      /** Whether one that cannot be stored stands before it. */
      readonly afterBad: boolean;
    }
  | { readonly do: 'route'; readonly limit: number; readonly made: readonly Made[]; readonly offers: Offers }
  | {
      readonly do: 'route again';
      readonly event: number;
      readonly run: number;
      readonly made: readonly Made[];
      readonly offers: Offers;
    }
  | { readonly do: 'claim'; readonly destination: number; readonly limit: number; readonly paused: readonly number[] }
  | {
      readonly do: 'settle';
      readonly claim: number;
      readonly decision: Decision['kind'];
      readonly share: number | null;
    }
  | { readonly do: 'recover'; readonly all: boolean }
  | { readonly do: 'skip'; readonly ids: readonly number[] }
  | { readonly do: 'release'; readonly ids: readonly number[] }
  | { readonly do: 'pause'; readonly destination: number; readonly endpoint: number; readonly cause: number }
  | { readonly do: 'resume'; readonly destination: number; readonly endpoint: number; readonly cause: number }
  | { readonly do: 'redeliver'; readonly status: DeliveryStatus | null; readonly limit: number }
  | { readonly do: 'reprocess'; readonly ids: readonly number[]; readonly made: readonly Made[] }
  | { readonly do: 'go on replaying'; readonly limit: number }
  | { readonly do: 'prune'; readonly seconds: number }
  | { readonly do: 'forget'; readonly member: number }
  | { readonly do: 'learn'; readonly member: number; readonly wallet: number }
  | { readonly do: 'look'; readonly made: readonly Made[] | null }
  | { readonly do: 'wait'; readonly seconds: number };

/** Destinations that are offered, each with the endpoint that is paused there; -1 = none. */
type Offers = readonly { readonly destination: number; readonly paused: number }[];

interface Made {
  readonly status: DeliveryDraft['status'];
  readonly destination: number;
  readonly endpoint: number;
  readonly isOrdered: boolean;
  readonly background: boolean;
  readonly wallet: number;
  readonly delay: number;
}

const made = fc.record<Made>({
  status: fc.constantFrom('pending', 'pending', 'pending', 'pending', 'waiting', 'dead', 'skipped', 'shadowed'),
  destination: fc.nat(1),
  endpoint: fc.nat(1),
  isOrdered: fc.constantFrom(true, true, false),
  background: fc.constantFrom(false, false, false, true),
  wallet: fc.nat(1),
  delay: fc.constantFrom(0, 0, 0, 7),
});
const someMade = fc.array(made, { maxLength: 3 });
const offers: fc.Arbitrary<Offers> = fc.uniqueArray(
  fc.record({ destination: fc.nat(1), paused: fc.constantFrom(-1, -1, 0, 1) }),
  { maxLength: 2, selector: ({ destination }) => destination },
);
const ids = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 2 });
const address = { destination: fc.nat(1), endpoint: fc.nat(2), cause: fc.nat(2) };

/** Any step of a history. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      key: fc.nat(19),
      wallet: fc.option(fc.nat(1), { freq: 3 }),
      made: fc.option(someMade, { freq: 2 }),
      offers,
      afterBad: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('route' as const),
      limit: fc.integer({ min: 1, max: 4 }),
      made: someMade,
      offers,
    }),
  },
  fc.record({
    do: fc.constant('route again' as const),
    event: fc.integer({ min: 1, max: 8 }),
    run: fc.integer({ min: 1, max: 2 }),
    made: someMade,
    offers,
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      destination: fc.nat(1),
      limit: fc.integer({ min: 1, max: 3 }),
      paused: fc.subarray([0, 1], { maxLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      claim: fc.nat(20),
      decision: fc.constantFrom<Decision['kind']>('keep', 'release', 'delivered', 'delivered', 'retry', 'dead'),
      share: fc.constantFrom(null, null, 1, 25),
    }),
  },
  fc.record({ do: fc.constant('recover' as const), all: fc.constantFrom(false, false, true) }),
  fc.record({ do: fc.constant('skip' as const), ids }),
  fc.record({ do: fc.constant('release' as const), ids }),
  fc.record({ do: fc.constant('pause' as const), ...address }),
  fc.record({ do: fc.constant('resume' as const), ...address }),
  fc.record({
    do: fc.constant('redeliver' as const),
    status: fc.constantFrom<DeliveryStatus | null>('dead', 'delivered', 'skipped', 'shadowed', null),
    limit: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant('reprocess' as const), ids, made: someMade }),
  fc.record({ do: fc.constant('go on replaying' as const), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('prune' as const), seconds: fc.nat(90) }),
  fc.record({ do: fc.constant('forget' as const), member: fc.nat(1) }),
  fc.record({ do: fc.constant('learn' as const), member: fc.nat(2), wallet: fc.nat(1) }),
  fc.record({ do: fc.constant('look' as const), made: fc.option(fc.array(made, { minLength: 1, maxLength: 2 })) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
);

/** The time of a history; two players may share it. */
export interface Time {
  nowMs: number;
}

/** Plays a history on one store; the same steps ask the same of any store as long as it answers the same. */
export class Player {
  readonly #store: Store;
  readonly #time: Time;
  readonly #claims: ClaimedDelivery[] = [];
  readonly #redeliveries: number[] = [];

  constructor(store: Store, time: Time = { nowMs: T0 }) {
    this.#store = store;
    this.#time = time;
  }

  /** What the step answered. */
  async play(step: Step): Promise<unknown> {
    const { nowMs } = this.#time;
    switch (step.do) {
      case 'accept':
        return this.#accept(step);
      case 'route':
        return this.#route(step);
      case 'route again':
        return this.#routeAgain(step);
      case 'claim':
        return this.#claim(step);
      case 'settle':
        return this.#settle(step);
      case 'recover':
        return this.#recover(step.all);
      case 'skip':
        return this.#store.skipDeliveries(step.ids, nowMs);
      case 'release':
        return this.#store.releaseDeliveries(step.ids, nowMs);
      case 'pause':
        return this.#store.pause({ ...addressOf(step), cause: causeOf(step), detail: 'ops', sinceMs: nowMs });
      case 'resume':
        return this.#store.resume(addressOf(step), CAUSES[step.cause] ?? null, nowMs);
      case 'redeliver':
        return this.#redeliver(step);
      case 'reprocess':
        return this.#reprocess(step);
      case 'go on replaying':
        return this.#goOn(step.limit);
      case 'prune':
        return this.#prune(nowMs - step.seconds * 1_000);
      case 'forget':
        return this.#forget(MEMBERS[step.member] ?? '');
      case 'learn':
        return this.#store.learn([lessonOf(step)], null, nowMs);
      case 'look':
        return this.#look(step.made);
      case 'wait':
        this.#time.nowMs += step.seconds * 1_000;
        return this.#store.expiredClaims(this.#time.nowMs, 5, false);
    }
  }

  async #accept(step: Extract<Step, { readonly do: 'accept' }>): Promise<unknown> {
    const { nowMs } = this.#time;
    const { key, wallet } = step;
    // A repeat is about the same member.
    const member = MEMBERS[key % 3] ?? null;
    const facts = wallet === null ? [] : [walletFact({ key: `w-${wallet}`, learnedAtMs: nowMs })];
    const known = key % 2 === 0 ? {} : { messageId: null, dedupeKey: sha(`m-${key}`), dedupeWindowMs: 60_000 };
    const deliveries = step.made && drafts(step.made, { member, run: 1, nowMs });
    const status = deliveries?.length === 0 ? 'unmatched' : 'routed';
    const route: AcceptedDraft['routed'] = deliveries && { status, deliveries };
    const draft = eventDraft(`m-${key}`, { member, facts, ...known, receivedAtMs: nowMs, routed: route });
    const drafted = step.afterBad ? [spoilt(draft), draft] : [draft];
    const accepted = await this.#store.accept(drafted, this.#offers(step.offers));
    for (const one of accepted) if (one.ok) this.#claims.push(...one.claimed);
    return accepted.map((one) => (one.ok ? one : 'refused'));
  }

  async #route({ limit, made: all, offers: given }: Extract<Step, { readonly do: 'route' }>): Promise<unknown> {
    const { nowMs } = this.#time;
    const events = await this.#store.claimEvents(limit);
    const decided = events.map(({ id, member }) => routed(id, drafts(all, { member, run: 1, nowMs })));
    const settled = await this.#store.settleRoutes(decided, nowMs, this.#offers(given));
    for (const { claimed } of settled) this.#claims.push(...claimed);
    return [events, settled];
  }

  async #routeAgain(step: Extract<Step, { readonly do: 'route again' }>): Promise<unknown> {
    const { nowMs } = this.#time;
    const { event, run, made: all } = step;
    const member = MEMBERS[event % 3] ?? null;
    const decided = [routed(event, drafts(all, { member, run, nowMs }))];
    const settled = await this.#store.settleRoutes(decided, nowMs, this.#offers(step.offers));
    for (const { claimed } of settled) this.#claims.push(...claimed);
    return settled;
  }

  async #claim({ destination, limit, paused }: Extract<Step, { readonly do: 'claim' }>): Promise<unknown> {
    const { nowMs } = this.#time;
    const pausedEndpoints = paused.map((endpoint) => ENDPOINTS[endpoint] ?? '');
    const leave = { destination: DESTINATIONS[destination] ?? '', pausedEndpoints, leaseEndMs: nowMs + 30_000 };
    const claimed = await this.#store.claimDeliveries({ ...leave, limit, nowMs });
    this.#claims.push(...claimed);
    return claimed;
  }

  async #settle({ claim, decision: kind, share }: Extract<Step, { readonly do: 'settle' }>): Promise<unknown> {
    const of = this.#claims[claim % Math.max(1, this.#claims.length)];
    if (!of) return [];
    const { nowMs } = this.#time;
    const attempt = kind === 'release' ? null : kind === 'delivered' ? attemptDraft() : failedAttempt();
    const decision = decisionOf(kind, nowMs, of.retries);
    const settled = { deliveryId: of.id, claimNo: of.claimNo, attempt, decision, shareLimit: share, nowMs };
    return this.#store.settleAttempts([settled]);
  }

  /** Settles what nobody else will: claims whose lease ended, or all, as after a start. */
  async #recover(all: boolean): Promise<unknown> {
    const { nowMs } = this.#time;
    const lost = await this.#store.expiredClaims(nowMs, all ? 50 : 5, all);
    const attempt = failedAttempt({ verdict: 'ambiguous', code: 'DELIVERY_INTERRUPTED' });
    const settled = lost.map(({ id: deliveryId, claimNo, retries }) => {
      return { deliveryId, claimNo, attempt, decision: decisionOf('retry', nowMs, retries), shareLimit: null, nowMs };
    });
    return [lost, await this.#store.settleAttempts(settled)];
  }

  async #redeliver({ status, limit }: Extract<Step, { readonly do: 'redeliver' }>): Promise<unknown> {
    const filter = status === null ? {} : { status };
    const choice = { mode: 'redeliver', selection: { kind: 'delivery-filter', filter }, mapping: null } as const;
    const { id } = await this.#order(choice);
    this.#redeliveries.push(id);
    await this.#store.redeliverStep(id, limit, this.#time.nowMs);
    return this.#progress(id);
  }

  async #reprocess({ ids: events, made: all }: Extract<Step, { readonly do: 'reprocess' }>): Promise<unknown> {
    const choice = { mode: 'reprocess', selection: { kind: 'events', ids: events }, mapping: null } as const;
    const { nowMs } = this.#time;
    const { id, after, upTo } = await this.#order(choice);
    const next = await this.#store.replayedEvents(choice, { after, upTo }, 2);
    const decided = next.events.map(({ event }): ReprocessedEvent => {
      const deliveries = drafts(all, { member: event.member, run: 0, nowMs });
      const status = deliveries.length === 0 ? 'unmatched' : 'routed';
      return { eventId: event.id, routed: { status, deliveries }, isRefused: false };
    });
    await this.#store.reprocessStep(id, decided, next.rest, nowMs);
    return [next.events, await this.#progress(id)];
  }

  async #order(choice: ReplayChoice): Promise<Replay> {
    const upTo = await this.#store.replayEnd(choice.mode);
    const { chosen: total } = await this.#store.countReplay(choice, { after: 0, upTo });
    return this.#store.createReplay({ ...choice, upTo, total, ratePerSecond: null, nowMs: this.#time.nowMs });
  }

  async #goOn(limit: number): Promise<unknown> {
    const id = this.#redeliveries.find((one) => one % 2 === limit % 2) ?? 0;
    await this.#store.redeliverStep(id, limit, this.#time.nowMs);
    return this.#progress(id);
  }

  /** Without where it stands: a store may find out only later that nothing is left. */
  async #progress(id: number): Promise<unknown> {
    const replay = await this.#store.replay(id);
    return replay && sumOfCounts(NOTHING_REPLAYED, replay);
  }

  /** A whole sweep, in small batches; how many events went. */
  async #prune(beforeMs: number): Promise<number> {
    let events = 0;
    for (let after: number | null = 0; after !== null; ) {
      const pruned: Pruned = await this.#store.prune({ beforeMs, after, limit: 3 });
      events += pruned.events;
      after = pruned.next;
    }
    return events;
  }

  /** Until it is done, or something in flight holds it up. */
  async #forget(member: string): Promise<unknown> {
    const [begun] = await this.#store.beginForgetting([member], this.#time.nowMs);
    let step: Forgetting | null = begun ?? null;
    for (let turn = 0; turn < 30 && step && step.stage !== 'done' && !step.isHeldUp; turn++) {
      step = await this.#store.forgetStep(step.id, 2, this.#time.nowMs);
    }
    // Its number says nothing: a store may keep one for whoever it ever knew.
    return step && { ...step, id: 0 };
  }

  async #look(look: readonly Made[] | null): Promise<unknown> {
    const { nowMs } = this.#time;
    const due = await this.#store.dueWaiting(nowMs, 2);
    const settled = due.map(({ id, event: { member }, run }): SettledWaiting => {
      if (!look) return { kind: 'postponed', deliveryId: id, dueAtMs: id % 2 === 0 ? null : nowMs + 5_000 };
      return { kind: 'shaped', deliveryId: id, deliveries: drafts(ordered(look), { member, run, nowMs }) };
    });
    return [due, await this.#store.settleWaiting(settled, nowMs)];
  }

  #offers(given: Offers): readonly ClaimOffer[] {
    return given.map(({ destination, paused }) =>
      offer({
        destination: DESTINATIONS[destination] ?? '',
        pausedEndpoints: paused < 0 ? [] : [ENDPOINTS[paused] ?? ''],
        leaseEndMs: this.#time.nowMs + 30_000,
      }),
    );
  }
}

/** The same draft under another name, but its last delivery cannot be sent. */
function spoilt(draft: AcceptedDraft): AcceptedDraft {
  const deliveries = [...(draft.routed?.deliveries ?? []), deliveryDraft({ part: 99, request: null })];
  const facts = [walletFact({ value: 'spoilt', learnedAtMs: draft.receivedAtMs })];
  const other = { name: 'Spoilt', member: 'Germany/spoilt', facts };
  return { ...draft, ...other, messageId: 'spoilt', dedupeKey: null, routed: { status: 'routed', deliveries } };
}

function addressOf({ destination, endpoint }: { readonly destination: number; readonly endpoint: number }) {
  return { destination: DESTINATIONS[destination] ?? '', endpoint: ENDPOINTS[endpoint] ?? null };
}

function causeOf({ cause }: { readonly cause: number }): PauseCause {
  return CAUSES[cause] ?? 'by_hand';
}

/** A seeding that may say again what it said before. */
function lessonOf({ member, wallet }: Extract<Step, { readonly do: 'learn' }>): Identity {
  const facts = [walletFact({ key: `w-${wallet}`, value: { of: member }, learnedAtMs: SEEDED_AT_MS })];
  return { member: MEMBERS[member] ?? null, aliases: [], facts };
}

/** A delivery that waited keeps its mapping, so it must stay as ordered as that is. */
function ordered(all: readonly Made[]): readonly Made[] {
  return all.map((one) => ({ ...one, isOrdered: true }));
}

function decisionOf(kind: Decision['kind'], nowMs: number, retries: number): Decision {
  const code = 'DELIVERY_UNAVAILABLE';
  if (kind === 'release') return { kind, dueAtMs: nowMs };
  if (kind === 'retry') return { kind, dueAtMs: nowMs + 5_000, retries: retries + 1, code };
  // Held: a person may release it.
  return kind === 'dead' ? { kind, code: 'DELIVERY_HELD', detail: 'Held for a person.' } : { kind };
}

/** Deliveries of `tier-change` queue in their member's lane, those of `unordered` never do. */
function drafts(
  all: readonly Made[],
  { member, run, nowMs }: { readonly member: string | null; readonly run: number; readonly nowMs: number },
): readonly DeliveryDraft[] {
  return all.map(({ status, destination, endpoint, isOrdered, background, wallet, delay }, part) => {
    const isLaned = isOrdered || status === 'waiting';
    const shared = {
      ...{ part, run, member, status, background },
      ordered: isLaned,
      mapping: isLaned ? 'tier-change' : 'unordered',
      destination: DESTINATIONS[destination] ?? '',
      endpoint: ENDPOINTS[endpoint] ?? '',
      mappingVersion: sha(`v${wallet}`),
      dueAtMs: nowMs + delay * 1_000,
    };
    const missing = [{ source: 'open-loyalty', storeCode: 'Germany', kind: 'wallet', key: `w-${wallet}` }];
    if (status === 'waiting') return waitingDraft({ ...shared, missing });
    // What came to rest before it was pending never got as far as a request, unless it is shadowed.
    return status === 'dead' || status === 'skipped'
      ? deliveryDraft({ ...shared, request: null })
      : deliveryDraft(shared);
  });
}
