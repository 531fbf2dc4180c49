import type { Answer } from '../../src/core/attempt.ts';
import type { ClaimedDelivery } from '../../src/core/delivery.ts';
import type { Destination, Endpoint } from '../../src/ports/destination.ts';

/** What a destination does with one try. Null = aborted before anything left. */
type Script = (delivery: ClaimedDelivery, signal: AbortSignal) => Promise<Answer | null> | Answer | null;

/** A destination that answers as told and keeps what it was sent. */
export interface ScriptedDestination extends Destination {
  /** Every try, in the order in which they began. */
  readonly sent: readonly ClaimedDelivery[];
  /** Answers the next tries, one script each; after them every try is delivered. */
  next(...scripts: readonly Script[]): void;
}

/** An answer that says: delivered. */
export const DELIVERED: Answer = {
  verdict: 'delivered',
  code: null,
  httpStatus: 200,
  detail: null,
  response: null,
  retryAfterMs: null,
};

/** An answer that says: later. */
export const UNAVAILABLE: Answer = {
  verdict: 'transient',
  code: 'DELIVERY_UNAVAILABLE',
  httpStatus: 503,
  detail: 'HTTP 503',
  response: 'down',
  retryAfterMs: null,
};

/** An answer that says: never. */
export const REJECTED: Answer = {
  verdict: 'rejected',
  code: 'DELIVERY_REJECTED',
  httpStatus: 200,
  detail: 'success: false',
  response: '{"success":false}',
  retryAfterMs: null,
};

/** No answer came after the body left. */
export const UNKNOWN: Answer = {
  verdict: 'ambiguous',
  code: 'DELIVERY_TIMEOUT',
  httpStatus: null,
  detail: 'No answer within 10 s',
  response: null,
  retryAfterMs: null,
};

/** Freezes a request as it is; refuses one that has a key `refused`. */
export const passThrough: Endpoint = {
  name: 'event',
  schema: { type: 'object' },
  freeze: (request) =>
    'refused' in request
      ? { ok: false, problems: [{ path: 'refused', message: 'is not allowed' }] }
      : { ok: true, text: JSON.stringify(request) },
};

/** Builds a destination named `bloomreach` with the endpoint `event`: two retries, no quick tries, no jitter. */
export function createScriptedDestination(overrides: Partial<Destination> = {}): ScriptedDestination {
  const sent: ClaimedDelivery[] = [];
  const scripts: Script[] = [];
  return {
    id: 'bloomreach',
    concurrency: 4,
    timeoutMs: 10_000,
    retry: { quick: 0, scheduleMs: [5_000, 30_000], jitter: 0, giveUpAfterMs: 3_600_000 },
    endpoints: new Map([['event', passThrough]]),
    sent,
    next: (...more) => void scripts.push(...more),
    async send(deliveries, signal) {
      const [delivery] = deliveries;
      if (!delivery || signal.aborted) return null;
      sent.push(delivery);
      const answer = await (scripts.shift() ?? (() => DELIVERED))(delivery, signal);
      return answer === null ? null : [answer];
    },
    close: async () => {},
    ...overrides,
  };
}
