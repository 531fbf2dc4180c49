import type { JsonObject } from '../../core/json.ts';

/** Which requests a fault hits; left out, all of the tracking API, so that exports stay readable meanwhile. */
export interface FaultMatch {
  /** Only requests that carry an event of exactly this type, alone or in a batch. */
  readonly eventType?: string;
  /** Only requests that carry this command, alone or in a batch. */
  readonly command?: 'customers' | 'customers/events';
  /** Only requests whose path is this or ends with it, of any API. */
  readonly path?: string;
}

interface FaultScope {
  /** 0 to 1, drawn for each request; default 1. */
  readonly probability?: number;
  /** How many requests it hits before it is spent; default without end. */
  readonly count?: number;
  /** How long it lasts from its start; default without end. */
  readonly forMs?: number;
  readonly match?: FaultMatch;
}

/** Statuses that a `status` fault may answer. */
type FaultStatus = 400 | 401 | 403 | 404 | 408 | 413 | 429 | 500 | 502 | 503 | 504;

/** How the results of a batch are spoilt. */
export type ResultsChange = 'reversed' | 'missing' | 'extra' | 'without-ids';

/**
 * One switchable fault.
 * - `latency` runs the request at once and delays its answer by `ms` plus up to `jitterMs`; delays of several add up;
 * - `status` answers without running the request; `retryAfter` becomes the header `Retry-After`, `body` the body;
 * - `html` answers with a web page, as a proxy would, without running the request; default status 502;
 * - `reset-before` resets the connection without running the request;
 * - `reset-after` runs the request fully, then resets the connection without an answer;
 * - `refuse` answers `success: false` with `message`; in a batch only for the commands that match;
 * - `results` runs a batch, then answers its results in reverse order, without the last one, with one of no command, or
 *   without ids; it leaves other requests as they are;
 * - `hang` neither runs nor answers;
 * - `outage` answers 503, or resets with `mode: 'reset'`, for `forMs`.
 */
export type FaultSpec = FaultScope &
  (
    | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
    | {
        readonly kind: 'status';
        readonly status: FaultStatus;
        readonly retryAfter?: string | number;
        readonly body?: string | JsonObject;
      }
    | { readonly kind: 'html'; readonly status?: 200 | 502 }
    | { readonly kind: 'reset-before' }
    | { readonly kind: 'reset-after' }
    | { readonly kind: 'refuse'; readonly message: string }
    | { readonly kind: 'results'; readonly change: ResultsChange }
    | { readonly kind: 'hang' }
    | { readonly kind: 'outage'; readonly forMs: number; readonly mode?: 'answer' | 'reset' }
  );

/** The name of a fault. */
export type FaultKind = FaultSpec['kind'];

/** A fault that is switched on. */
export type ActiveFault = FaultSpec & {
  readonly id: number;
  /** Requests it may still hit; null without end. */
  readonly remaining: number | null;
  /** When it ends by the sandbox's clock; null without end. */
  readonly endsAtMs: number | null;
};
