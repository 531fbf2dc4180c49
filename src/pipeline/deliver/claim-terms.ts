import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { Destination } from '../../ports/destination.ts';
import type { ClaimOffer } from '../../ports/store.ts';
import type { DeliveryGate } from './delivery-gate.ts';
import type { OpenClaim } from './open-claim.ts';
import { createPolicyBook, type PolicyBook } from './policies.ts';

/** What terms are made of. */
export interface TermsTools {
  readonly destination: Pick<Destination, 'id' | 'limits' | 'timeoutMs' | 'retry'>;
  readonly gate: DeliveryGate;
  readonly ruleSet: () => RuleSet;
}

/** What a deliverer has in hand. */
export interface InHand {
  readonly callsInFlight: number;
  /** Gathered, in places of full calls. */
  readonly places: number;
}

/** Waiting in memory, on top of the tries, in ms. */
const GATHERED_MS = 60_000;
/** What a lease allows beyond that: a slow disk between claiming and taking over, and after the last try. */
const LEASE_MARGIN_MS = 60_000;
/** What one try may take beyond its timeout, in ms: the pause before it. */
const TRY_MARGIN_MS = 1_000;
/** No more is gathered than can be sent in this time at the rate of the moment, in seconds. */
const GATHER_AHEAD_SECONDS = 10;
/** For how long an offer is handed out again, in ms. */
const OFFER_MS = 1_000;

/** How much is claimed, for how long, and whether what was claimed may still be sent. */
export class ClaimTerms {
  readonly #tools: TermsTools;
  readonly #policies: PolicyBook;
  #lastOffer: ClaimOffer | null = null;
  #offeredAtMs = 0;

  constructor(tools: TermsTools) {
    this.#tools = tools;
    this.#policies = createPolicyBook(tools.destination.retry, tools.ruleSet);
  }

  /** How many more may be gathered; 0 while nothing may be sent. */
  room({ callsInFlight, places }: InHand, nowMs: number): number {
    const { gate, destination } = this.#tools;
    if (gate.closedBy(nowMs) !== null) return 0;
    if (gate.isTrying(nowMs)) return callsInFlight + places > 0 ? 0 : 1;
    const { batchSize, concurrency } = destination.limits;
    const calls = Math.min(concurrency, Math.max(1, Math.ceil(gate.rateNow(nowMs) * GATHER_AHEAD_SECONDS)));
    return Math.max(0, batchSize * calls - places);
  }

  offer(nowMs: number): ClaimOffer {
    return {
      destination: this.#tools.destination.id,
      pausedEndpoints: this.#tools.gate.pausedEndpoints(),
      leaseEndMs: nowMs + this.#leaseMs(),
    };
  }

  /** The same offer for a while: it is asked for with each webhook. */
  cachedOffer(nowMs: number): ClaimOffer {
    const isFresh = nowMs >= this.#offeredAtMs && nowMs < this.#offeredAtMs + OFFER_MS;
    const offer = this.#lastOffer;
    if (offer !== null && isFresh && isSame(offer.pausedEndpoints, this.#tools.gate.pausedEndpoints())) return offer;
    this.#offeredAtMs = nowMs;
    this.#lastOffer = this.offer(nowMs);
    return this.#lastOffer;
  }

  opened(delivery: ClaimedDelivery, sinceMs: number): OpenClaim {
    return {
      delivery,
      policies: this.#policies.of(delivery.mapping),
      sinceMs,
      safeUntilMs: sinceMs + this.#leaseMs() - LEASE_MARGIN_MS,
      tries: 0,
      shareLimit: delivery.shareLimit,
    };
  }

  /** Whether its lease might end before its tries do. */
  isLate({ safeUntilMs, policies, tries }: OpenClaim, nowMs: number): boolean {
    const triesLeft = Math.max(0, policies.retry.quick - tries) + 1;
    return nowMs + triesLeft * this.#tryMs() > safeUntilMs;
  }

  #leaseMs(): number {
    return GATHERED_MS + this.#policies.mostTries() * this.#tryMs() + LEASE_MARGIN_MS;
  }

  #tryMs(): number {
    return this.#tools.destination.timeoutMs + TRY_MARGIN_MS;
  }
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((one, index) => one === right[index]);
}
