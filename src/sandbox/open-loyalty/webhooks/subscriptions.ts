import type { Chance } from '../random.ts';

/** A header that goes with every request of a subscription. */
export interface CustomHeader {
  readonly headerName: string;
  readonly headerValue: string;
}

/** One event name of one tenant, sent to one URL. */
export interface Subscription {
  readonly webhookSubscriptionId: string;
  readonly storeCode: string;
  readonly eventName: string;
  readonly createdAtMs: number;
  readonly url: string;
  readonly headers: readonly CustomHeader[];
  /** Bodies as before there were subscriptions. */
  readonly legacy: boolean;
  /** Null when requests are not signed. */
  readonly hmac: Hmac | null;
}

/** A signing key of one version. */
export interface Hmac {
  /** `whsec_` and 64 hex digits. */
  readonly secret: string;
  /** Rises by one with each rotation. */
  readonly version: number;
  readonly rotatedAtMs: number | null;
}

/** What a subscriber asks for. */
export interface SubscriptionDraft {
  readonly storeCode: string;
  readonly eventName: string;
  readonly url: string;
  readonly headers?: readonly CustomHeader[];
  readonly legacy?: boolean;
  /** True makes a key of its own; a text is taken as the key. */
  readonly hmac?: boolean | string;
}

/** What may change of a subscription; the event name may not. */
export type SubscriptionChange = Pick<Partial<SubscriptionDraft>, 'headers' | 'legacy' | 'hmac'> & {
  readonly url: string;
};

/** Who wants to be told what. */
export class Subscriptions {
  readonly #chance: Chance;
  readonly #byId = new Map<string, Subscription>();
  /** Built when it is asked for, thrown away with every change: there are far more events than changes. */
  #byEvent: Map<string, Subscription[]> | null = null;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  add(draft: SubscriptionDraft, nowMs: number): Subscription {
    const { storeCode, eventName, url, headers = [], legacy = false, hmac = false } = draft;
    const webhookSubscriptionId = this.#chance.uuid();
    const own = { webhookSubscriptionId, storeCode, eventName, url, headers, legacy, createdAtMs: nowMs };
    return this.#keep({ ...own, hmac: this.#key(hmac) });
  }

  /** What the change leaves out stays. */
  update(subscription: Subscription, { url, headers, legacy, hmac }: SubscriptionChange): Subscription {
    return this.#keep({
      ...subscription,
      url,
      headers: headers ?? subscription.headers,
      legacy: legacy ?? subscription.legacy,
      hmac: hmac === undefined || (hmac === true && subscription.hmac !== null) ? subscription.hmac : this.#key(hmac),
    });
  }

  /** A new key; the old one is invalid at once. Null when the subscription is not signed. */
  rotate(subscription: Subscription, nowMs: number): Subscription | null {
    if (subscription.hmac === null) return null;
    const version = subscription.hmac.version + 1;
    return this.#keep({ ...subscription, hmac: { secret: this.#secret(), version, rotatedAtMs: nowMs } });
  }

  remove(subscription: Subscription): void {
    this.#byId.delete(subscription.webhookSubscriptionId);
    this.#byEvent = null;
  }

  /** Null when there is none in that tenant. */
  find(storeCode: string, id: string): Subscription | null {
    const subscription = this.#byId.get(id);
    return subscription?.storeCode === storeCode ? subscription : null;
  }

  /** All of a tenant, oldest first. */
  of(storeCode: string): readonly Subscription[] {
    return [...this.#byId.values()].filter((each) => each.storeCode === storeCode);
  }

  matching(storeCode: string, eventName: string): readonly Subscription[] {
    this.#byEvent ??= Map.groupBy(this.#byId.values(), (each) => `${each.storeCode} ${each.eventName}`);
    return this.#byEvent.get(`${storeCode} ${eventName}`) ?? [];
  }

  #keep(subscription: Subscription): Subscription {
    this.#byId.set(subscription.webhookSubscriptionId, subscription);
    this.#byEvent = null;
    return subscription;
  }

  #key(hmac: boolean | string): Hmac | null {
    if (hmac === false) return null;
    return { secret: hmac === true ? this.#secret() : hmac, version: 1, rotatedAtMs: null };
  }

  #secret(): string {
    return `whsec_${this.#chance.hex(64)}`;
  }
}
