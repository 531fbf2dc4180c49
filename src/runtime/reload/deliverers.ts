import type { ClaimedDelivery } from '../../core/delivery.ts';
import { createDeliverer, type Deliverer, type DeliverTools } from '../../pipeline/deliver/deliver.ts';
import type { DestinationStatus } from '../../pipeline/deliver/destination-status.ts';
import { giveBack } from '../../pipeline/deliver/open-claim.ts';
import type { Destination } from '../../ports/destination.ts';
import type { ClaimOffer } from '../../ports/store.ts';
import { startWorkLoop, type WorkLoop } from '../work-loop.ts';

/** What delivering to every destination needs. */
export interface DeliverersTools extends Omit<DeliverTools, 'destination' | 'onSettled'> {
  /** How long a loop sleeps without a hint, in ms. */
  readonly pollMs: number;
}

/** One delivering loop per destination. */
export interface Deliverers {
  /** A hint that something may be due. */
  wake(): void;
  /** Leave to claim within a commit that makes deliveries, of each destination that has room. */
  offers(): readonly ClaimOffer[];
  /** Hands what such a commit claimed to its deliverers. What has none any more goes back to the store. */
  take(claimed: readonly ClaimedDelivery[]): void;
  /** Whether one of them has the claim in hand. */
  holds(claim: Pick<ClaimedDelivery, 'id' | 'claimNo'>): boolean;
  /** How each destination is served now. */
  statuses(): readonly DestinationStatus[];
  /**
   * Delivers to these destinations from now on. One that is gone or was replaced claims nothing more, gives back what is
   * gathered, finishes what is in flight, and is closed; what is pending to it goes to its replacement, or waits.
   */
  use(destinations: ReadonlyMap<string, Destination>): void;
  /** After `stopping`: resolves when nothing is in flight any more and every destination is closed. */
  ended(): Promise<void>;
}

interface Running {
  readonly destination: Destination;
  readonly deliverer: Deliverer;
  readonly loop: WorkLoop;
  /** Ends the loop, waits for what is in flight, closes. */
  retire(): Promise<void>;
}

/** Builds the loops; none runs before `use`. */
export function createDeliverers(tools: DeliverersTools): Deliverers {
  return new RunningDeliverers(tools);
}

class RunningDeliverers implements Deliverers {
  readonly #tools: DeliverersTools;
  readonly #running = new Map<string, Running>();
  /** Those that finish what is in flight. */
  readonly #retiring = new Map<Running, Promise<void>>();
  /** Claims on their way back to the store. */
  readonly #returning = new Set<Promise<void>>();

  constructor(tools: DeliverersTools) {
    this.#tools = tools;
  }

  wake(): void {
    for (const { loop } of this.#running.values()) loop.wake();
  }

  offers(): readonly ClaimOffer[] {
    const offers: ClaimOffer[] = [];
    for (const { deliverer } of this.#running.values()) {
      const offer = deliverer.offer();
      if (offer !== null) offers.push(offer);
    }
    return offers;
  }

  take(claimed: readonly ClaimedDelivery[]): void {
    const [first] = claimed;
    if (first === undefined) return;
    if (claimed.every(({ destination }) => destination === first.destination)) {
      this.#handTo(first.destination, claimed);
      return;
    }
    const byDestination = Map.groupBy(claimed, ({ destination }) => destination);
    for (const [destination, own] of byDestination) this.#handTo(destination, own);
  }

  holds(claim: Pick<ClaimedDelivery, 'id' | 'claimNo'>): boolean {
    const all = [...this.#running.values(), ...this.#retiring.keys()];
    return all.some(({ deliverer }) => deliverer.holds(claim));
  }

  statuses(): readonly DestinationStatus[] {
    return [...this.#running.values()].map(({ deliverer }) => deliverer.status());
  }

  use(destinations: ReadonlyMap<string, Destination>): void {
    for (const one of [...this.#running.values()]) {
      if (destinations.get(one.destination.id) !== one.destination) this.#retire(one);
    }
    for (const [id, destination] of destinations) {
      if (!this.#running.has(id)) this.#running.set(id, start(destination, this.#tools));
    }
  }

  async ended(): Promise<void> {
    for (const one of [...this.#running.values()]) this.#retire(one);
    await Promise.all(this.#retiring.values());
    await Promise.all(this.#returning);
  }

  #handTo(destination: string, claimed: readonly ClaimedDelivery[]): void {
    const running = this.#running.get(destination);
    if (running) {
      running.deliverer.take(claimed);
      return;
    }
    const claims = claimed.map((delivery) => ({ delivery, shareLimit: delivery.shareLimit }));
    const returning = giveBack(claims, this.#tools).finally(() => this.#returning.delete(returning));
    this.#returning.add(returning);
  }

  #retire(one: Running): void {
    this.#running.delete(one.destination.id);
    const gone = one.retire().finally(() => {
      this.#retiring.delete(one);
      // What it gave back is its replacement's.
      this.wake();
    });
    this.#retiring.set(one, gone);
  }
}

function start(destination: Destination, tools: DeliverersTools): Running {
  const retired = new AbortController();
  const stopping = AbortSignal.any([tools.stopping, retired.signal]);
  const deliverer = createDeliverer({ ...tools, destination, stopping, onSettled: () => loop.wake() });
  const { pollMs, clock, log } = tools;
  const loop = startWorkLoop({ name: 'deliver', step: () => deliverer.step(), pollMs, clock, log, signal: stopping });
  return {
    destination,
    deliverer,
    loop,
    async retire() {
      retired.abort();
      await loop.ended;
      await deliverer.drained();
      await destination.close().catch(() => undefined);
    },
  };
}
