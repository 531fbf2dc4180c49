import type { Answer } from '../../core/attempt.ts';
import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { Destination } from '../../ports/destination.ts';
import type { ClaimOffer, Store } from '../../ports/store.ts';
import type { PersistTools } from '../persist.ts';
import { Alarm } from './alarm.ts';
import { ClaimTerms } from './claim-terms.ts';
import { ClaimsInWork } from './claims-in-work.ts';
import { type CallTools, makeCall } from './deliver-call.ts';
import { DeliveryGate } from './delivery-gate.ts';
import { type DestinationStatus, statusOf } from './destination-status.ts';
import { Gathering } from './gathering.ts';
import { giveBack, type OpenClaim } from './open-claim.ts';
import { PauseProbe } from './pause-probe.ts';
import type { Pauses } from './pauses.ts';

/** What delivering to one destination needs. */
export interface DeliverTools extends PersistTools, Pick<CallTools, 'meter'> {
  readonly destination: Omit<Destination, 'close'>;
  readonly store: Pick<Store, 'claimDeliveries' | 'settleAttempts'>;
  readonly pauses: Pauses;
  readonly ruleSet: () => RuleSet;
  /** Aborts when nothing more is to be begun; `signal` aborts what is in flight as well. */
  readonly stopping: AbortSignal;
  /** Told when claiming may find something: a lane may have a new head, or there is room again. A hint. */
  readonly onSettled: () => void;
}

/** Delivers what is due to one destination. */
export interface Deliverer {
  /** Claims what is due, while there is room, to be sent; how many it claimed. */
  step(): Promise<number>;
  /** Leave to claim within a commit that makes deliveries; null = there is no room, or nothing may be sent. */
  offer(): ClaimOffer | null;
  /** Takes over what such a commit claimed. Cheap: it is sent in a later turn of the event loop. */
  take(claimed: readonly ClaimedDelivery[]): void;
  /** Whether this claim is in its hands: gathered, or in flight. */
  holds(claim: Pick<ClaimedDelivery, 'id' | 'claimNo'>): boolean;
  status(): DestinationStatus;
  /** Resolves when nothing is gathered or in flight. */
  drained(): Promise<void>;
}

/** Gathers claimed deliveries into calls, and makes as many at once as the destination allows. */
export function createDeliverer(tools: DeliverTools): Deliverer {
  return new GatheringDeliverer(tools);
}

class GatheringDeliverer implements Deliverer {
  readonly #tools: DeliverTools;
  readonly #callTools: CallTools;
  readonly #gathering: Gathering;
  readonly #gate: DeliveryGate;
  readonly #terms: ClaimTerms;
  readonly #alarm: Alarm;
  readonly #probe: PauseProbe;
  readonly #inWork = new ClaimsInWork();
  readonly #idle: (() => void)[] = [];
  #callsInFlight = 0;
  #isForming = false;
  /** Whether the store may hold more that is due: then new deliveries must not overtake it. */
  #hasBacklog = false;

  constructor(tools: DeliverTools) {
    const { clock, stopping, destination } = tools;
    this.#tools = tools;
    this.#gathering = new Gathering(destination);
    this.#gate = new DeliveryGate(tools, clock.now());
    this.#terms = new ClaimTerms({ ...tools, gate: this.#gate });
    this.#alarm = new Alarm(clock, () => this.#formSoon());
    this.#callTools = { ...tools, gate: this.#gate, regather: (claims) => this.#gathering.addFirst(claims) };
    this.#probe = new PauseProbe({
      ...tools,
      claimOne: (exceptEndpoints) => this.#claimOne(exceptEndpoints),
      sendAlone: (delivery) => this.#sendAlone(delivery),
      onBug: (cause) => this.#report(cause, 0),
      onProbed: () => {
        tools.onSettled();
        this.#tellIdle();
      },
    });
    stopping.addEventListener('abort', () => this.#formSoon(), { once: true });
  }

  async step(): Promise<number> {
    const { clock, store, stopping } = this.#tools;
    if (stopping.aborted) return 0;
    this.#probe.probeWhenDue();
    const nowMs = clock.now();
    const limit = this.#room(nowMs);
    if (limit === 0) {
      if (this.#gathering.size > 0) this.#formSoon();
      return 0;
    }
    const claimed = await store.claimDeliveries({ ...this.#terms.offer(nowMs), limit, nowMs });
    this.#hasBacklog = claimed.length >= limit;
    this.take(claimed);
    return claimed.length;
  }

  offer(): ClaimOffer | null {
    const { clock, stopping } = this.#tools;
    if (this.#hasBacklog || stopping.aborted) return null;
    const nowMs = clock.now();
    if (this.#room(nowMs) === 0 || this.#gate.isTrying(nowMs)) return null;
    return this.#terms.cachedOffer(nowMs);
  }

  take(claimed: readonly ClaimedDelivery[]): void {
    if (claimed.length === 0) return;
    const nowMs = this.#tools.clock.now();
    this.#gathering.add(claimed.map((delivery) => this.#terms.opened(delivery, nowMs)));
    this.#formSoon();
  }

  holds({ id, claimNo }: Pick<ClaimedDelivery, 'id' | 'claimNo'>): boolean {
    const isIt = ({ delivery }: OpenClaim) => delivery.id === id && delivery.claimNo === claimNo;
    return this.#gathering.some(isIt) || this.#inWork.some(isIt);
  }

  status(): DestinationStatus {
    const { destination, pauses, clock } = this.#tools;
    return statusOf({
      destination: destination.id,
      gate: this.#gate.status(clock.now()),
      pauses: pauses.ongoing(destination.id),
      callsInFlight: this.#callsInFlight,
      gathered: this.#gathering.size,
    });
  }

  drained(): Promise<void> {
    return this.#isIdle() ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #room(nowMs: number): number {
    return this.#terms.room({ callsInFlight: this.#callsInFlight, places: this.#gathering.places }, nowMs);
  }

  /** Once for all that arrives in one turn of the event loop. */
  #formSoon(): void {
    if (this.#isForming) return;
    this.#isForming = true;
    setImmediate(() => {
      this.#isForming = false;
      this.#form(this.#tools.clock.now());
      this.#tellIdle();
    });
  }

  /** Gives back what may not be sent, and makes calls of the rest. */
  #form(nowMs: number): void {
    this.#giveBack(this.#unsendable(nowMs));
    let made = 0;
    const most = this.#gate.isTrying(nowMs) ? 1 : this.#tools.destination.limits.concurrency;
    while (this.#gathering.size > 0 && this.#callsInFlight < most) {
      const claims = this.#nextCall(nowMs);
      if (claims === null) break;
      made += this.#start(claims, nowMs);
    }
    if (made > 0 && this.#hasBacklog && this.#room(nowMs) > 0) this.#tools.onSettled();
  }

  #unsendable(nowMs: number): readonly OpenClaim[] {
    if (this.#tools.stopping.aborted) this.#alarm.clear();
    if (this.#gathering.size === 0) return [];
    if (this.#tools.stopping.aborted || this.#gate.closedBy(nowMs) !== null) return this.#gathering.takeOut();
    if (this.#gate.isTrying(nowMs)) return this.#gathering.takeOut((_claim, index) => index > 0);
    const paused = this.#gate.pausedEndpoints();
    return paused.length === 0 ? [] : this.#gathering.takeOut(({ delivery }) => paused.includes(delivery.endpoint));
  }

  /** Null = not yet; the alarm is set. */
  #nextCall(nowMs: number): readonly OpenClaim[] | null {
    const delayMs = this.#gate.callDelayMs(nowMs);
    if (delayMs > 0) {
      this.#alarm.set(delayMs);
      return null;
    }
    const next = this.#gathering.next({ callsInFlight: this.#callsInFlight, nowMs });
    if (next.claims === null) this.#alarm.set(next.waitMs);
    return next.claims;
  }

  /** How many calls it made: none of claims that waited too long, whose leases might end meanwhile. */
  #start(claims: readonly OpenClaim[], nowMs: number): number {
    const late = claims.filter((claim) => this.#terms.isLate(claim, nowMs));
    this.#giveBack(late);
    const inTime = late.length === 0 ? claims : claims.filter((claim) => !late.includes(claim));
    if (inTime.length === 0) return 0;
    this.#gate.pass(nowMs);
    this.#callsInFlight += 1;
    this.#keep(inTime, makeCall(inTime, this.#callTools), () => {
      this.#callsInFlight -= 1;
      this.#tools.onSettled();
    });
    return 1;
  }

  #giveBack(claims: readonly OpenClaim[]): void {
    if (claims.length > 0) this.#keep(claims, giveBack(claims, this.#tools), () => undefined);
  }

  /** A bug leaves the claims to recovering, when their leases end. */
  #keep(claims: readonly OpenClaim[], work: Promise<unknown>, ended: () => void): void {
    this.#inWork.keep(claims, work, {
      onBug: (cause) => this.#report(cause, claims.length),
      onEnded: () => {
        ended();
        if (this.#gathering.size > 0) this.#formSoon();
        this.#tellIdle();
      },
    });
  }

  async #claimOne(pausedEndpoints: readonly string[]): Promise<ClaimedDelivery | null> {
    const nowMs = this.#tools.clock.now();
    const claim = { ...this.#terms.offer(nowMs), pausedEndpoints, limit: 1, nowMs };
    return (await this.#tools.store.claimDeliveries(claim))[0] ?? null;
  }

  /** No quick tries: it is only to be found out whether it is taken. */
  async #sendAlone(delivery: ClaimedDelivery): Promise<Answer | null> {
    const opened = this.#terms.opened(delivery, this.#tools.clock.now());
    const retry = { ...opened.policies.retry, quick: 0 };
    const claims = [{ ...opened, policies: { ...opened.policies, retry } }];
    this.#gate.pass(opened.sinceMs);
    const call = makeCall(claims, this.#callTools);
    this.#keep(claims, call, () => undefined);
    return (await call)?.answers[0] ?? null;
  }

  #isIdle(): boolean {
    return this.#gathering.size === 0 && this.#inWork.isEmpty && !this.#isForming && !this.#probe.isProbing;
  }

  #tellIdle(): void {
    if (this.#idle.length === 0 || !this.#isIdle()) return;
    for (const tell of this.#idle.splice(0)) tell();
  }

  #report(cause: unknown, n: number): void {
    const err = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    const fields = { stage: 'deliver', destination: this.#tools.destination.id, n, err };
    this.#tools.log.error(fields, 'a call ended unexpectedly');
  }
}
