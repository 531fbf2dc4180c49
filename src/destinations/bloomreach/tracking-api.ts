import { PointsmanError } from '../../core/errors.ts';
import { createCaller } from '../shared/caller.ts';
import type { CallOutcome } from '../shared/exchange.ts';

/** One project's tracking API, with private access. */
export interface TrackingApiSettings {
  /** The destination's name, for messages. */
  readonly id: string;
  /** May hold a path, to which the API's own is appended. */
  readonly baseUrl: string;
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
  /** How long a call may take in all. */
  readonly timeoutMs: number;
}

/** One POST to the tracking API. */
export interface TrackingCall {
  /** Below the project's address, such as `customers/events`. */
  readonly route: string;
  readonly body: string;
  /** How many deliveries it carries. */
  readonly size: number;
}

/** The calls that the tracking API takes. None rejects, none is sent twice. */
export interface TrackingApi {
  post(call: TrackingCall, signal: AbortSignal): Promise<CallOutcome>;
  /** Asks for the time: either kind of credentials, no permission needed. Source: …/reference/system-time-2. */
  time(signal: AbortSignal): Promise<CallOutcome>;
  /** Lets calls in flight end, then closes every connection. */
  close(): Promise<void>;
}

/** No single answer of the tracking API comes near this: more is a web page. */
const RESPONSE_LIMIT_BYTES = 64 * 1024;
/** What each result of a batch may add: as much as is kept of it. */
const RESULT_LIMIT_BYTES = 4 * 1024;

/** Opens no connection yet. Throws `CONFIG_INVALID` when `baseUrl` is no plain http(s) URL. */
export function createTrackingApi(settings: TrackingApiSettings, connections: number): TrackingApi {
  const { origin, path } = addressOf(settings);
  const headers = headersOf(settings);
  const caller = createCaller({ origin, timeoutMs: settings.timeoutMs, connections });
  return {
    post({ route, body, size }, signal) {
      const responseLimitBytes = RESPONSE_LIMIT_BYTES + (size - 1) * RESULT_LIMIT_BYTES;
      return caller.call({ method: 'POST', path: `${path}/${route}`, headers, body, responseLimitBytes }, signal);
    },
    time(signal) {
      const responseLimitBytes = RESPONSE_LIMIT_BYTES;
      return caller.call(
        { method: 'GET', path: `${path}/system/time`, headers, body: null, responseLimitBytes },
        signal,
      );
    },
    close: () => caller.close(),
  };
}

/** Bloomreach refuses compressed bodies, and answers are small: no encoding is asked for or sent. */
function headersOf({ apiKeyId, apiSecret }: TrackingApiSettings): Readonly<Record<string, string>> {
  return {
    authorization: `Basic ${Buffer.from(`${apiKeyId}:${apiSecret}`).toString('base64')}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };
}

function addressOf({ id, baseUrl, projectToken }: TrackingApiSettings): {
  readonly origin: string;
  readonly path: string;
} {
  const url = URL.parse(baseUrl);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && !(url.username || url.search || url.hash);
  if (!isPlain) {
    const asked = 'an http(s) URL without credentials, query or fragment';
    throw new PointsmanError('CONFIG_INVALID', `destinations.${id}.baseUrl is not ${asked}`);
  }
  const prefix = url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, path: `${prefix}/track/v2/projects/${encodeURIComponent(projectToken)}` };
}
