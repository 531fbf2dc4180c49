import type { Answer } from '../core/attempt.ts';
import type { ClaimedDelivery } from '../core/delivery.ts';
import type { JsonObject } from '../core/json.ts';
import type { RetryPolicy } from '../core/retry-policy.ts';

/** One thing wrong with a request. */
export interface RequestProblem {
  /** Key path such as `properties.tier_id`; empty for the request as a whole. */
  readonly path: string;
  /** One line with the actual value's kind or size. */
  readonly message: string;
}

/** A request ready to be frozen, or what is wrong with it. */
export type FrozenRequest =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly RequestProblem[] };

/** One operation that a destination offers, addressed `destination.endpoint`. Pure. */
export interface Endpoint {
  readonly name: string;
  /** JSON Schema (draft 2020-12) of the request as mappings write it, for lints and editors. */
  readonly schema: JsonObject;
  /** Key under which something must tell two events apart, since equal requests are taken for one; left out where all count. */
  readonly distinctBy?: string;
  /**
   * Why the destination would keep the very same request twice, `ageMs` after it took it first; null when it drops the
   * second. Left out where it takes every repeat.
   */
  readonly keepsRepeat?: (request: string, ageMs: number) => string | null;
  /** Completes, checks and serialises a request. `clockMs` is the event's clock. Never throws. */
  freeze(request: JsonObject, clockMs: number): FrozenRequest;
}

/** What offline tools need to know of a destination type. */
export interface EndpointCatalogue {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

/** How calls to a destination are spaced, gathered and stopped. */
export interface CallLimits {
  /** HTTP calls a second. */
  readonly ratePerSecond: number;
  /** Calls in flight at once. */
  readonly concurrency: number;
  /** Deliveries in one call, at most. */
  readonly batchSize: number;
  /** How long an incomplete batch waits for company, in ms; 0 = only while calls are in flight. */
  readonly lingerMs: number;
  /** Failed calls in a row that open the breaker. */
  readonly breakerFailures: number;
  /** How long the breaker stays open before one call probes, in ms; also the time between two probes of a pause. */
  readonly probeMs: number;
}

/** What one call came to. */
export interface CallResult {
  /** One for each delivery, in order. */
  readonly answers: readonly Answer[];
  /** Whether the call as a whole failed, whoever is at fault: what the breaker counts. */
  readonly failed: boolean;
  /** Whether one delivery may be at fault for all: they travel in smaller calls then. */
  readonly divisible: boolean;
}

/** A configured outbound system. */
export interface Destination extends EndpointCatalogue {
  readonly id: string;
  /** How calls are spaced, gathered and stopped. */
  readonly limits: CallLimits;
  /** How long one call may take, in ms. */
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** How many of these, from the first on, one call can carry; at least 1. */
  fit(deliveries: readonly ClaimedDelivery[]): number;
  /**
   * Sends deliveries that fit in one call. Never rejects: every failure is an answer. When the signal aborts before any
   * byte of the body left, it returns null: no attempt was made.
   */
  send(deliveries: readonly ClaimedDelivery[], signal: AbortSignal): Promise<CallResult | null>;
  /**
   * Asks without a delivery whether the destination is there and takes the credentials: `delivered` when it does. Null
   * when there is no way to ask but a real delivery.
   */
  probe(signal: AbortSignal): Promise<Answer | null>;
  /** Closes idle connections. */
  close(): Promise<void>;
}
