import fc from 'fast-check';
import type { ClaimedDelivery, DeliveryDraft } from '../../../src/core/delivery.ts';
import { type Identity, SEEDED_AT_MS } from '../../../src/core/event.ts';
import type { Decision } from '../../../src/core/retry-policy.ts';
import type { AcceptedDraft, SettledWaiting, Store } from '../../../src/ports/store.ts';
import {
  attemptDraft,
  deliveryDraft,
  eventDraft,
  failedAttempt,
  routed,
  sha,
  T0,
  waitingDraft,
  walletFact,
} from './drafts.ts';

const MEMBERS = ['Germany/ann', 'Germany/bob', null] as const;
const DESTINATIONS = ['bloomreach', 'crm'] as const;

/** One thing that happens to a store: plain data, so that a failing history can be read. */
export type Step =
  | { readonly do: 'accept'; readonly key: number; readonly member: number; readonly wallet: number | null }
  | { readonly do: 'route'; readonly limit: number; readonly deliveries: readonly Made[] }
  | { readonly do: 'route again'; readonly event: number; readonly run: number; readonly deliveries: readonly Made[] }
  | { readonly do: 'claim'; readonly destination: number; readonly limit: number }
  | { readonly do: 'settle'; readonly claim: number; readonly decision: Decision['kind'] }
  | { readonly do: 'learn'; readonly member: number; readonly wallet: number }
  | { readonly do: 'look'; readonly made: readonly Made[] | null }
  | { readonly do: 'wait'; readonly seconds: number };

interface Made {
  readonly status: DeliveryDraft['status'];
  readonly destination: number;
  readonly isOrdered: boolean;
  readonly wallet: number;
}

const made = fc.record<Made>({
  status: fc.constantFrom('pending', 'pending', 'pending', 'waiting', 'dead', 'skipped', 'shadowed'),
  destination: fc.nat(1),
  isOrdered: fc.constantFrom(true, true, false),
  wallet: fc.nat(1),
});
const someMade = fc.array(made, { maxLength: 3 });

/** Any step of a history. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('accept' as const),
    key: fc.nat(9),
    member: fc.nat(2),
    wallet: fc.option(fc.nat(1), { freq: 3 }),
  }),
  fc.record({ do: fc.constant('route' as const), limit: fc.integer({ min: 1, max: 4 }), deliveries: someMade }),
  fc.record({
    do: fc.constant('route again' as const),
    event: fc.integer({ min: 1, max: 8 }),
    run: fc.integer({ min: 1, max: 2 }),
    deliveries: someMade,
  }),
  fc.record({ do: fc.constant('claim' as const), destination: fc.nat(1), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    do: fc.constant('settle' as const),
    claim: fc.nat(20),
    decision: fc.constantFrom<Decision['kind']>('keep', 'release', 'delivered', 'delivered', 'retry', 'dead'),
  }),
  fc.record({ do: fc.constant('learn' as const), member: fc.nat(2), wallet: fc.nat(1) }),
  fc.record({ do: fc.constant('look' as const), made: fc.option(fc.array(made, { minLength: 1, maxLength: 2 })) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
);

/** Plays a history on one store; the same steps ask the same of any store as long as it answers the same. */
export class Player {
  readonly #store: Store;
  readonly #claims: ClaimedDelivery[] = [];
  #nowMs = T0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What the step answered. */
  async play(step: Step): Promise<unknown> {
    switch (step.do) {
      case 'accept':
        return this.#store.accept([this.#draft(step)], []);
      case 'route':
        return this.#route(step.limit, step.deliveries);
      case 'route again':
        return this.#store.settleRoutes(
          [routed(step.event, drafts(step.deliveries, MEMBERS[step.event % 3] ?? null, step.run))],
          this.#nowMs,
          [],
        );
      case 'claim':
        return this.#claim(DESTINATIONS[step.destination] ?? '', step.limit);
      case 'settle':
        return this.#settle(step.claim, step.decision);
      case 'learn':
        return this.#store.learn([lessonOf(step)], null, this.#nowMs);
      case 'look':
        return this.#look(step.made);
      case 'wait':
        this.#nowMs += step.seconds * 1_000;
        return this.#store.expiredClaims(this.#nowMs, 5, false);
    }
  }

  #draft({ key, member, wallet }: Extract<Step, { readonly do: 'accept' }>): AcceptedDraft {
    const facts = wallet === null ? [] : [walletFact({ key: `w-${wallet}`, learnedAtMs: this.#nowMs })];
    const known = key % 2 === 0 ? {} : { messageId: null, dedupeKey: sha(`m-${key}`), dedupeWindowMs: 60_000 };
    return eventDraft(`m-${key}`, { member: MEMBERS[member] ?? null, facts, ...known, receivedAtMs: this.#nowMs });
  }

  async #route(limit: number, deliveries: readonly Made[]): Promise<unknown> {
    const events = await this.#store.claimEvents(limit);
    const all = events.map((event) => routed(event.id, drafts(deliveries, event.member, 1)));
    return [events, await this.#store.settleRoutes(all, this.#nowMs, [])];
  }

  async #claim(destination: string, limit: number): Promise<unknown> {
    const leaseEndMs = this.#nowMs + 30_000;
    const claimed = await this.#store.claimDeliveries({
      destination,
      pausedEndpoints: [],
      limit,
      nowMs: this.#nowMs,
      leaseEndMs,
    });
    this.#claims.push(...claimed);
    return claimed;
  }

  async #settle(index: number, kind: Decision['kind']): Promise<unknown> {
    const claim = this.#claims[index % Math.max(1, this.#claims.length)];
    if (!claim) return [];
    const attempt = kind === 'release' ? null : kind === 'delivered' ? attemptDraft() : failedAttempt();
    const decision = decisionOf(kind, this.#nowMs, claim.retries);
    const settled = {
      deliveryId: claim.id,
      claimNo: claim.claimNo,
      attempt,
      decision,
      shareLimit: null,
      nowMs: this.#nowMs,
    };
    return this.#store.settleAttempts([settled]);
  }

  async #look(look: readonly Made[] | null): Promise<unknown> {
    const due = await this.#store.dueWaiting(this.#nowMs, 2);
    const settled = due.map(({ id, event, run }): SettledWaiting => {
      if (!look) return { kind: 'postponed', deliveryId: id, dueAtMs: id % 2 === 0 ? null : this.#nowMs + 5_000 };
      return { kind: 'shaped', deliveryId: id, deliveries: drafts(ordered(look), event.member, run) };
    });
    return [due, await this.#store.settleWaiting(settled, this.#nowMs)];
  }
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
  return kind === 'dead' ? { kind, code, detail: 'given up' } : { kind };
}

/** Deliveries of `tier-change` queue in their member's lane, those of `unordered` never do. */
function drafts(all: readonly Made[], member: string | null, run: number): readonly DeliveryDraft[] {
  return all.map(({ status, destination, isOrdered, wallet }, part) => {
    const ordered = isOrdered || status === 'waiting';
    const shared = {
      part,
      run,
      member,
      ordered,
      status,
      mapping: ordered ? 'tier-change' : 'unordered',
      destination: DESTINATIONS[destination] ?? '',
      mappingVersion: sha(`v${wallet}`),
    };
    const missing = [{ source: 'open-loyalty', storeCode: 'Germany', kind: 'wallet', key: `w-${wallet}` }];
    return status === 'waiting' ? waitingDraft({ ...shared, missing }) : deliveryDraft(shared);
  });
}
