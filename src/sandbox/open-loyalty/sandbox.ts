import { Emitter } from './emitter.ts';
import { Faults } from './faults.ts';
import { Chance, forkRandom } from './random.ts';
import type { WebhookDelivery } from './webhooks/delivery.ts';
import type { EmitterSettings } from './webhooks/settings.ts';
import { type Subscription, type SubscriptionDraft, Subscriptions } from './webhooks/subscriptions.ts';
import { EVENT_NAMES, type WorldEvent } from './world/event.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

/** What a sandbox is made of. */
export interface SandboxParts extends Omit<WorldOptions, 'nowMs'> {
  readonly clock: { now(): number };
  readonly emitter: EmitterSettings;
}

/** A subscription to many events at once: by default all names of all tenants. */
export interface WideSubscription extends Omit<SubscriptionDraft, 'storeCode' | 'eventName'> {
  readonly storeCodes?: readonly string[];
  readonly eventNames?: readonly string[];
}

/** What passing time came to. */
export interface Passage {
  readonly nowMs: number;
  /** Scans that ran. */
  readonly scans: number;
  readonly events: number;
  /** Messages sent to subscribers. */
  readonly messages: number;
}

/** What happens while time passes. */
export interface PassageOptions {
  /** Random activity per scan, spread over the time until the next; default 0. */
  readonly activityPerDay?: number;
}

/** The world, those who listen to it, and its clock: it runs with the one it is given and may be put ahead of it. */
export class Sandbox {
  readonly world: World;
  readonly subscriptions: Subscriptions;
  readonly faults: Faults;
  readonly emitter: Emitter;
  readonly #clock: { now(): number };
  readonly #running = new Set<Promise<unknown>>();
  #aheadMs = 0;
  #nextScanAtMs: number;
  #passing: Promise<unknown> = Promise.resolve();

  constructor({ clock, emitter: settings, random, ...world }: SandboxParts) {
    this.#clock = clock;
    // Three chances, so that what is sent and what goes wrong never changes what happens.
    const sending = new Chance(forkRandom(random));
    this.faults = new Faults({ now: () => this.now(), random: forkRandom(random) });
    this.world = createWorld({ ...world, random: forkRandom(random), nowMs: clock.now() });
    this.subscriptions = new Subscriptions(sending);
    this.emitter = new Emitter({
      subscriptions: this.subscriptions,
      faults: this.faults,
      wording: {
        zoneOf: (storeCode) => this.world.tenant(storeCode).zone,
        memberOf: (customerId) => this.world.members.get(customerId ?? '') ?? null,
      },
      settings,
      chance: sending,
      // Signatures carry the time of sending, however far ahead the world is: receivers have clocks of their own.
      now: () => clock.now(),
    });
    this.#nextScanAtMs = this.world.nextScanAt(clock.now());
  }

  /** The world's time, in ms. */
  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  /** Subscribes to many events; one subscription per tenant and name. */
  subscribe({ storeCodes, eventNames, ...draft }: WideSubscription): readonly Subscription[] {
    const stores = storeCodes ?? [...this.world.tenants.keys()];
    const names = eventNames ?? EVENT_NAMES;
    const pairs = stores.flatMap((storeCode) => names.map((eventName) => ({ storeCode, eventName })));
    return pairs.map((pair) => this.subscriptions.add({ ...draft, ...pair }, this.now()));
  }

  /** Lets something happen now; resolves when all subscribers have been told. Throws what the verb throws. */
  play(verb: (world: World, nowMs: number) => readonly WorldEvent[]): Promise<readonly WebhookDelivery[]> {
    return this.emit(verb(this.world, this.now()));
  }

  /** Tells subscribers; resolves when they have been told. */
  emit(events: readonly WorldEvent[]): Promise<readonly WebhookDelivery[]> {
    const running = this.emitter.emit(events);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  /** Resolves when nothing is being told any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** As many things happen by chance; impossible ones count too. */
  async activity(count: number): Promise<Passage> {
    const events = this.#randomEvents(count, () => this.now());
    const messages = await this.emit(events);
    return { nowMs: this.now(), scans: 0, events: events.length, messages: messages.length };
  }

  /** Runs the scans that have come due, each at its own time. */
  tick(options: PassageOptions = {}): Promise<Passage> {
    return this.#pass(() => this.#scanUntil(this.now(), options, false));
  }

  /** Puts the clock ahead, scan by scan; resolves when the subscribers have been told of everything on the way. */
  advance(ms: number, options: PassageOptions = {}): Promise<Passage> {
    return this.#pass(async () => {
      const untilMs = this.now() + ms;
      const passage = await this.#scanUntil(untilMs, options, true);
      this.#moveTo(untilMs);
      return { ...passage, nowMs: this.now() };
    });
  }

  /** Ends at once; calling it again does no harm. */
  close(): Promise<void> {
    return this.emitter.close();
  }

  /** One passage of time after another. */
  #pass(passage: () => Promise<Passage>): Promise<Passage> {
    const result = this.#passing.then(passage);
    this.#passing = result.catch(() => null);
    return result;
  }

  async #scanUntil(untilMs: number, { activityPerDay = 0 }: PassageOptions, moves: boolean): Promise<Passage> {
    let [scans, events, messages] = [0, 0, 0];
    while (this.#nextScanAtMs <= untilMs) {
      const atMs = this.#nextScanAtMs;
      this.#nextScanAtMs = this.world.nextScanAt(atMs);
      if (moves) this.#moveTo(atMs);
      const spanMs = Math.min(this.#nextScanAtMs, untilMs) - atMs;
      const scanned = this.world.dayPassed(atMs);
      const rest = this.#randomEvents(activityPerDay, (share) => atMs + Math.floor(share * spanMs));
      messages += (await this.emit([...scanned, ...rest])).length;
      events += scanned.length + rest.length;
      scans += 1;
    }
    messages += (await this.emitter.flush()).length;
    return { nowMs: this.now(), scans, events, messages };
  }

  #randomEvents(count: number, timeOf: (share: number) => number): readonly WorldEvent[] {
    const rounds = Array.from({ length: count }, (_, index) => timeOf(index / count));
    return rounds.flatMap((atMs) => this.world.randomActivity(atMs));
  }

  #moveTo(ms: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, ms - this.#clock.now());
  }
}
