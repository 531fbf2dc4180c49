/** One request that was sent. */
export interface SentRequest {
  readonly requestId: string;
  readonly sentAtMs: number;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Why no answer came; null when one did. */
  readonly error: string | null;
}

/** What became of one message to one subscription. */
export interface WebhookDelivery {
  /** Rises by one per message. */
  readonly seq: number;
  readonly eventName: string;
  readonly storeCode: string;
  readonly messageId: string;
  /** Whom it is about, also where the body does not say; null when it is about nobody or about several. */
  readonly customerId: string | null;
  readonly subscriptionId: string;
  readonly url: string;
  /** The text of the last request; empty when none was sent. */
  readonly body: string;
  readonly faults: readonly string[];
  /** At most two. */
  readonly requests: readonly SentRequest[];
  readonly outcome: 'answered' | 'given-up' | 'dropped';
}

/** Counters since the start or the last reset. */
export interface EmitterStats {
  /** What happened in the world, whether or not anybody listens. */
  readonly events: number;
  /** Messages to subscriptions. */
  readonly messages: number;
  /** Requests, retries included. */
  readonly sent: number;
  /** Messages answered with 2xx. */
  readonly answered: number;
  /** Messages that needed their retry. */
  readonly retried: number;
  readonly givenUp: number;
  readonly dropped: number;
  /** Messages by event name. */
  readonly byEvent: Readonly<Record<string, number>>;
}

/** The last deliveries and what they add up to. */
export class DeliveryBook {
  readonly #limit: number;
  #deliveries: WebhookDelivery[] = [];
  #stats: EmitterStats = NOTHING;

  /** @param limit deliveries remembered. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  happened(events: number): void {
    this.#stats = { ...this.#stats, events: this.#stats.events + events };
  }

  add(draft: Omit<WebhookDelivery, 'seq'>): WebhookDelivery {
    const { messages, sent, answered, retried, givenUp, dropped, byEvent, events } = this.#stats;
    const delivery = { seq: messages + 1, ...draft };
    const one = (yes: boolean) => (yes ? 1 : 0);
    this.#stats = {
      events,
      messages: messages + 1,
      sent: sent + draft.requests.length,
      answered: answered + one(draft.outcome === 'answered'),
      retried: retried + one(draft.requests.length > 1),
      givenUp: givenUp + one(draft.outcome === 'given-up'),
      dropped: dropped + one(draft.outcome === 'dropped'),
      byEvent: { ...byEvent, [draft.eventName]: (byEvent[draft.eventName] ?? 0) + 1 },
    };
    this.#deliveries.push(delivery);
    // Cut rarely, so that remembering costs nothing per delivery.
    if (this.#deliveries.length > this.#limit * 2) this.#deliveries = this.#deliveries.slice(-this.#limit);
    return delivery;
  }

  /** Those with a higher number than `after`, oldest first. */
  read({ after = 0, limit = this.#limit }: { readonly after?: number; readonly limit?: number } = {}) {
    const kept = this.#deliveries.slice(-this.#limit);
    return kept.filter(({ seq }) => seq > after).slice(0, limit) as readonly WebhookDelivery[];
  }

  stats(): EmitterStats {
    return this.#stats;
  }

  clear(): void {
    this.#deliveries = [];
    this.#stats = NOTHING;
  }
}

const NOTHING: EmitterStats = {
  events: 0,
  messages: 0,
  sent: 0,
  answered: 0,
  retried: 0,
  givenUp: 0,
  dropped: 0,
  byEvent: {},
};
