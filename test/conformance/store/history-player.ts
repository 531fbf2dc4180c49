import type { ClaimedDelivery } from '../../../src/core/delivery.ts';
import type { AcceptedDraft, SettledWaiting, Store } from '../../../src/ports/store.ts';
import { attemptDraft, eventDraft, failedAttempt, routed, sha, T0, walletFact } from './drafts.ts';
import {
  addressOf,
  CAUSES,
  causeOf,
  DESTINATIONS,
  decisionOf,
  drafts,
  ENDPOINTS,
  lessonOf,
  MEMBERS,
  offersOf,
  ordered,
  spoilt,
} from './history-drafts.ts';
import type { Made, Step } from './history-steps.ts';
import { type Time, UpkeepPlayer } from './history-upkeep.ts';

/** Plays a history on one store; the same steps ask the same of any store as long as it answers the same. */
export class Player {
  readonly #store: Store;
  readonly #time: Time;
  readonly #claims: ClaimedDelivery[] = [];
  readonly #upkeep: UpkeepPlayer;

  constructor(store: Store, time: Time = { nowMs: T0 }) {
    this.#store = store;
    this.#time = time;
    this.#upkeep = new UpkeepPlayer(store, time);
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
        return this.#upkeep.redeliver(step);
      case 'reprocess':
        return this.#upkeep.reprocess(step);
      case 'go on replaying':
        return this.#upkeep.goOn(step.limit);
      case 'prune':
        return this.#upkeep.prune(nowMs - step.seconds * 1_000);
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
    const accepted = await this.#store.accept(drafted, offersOf(step.offers, nowMs));
    for (const one of accepted) if (one.ok) this.#claims.push(...one.claimed);
    return accepted.map((one) => (one.ok ? one : 'refused'));
  }

  async #route({ limit, made: all, offers: given }: Extract<Step, { readonly do: 'route' }>): Promise<unknown> {
    const { nowMs } = this.#time;
    const events = await this.#store.claimEvents(limit);
    const decided = events.map(({ id, member }) => routed(id, drafts(all, { member, run: 1, nowMs })));
    const settled = await this.#store.settleRoutes(decided, nowMs, offersOf(given, nowMs));
    for (const { claimed } of settled) this.#claims.push(...claimed);
    return [events, settled];
  }

  async #routeAgain(step: Extract<Step, { readonly do: 'route again' }>): Promise<unknown> {
    const { nowMs } = this.#time;
    const { event, run, made: all } = step;
    const member = MEMBERS[event % 3] ?? null;
    const decided = [routed(event, drafts(all, { member, run, nowMs }))];
    const settled = await this.#store.settleRoutes(decided, nowMs, offersOf(step.offers, nowMs));
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

  /** Once nothing is in flight: how far it gets before is the store's own affair. */
  async #forget(member: string): Promise<unknown> {
    return [await this.#recover(true), await this.#upkeep.forget(member)];
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
}
