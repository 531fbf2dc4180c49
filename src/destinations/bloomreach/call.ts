import { Pool } from 'undici';
import { PointsmanError } from '../../core/errors.ts';
import { type CallOutcome, Exchange } from './exchange.ts';
import type { TrackingCall } from './request.ts';

/** Where calls go and how. */
export interface CallerSettings {
  /** The destination's name, for messages. */
  readonly id: string;
  /** May hold a path, to which the API's own is appended. */
  readonly baseUrl: string;
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
  /** How long a call may take in all: waiting for a connection, sending, and the whole answer. */
  readonly timeoutMs: number;
  /** Connections, each carrying one call at a time. */
  readonly concurrency: number;
}

/** Sends bytes to one project's tracking API. */
export interface Caller {
  /** Makes one call. Never rejects, never sends twice. */
  post(call: TrackingCall, signal: AbortSignal): Promise<CallOutcome>;
  /** Lets calls in flight end, each within its own time, then closes every connection. Later calls fail at once. */
  close(): Promise<void>;
}

/** Opens no connection yet. Throws `CONFIG_INVALID` when `baseUrl` is no plain http(s) URL. */
export function createCaller(settings: CallerSettings): Caller {
  const { origin, path } = addressOf(settings);
  const headers = headersOf(settings);
  const pool = poolOf(origin, settings);
  const inFlight = new Set<Promise<CallOutcome>>();
  let closing: Promise<void> | null = null;

  return {
    async post(call, signal) {
      if (signal.aborted) return { kind: 'unsent' };
      if (closing !== null) return { kind: 'failed', error: new Error('the destination is closed'), bodySent: false };
      const exchange = new Exchange();
      const timer = setTimeout(() => exchange.expire(settings.timeoutMs), settings.timeoutMs);
      const interrupt = () => exchange.interrupt();
      signal.addEventListener('abort', interrupt);
      inFlight.add(exchange.outcome);
      pool.dispatch({ method: 'POST', path: `${path}/${call.route}`, headers, body: call.body }, exchange);
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

function poolOf(origin: string, { concurrency, timeoutMs }: CallerSettings): Pool {
  return new Pool(origin, {
    connections: concurrency,
    pipelining: 1,
    // One call per socket: only then "the body left" is known for each call by itself.
    allowH2: false,
    connectTimeout: timeoutMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
}

/** Bloomreach refuses compressed bodies, and answers are small: no encoding is asked for or sent. */
function headersOf({ apiKeyId, apiSecret }: CallerSettings): Readonly<Record<string, string>> {
  return {
    authorization: `Basic ${Buffer.from(`${apiKeyId}:${apiSecret}`).toString('base64')}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };
}

function addressOf({ id, baseUrl, projectToken }: CallerSettings): { readonly origin: string; readonly path: string } {
  const url = URL.parse(baseUrl);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && !(url.username || url.search || url.hash);
  if (!isPlain) {
    const asked = 'an http(s) URL without credentials, query or fragment';
    throw new PointsmanError('CONFIG_INVALID', `destinations.${id}.baseUrl is not ${asked}`);
  }
  const prefix = url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, path: `${prefix}/track/v2/projects/${encodeURIComponent(projectToken)}` };
}
