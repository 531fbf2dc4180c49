import { type buildConnector, Pool } from 'undici';
import { type CallOutcome, Exchange } from './exchange.ts';

/** Where calls go and how. */
export interface CallerSettings {
  /** Scheme, host and port. */
  readonly origin: string;
  /** How long a call may take in all: waiting for a connection, sending, and the whole answer. */
  readonly timeoutMs: number;
  /** Connections, each carrying one call at a time. */
  readonly connections: number;
  /** Makes connections in another way than undici's own. */
  readonly connector?: buildConnector.connector;
}

/** One request, as it goes over the wire. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** How much of the answer's body is read. */
  readonly responseLimitBytes: number;
}

/** Sends requests to one origin. */
export interface Caller {
  /** Makes one call. Never rejects, never sends twice. */
  call(call: HttpCall, signal: AbortSignal): Promise<CallOutcome>;
  /** Lets calls in flight end, each within its own time, then closes every connection. Later calls fail at once. */
  close(): Promise<void>;
}

/** Opens no connection yet. */
export function createCaller(settings: CallerSettings): Caller {
  const pool = poolOf(settings);
  const inFlight = new Set<Promise<CallOutcome>>();
  let closing: Promise<void> | null = null;

  return {
    async call({ responseLimitBytes, ...request }, signal) {
      if (signal.aborted) return { kind: 'unsent' };
      if (closing !== null) return { kind: 'failed', error: new Error('the destination is closed'), bodySent: false };
      const exchange = new Exchange(responseLimitBytes);
      const timer = setTimeout(() => exchange.expire(settings.timeoutMs), settings.timeoutMs);
      const interrupt = () => exchange.interrupt();
      signal.addEventListener('abort', interrupt);
      inFlight.add(exchange.outcome);
      pool.dispatch(request, exchange);
      const outcome = await exchange.outcome;
      inFlight.delete(exchange.outcome);
      signal.removeEventListener('abort', interrupt);
      clearTimeout(timer);
      return outcome;
    },
    close() {
      closing ??= drain(pool, inFlight);
      return closing;
    },
  };
}

/** Not `pool.close()`: that waits for calls which ended before they found a connection, and so wait for one still. */
async function drain(pool: Pool, inFlight: ReadonlySet<Promise<CallOutcome>>): Promise<void> {
  await Promise.all(inFlight);
  await pool.destroy();
}

function poolOf({ origin, timeoutMs, connections, connector }: CallerSettings): Pool {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    // One call per socket: only then "the body left" is known for each call by itself.
    allowH2: false,
    ...(connector === undefined ? { connectTimeout: timeoutMs } : { connect: connector }),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
}
