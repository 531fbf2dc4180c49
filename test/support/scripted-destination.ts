import type { Answer } from '../../src/core/attempt.ts';
import type { ClaimedDelivery } from '../../src/core/delivery.ts';
import type { CallLimits, CallResult, Destination, Endpoint } from '../../src/ports/destination.ts';

/** What one call comes to: one answer for all that it carries, or all of it. Null = aborted before anything left. */
type Scripted = Answer | CallResult | null;

/** What a destination does with one call. */
type Script = (deliveries: readonly ClaimedDelivery[], signal: AbortSignal) => Promise<Scripted> | Scripted;

/** What a probe comes to. Null = there is no way to ask but a real delivery. */
type ProbeScript = (signal: AbortSignal) => Promise<Answer | null> | Answer | null;

/** A destination that answers as told and keeps what it was sent. */
export interface ScriptedDestination extends Destination {
  /** Every call, in the order in which they began, with what it carried. */
  readonly calls: readonly (readonly ClaimedDelivery[])[];
  /** Every try of every call, in the order in which they began. */
  readonly sent: readonly ClaimedDelivery[];
  /** How often it was probed. */
  readonly probes: number;
  /** Answers the next calls, one script each; after them everything is delivered. */
  next(...scripts: readonly Script[]): void;
  /** Answers the next probes, one script each; after them every probe is delivered. */
  nextProbe(...scripts: readonly ProbeScript[]): void;
}

/** What a test may say of a scripted destination. */
interface DestinationOverrides extends Partial<Omit<Destination, 'limits'>> {
  readonly limits?: Partial<CallLimits>;
}

/** An answer that says: delivered. */
export const DELIVERED: Answer = {
  verdict: 'delivered',
  code: null,
  httpStatus: 200,
  detail: null,
  response: null,
  retryAfterMs: null,
  atFault: null,
};

/** An answer that says: later. */
export const UNAVAILABLE: Answer = {
  verdict: 'transient',
  code: 'DELIVERY_UNAVAILABLE',
  httpStatus: 503,
  detail: 'HTTP 503',
  response: 'down',
  retryAfterMs: null,
  atFault: null,
};

/** An answer that says: never. */
export const REJECTED: Answer = {
  verdict: 'rejected',
  code: 'DELIVERY_REJECTED',
  httpStatus: 200,
  detail: 'success: false',
  response: '{"success":false}',
  retryAfterMs: null,
  atFault: null,
};

/** No answer came after the body left. */
export const UNKNOWN: Answer = {
  verdict: 'ambiguous',
  code: 'DELIVERY_TIMEOUT',
  httpStatus: null,
  detail: 'No answer within 10 s',
  response: null,
  retryAfterMs: null,
  atFault: null,
};

/** The credentials of the whole destination are wrong. */
export const UNAUTHORIZED: Answer = {
  verdict: 'unauthorized',
  code: 'DELIVERY_UNAUTHORIZED',
  httpStatus: 401,
  detail: 'Could not authenticate',
  response: '{"success":false}',
  retryAfterMs: null,
  atFault: 'destination',
};

/** Limits that hold nothing up: four calls at once, one delivery in each. */
const GENEROUS: CallLimits = {
  ratePerSecond: 1_000_000,
  concurrency: 4,
  batchSize: 1,
  lingerMs: 0,
  breakerFailures: 1_000_000,
  probeMs: 30_000,
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

/**
 * Builds a destination named `bloomreach` with the endpoint `event`: two retries, no quick tries, no jitter, and the
 * generous limits below. One answer for a whole call makes a failed call of everything but `delivered` and `rejected`.
 */
export function createScriptedDestination(overrides: DestinationOverrides = {}): ScriptedDestination {
  const limits = { ...GENEROUS, ...overrides.limits };
  const calls: (readonly ClaimedDelivery[])[] = [];
  const scripts: Script[] = [];
  const probeScripts: ProbeScript[] = [];
  let probes = 0;
  return {
    id: 'bloomreach',
    timeoutMs: 10_000,
    retry: { quick: 0, scheduleMs: [5_000, 30_000], jitter: 0, giveUpAfterMs: 3_600_000 },
    endpoints: new Map([['event', passThrough]]),
    calls,
    get sent() {
      return calls.flat();
    },
    get probes() {
      return probes;
    },
    next: (...more) => void scripts.push(...more),
    nextProbe: (...more) => void probeScripts.push(...more),
    fit: (deliveries) => Math.min(deliveries.length, limits.batchSize),
    async send(deliveries, signal) {
      if (signal.aborted) return null;
      calls.push(deliveries);
      return resultOf(await (scripts.shift() ?? (() => DELIVERED))(deliveries, signal), deliveries.length);
    },
    async probe(signal) {
      probes += 1;
      return (probeScripts.shift() ?? (() => DELIVERED))(signal);
    },
    close: async () => {},
    ...overrides,
    limits,
  };
}

function resultOf(scripted: Scripted, count: number): CallResult | null {
  if (scripted === null || 'answers' in scripted) return scripted;
  const failed = scripted.verdict !== 'delivered' && scripted.verdict !== 'rejected';
  return { answers: Array.from({ length: count }, () => scripted), failed, divisible: false };
}
