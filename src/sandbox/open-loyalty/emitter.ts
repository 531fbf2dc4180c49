import { setTimeout } from 'node:timers/promises';
import { Agent } from 'undici';
import type { WebhookFault } from './fault.ts';
import type { Faults } from './faults.ts';
import type { Chance } from './random.ts';
import { DeliveryBook, type EmitterStats, type SentRequest, type WebhookDelivery } from './webhooks/delivery.ts';
import { Lanes } from './webhooks/lanes.ts';
import { gather, type Message, textOf, type Wording } from './webhooks/message.ts';
import { post } from './webhooks/post.ts';
import type { EmitterSettings } from './webhooks/settings.ts';
import type { Subscriptions } from './webhooks/subscriptions.ts';
import type { WorldEvent } from './world/event.ts';

/** What an emitter works with. */
export interface EmitterOptions {
  readonly subscriptions: Subscriptions;
  readonly faults: Faults;
  readonly wording: Wording;
  readonly settings: EmitterSettings;
  /** Draws message and request ids. */
  readonly chance: Chance;
  /** Unix time in ms: for timestamps of signatures. */
  readonly now: () => number;
}

/** A message as it leaves, with the faults that hit it. */
interface Departure extends Message {
  readonly hits: readonly WebhookFault[];
}

/** What sending a message came to. */
interface Outcome {
  readonly faults: ReadonlySet<string>;
  /** Of the last request. */
  readonly body: string;
  readonly requests: readonly SentRequest[];
}

/**
 * Tells subscribers what happened in the world: one request per event and subscription, one retry with a new request
 * id, time and signature on a 4xx or 5xx, then never again.
 */
export class Emitter {
  readonly #options: EmitterOptions;
  readonly #book: DeliveryBook;
  readonly #lanes: Lanes;
  readonly #agent: Agent;
  readonly #closing = new AbortController();
  #held: { readonly departure: Departure; left: number }[] = [];

  constructor(options: EmitterOptions) {
    this.#options = options;
    this.#book = new DeliveryBook(options.settings.journalLimit);
    this.#lanes = new Lanes(options.settings.concurrency);
    this.#agent = new Agent({ connections: options.settings.concurrency });
  }

  /** Sends what subscribers want to know of these events; resolves when the last answer is in. Never rejects. */
  async emit(events: readonly WorldEvent[]): Promise<readonly WebhookDelivery[]> {
    this.#book.happened(events.length);
    const departures = this.#messages(events).flatMap((message) => this.#depart(message));
    return Promise.all(departures.map((departure) => this.#enqueue(departure)));
  }

  /** Sends what a `reorder` fault still holds back. */
  async flush(): Promise<readonly WebhookDelivery[]> {
    const held = this.#held.map(({ departure }) => departure);
    this.#held = [];
    return Promise.all(held.map((departure) => this.#enqueue(departure)));
  }

  /** What became of the last messages, in the order they ended. */
  deliveries(page?: { readonly after?: number; readonly limit?: number }): readonly WebhookDelivery[] {
    return this.#book.read(page);
  }

  stats(): EmitterStats {
    return this.#book.stats();
  }

  /** Forgets deliveries, counters and what is held back. */
  reset(): void {
    this.#held = [];
    this.#book.clear();
  }

  /** Ends at once, requests in flight included. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#held = [];
    await this.#agent.destroy();
  }

  #messages(events: readonly WorldEvent[]): readonly Message[] {
    const { subscriptions, chance, settings } = this.#options;
    const shared = new Map<WorldEvent, string>();
    const wanted = gather(events, ({ storeCode, name }) => subscriptions.matching(storeCode, name));
    return wanted.map((message) => {
      const [event] = message.events;
      const known = event && settings.messageIds === 'per-event' ? shared.get(event) : undefined;
      const messageId = known ?? chance.uuid();
      if (event) shared.set(event, messageId);
      return { ...message, messageId };
    });
  }

  /** What leaves now: the message, unless it is held back, after whatever was held long enough. */
  #depart(message: Message): readonly Departure[] {
    const { eventName, storeCode } = message.subscription;
    const hits = this.#options.faults.drawWebhook(eventName, storeCode);
    const departure = { ...message, hits };
    const reorder = hits.find(({ kind }) => kind === 'reorder');
    const copies = hits.some(({ kind }) => kind === 'duplicate') ? [departure, departure] : [departure];
    const released = this.#release();
    if (reorder?.kind !== 'reorder') return [...copies, ...released];
    this.#held.push(...copies.map((each) => ({ departure: each, left: reorder.by ?? 3 })));
    return released;
  }

  #release(): readonly Departure[] {
    if (this.#held.length === 0) return [];
    for (const held of this.#held) held.left -= 1;
    const released = this.#held.filter(({ left }) => left <= 0).map(({ departure }) => departure);
    this.#held = this.#held.filter(({ left }) => left > 0);
    return released;
  }

  #enqueue(departure: Departure): Promise<WebhookDelivery> {
    const key = departure.events[0]?.customerId ?? departure.subscription.storeCode;
    return this.#lanes.run(key, () => this.#deliver(departure));
  }

  async #deliver({ hits, ...message }: Departure): Promise<WebhookDelivery> {
    const faults = new Set(hits.map(({ kind }) => kind as string));
    if (faults.has('drop')) return this.#note(message, { faults, body: '', requests: [] });
    for (const hit of hits) if (hit.kind === 'slow') await this.#pause(hit.ms);
    const first = await this.#send(message, faults);
    if (!this.#again(first.sent)) return this.#note(message, { faults, body: first.body, requests: [first.sent] });
    await this.#pause(this.#options.settings.retryDelayMs);
    const second = await this.#send(message, faults);
    return this.#note(message, { faults, body: second.body, requests: [first.sent, second.sent] });
  }

  async #send(message: Message, faults: ReadonlySet<string>) {
    const { chance, now, settings, wording } = this.#options;
    const requestId = chance.uuid();
    const body = textOf(message, requestId, { wording, faults });
    const own = { subscription: message.subscription, body, requestId, sentAtMs: now(), faults };
    const { signing, timeoutMs } = settings;
    return { body, sent: await post({ ...own, signing, timeoutMs, dispatcher: this.#agent }) };
  }

  #again({ status }: SentRequest): boolean {
    if (this.#closing.signal.aborted) return false;
    return status === null ? this.#options.settings.retryNoAnswer : status >= 400;
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await setTimeout(ms, null, { signal: this.#closing.signal }).catch(() => null);
  }

  #note({ subscription, events, messageId }: Message, { faults, body, requests }: Outcome): WebhookDelivery {
    const { eventName, storeCode, webhookSubscriptionId: subscriptionId, url } = subscription;
    const status = requests.at(-1)?.status ?? 0;
    const answered = status >= 200 && status < 300;
    const customerId = events.length === 1 ? (events[0]?.customerId ?? null) : null;
    const about = { eventName, storeCode, messageId, customerId, subscriptionId, url, body, faults: [...faults] };
    const outcome = answered ? 'answered' : requests.length === 0 ? 'dropped' : 'given-up';
    return this.#book.add({ ...about, requests, outcome });
  }
}
