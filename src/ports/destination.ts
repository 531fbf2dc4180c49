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
  /** Completes, checks and serialises a request. `clockMs` is the event's clock. Never throws. */
  freeze(request: JsonObject, clockMs: number): FrozenRequest;
}

/** What offline tools need to know of a destination type. */
export interface EndpointCatalogue {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

/** A configured outbound system. */
export interface Destination extends EndpointCatalogue {
  readonly id: string;
  /** Calls that may be in flight at once. */
  readonly concurrency: number;
  /** How long one call may take, in ms. */
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /**
   * Sends deliveries in one call and returns one answer each, in order. Never rejects: every failure is an answer.
   * When the signal aborts before any byte of the body left, it returns null: no attempt was made.
   */
  send(deliveries: readonly ClaimedDelivery[], signal: AbortSignal): Promise<readonly Answer[] | null>;
  /** Closes idle connections. */
  close(): Promise<void>;
}
