/** What a fault hits; left out, everything of its kind. */
export interface FaultMatch {
  /** Webhooks only: exactly this event. */
  readonly eventName?: string;
  /** Webhooks, and REST calls of a tenant. */
  readonly storeCode?: string;
  /** REST only: the path is this or ends with it. */
  readonly path?: string;
}

interface FaultScope {
  /** 0 to 1, drawn each time; default 1. */
  readonly probability?: number;
  /** How often it hits before it is spent; default without end. */
  readonly count?: number;
  /** How long it lasts by the sandbox's clock; default without end. */
  readonly forMs?: number;
  readonly match?: FaultMatch;
}

/**
 * What goes wrong with webhooks.
 * - `duplicate` sends the message twice: same message id, new request id;
 * - `reorder` holds it back until `by` (default 3) later messages have left; a flush lets go of what is held;
 * - `drop` never sends it;
 * - `slow` waits `ms` before it is sent;
 * - `missing-ids` leaves `messageId` and `requestId` out; `null-email`, `null-phone` blank these wherever they stand;
 *   `nobody` blanks every identifier of the member;
 * - `unsigned` sends no signature, `stale` one of 10 minutes ago, `tampered` a body that was changed after signing.
 */
export type WebhookFault = FaultScope &
  (
    | { readonly kind: 'duplicate' | 'drop' | 'missing-ids' | 'null-email' | 'null-phone' | 'nobody' }
    | { readonly kind: 'unsigned' | 'stale' | 'tampered' }
    | { readonly kind: 'reorder'; readonly by?: number }
    | { readonly kind: 'slow'; readonly ms: number }
  );

/**
 * What goes wrong with REST calls.
 * - `latency` holds the answer back by `ms`;
 * - `status` answers so without doing anything; `retryAfter` becomes the header;
 * - `html` answers with a web page under 200 or, by default, 502;
 * - `half` answers 200 with the first half of the body; `cut` breaks the connection in the middle of the body;
 * - `hang` never answers.
 */
export type RestFault = FaultScope &
  (
    | { readonly kind: 'latency'; readonly ms: number }
    | {
        readonly kind: 'status';
        readonly status: 401 | 403 | 404 | 429 | 500 | 502 | 503;
        readonly retryAfter?: number;
      }
    | { readonly kind: 'html'; readonly status?: 200 | 502 }
    | { readonly kind: 'half' | 'cut' | 'hang' }
  );

/** One switchable fault. */
export type FaultSpec = WebhookFault | RestFault;

/** A fault that is switched on. */
export type ActiveFault = FaultSpec & {
  readonly id: number;
  /** How often it may still hit; null without end. */
  readonly remaining: number | null;
  /** When it ends by the sandbox's clock; null without end. */
  readonly endsAtMs: number | null;
};
