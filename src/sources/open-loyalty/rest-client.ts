import pRetry from 'p-retry';
import { Pool } from 'undici';
import { PointsmanError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Clock } from '../../ports/clock.ts';
import { readAnswer, TryAgain } from './rest-answer.ts';

/** How Open Loyalty's own API is called. */
export interface RestSettings {
  /** The host's address, with or without the `/api` that every path begins with. */
  readonly url: string;
  /** The permanent key, sent as `X-AUTH-TOKEN`. */
  readonly token: string;
  /** Calls per second, repeated ones included. */
  readonly ratePerSecond: number;
  /** How long one call may take in all, in ms. */
  readonly timeoutMs: number;
  /** Further tries of a call that failed for now. */
  readonly retries: number;
  readonly clock: Clock;
  /** Ends every call and every wait. */
  readonly signal: AbortSignal;
  /** Told before each wait for another try. */
  readonly onRetry: (reason: string, waitMs: number) => void;
}

/** Reads from the API, one call after another. */
export interface RestClient {
  /**
   * The JSON object at a path below `/api`. Rejects with `SOURCE_API_UNAUTHORIZED`, with `Refused` when the API does not
   * take the call, and with `SOURCE_API_FAILED` when all tries failed.
   */
  get(path: string): Promise<JsonObject>;
  close(): Promise<void>;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A longer `Retry-After` is cut to this: a person waits at the other end. */
const LONGEST_ASKED_WAIT_MS = 5 * 60_000;

/** Opens no connection yet. */
export function createRestClient(settings: RestSettings): RestClient {
  const { signal, retries, onRetry, clock } = settings;
  const { origin, prefix } = addressOf(settings.url);
  const pool = new Pool(origin, { connections: 1, pipelining: 1, allowH2: false });
  const paced = pacer(settings);

  async function tryOnce(path: string): Promise<JsonObject> {
    await paced();
    const timeout = AbortSignal.timeout(settings.timeoutMs);
    try {
      const headers = { accept: 'application/json', 'x-auth-token': settings.token };
      const either = AbortSignal.any([signal, timeout]);
      const fullPath = `${prefix}${path}`;
      const answer = await pool.request({ method: 'GET', path: fullPath, headers, signal: either });
      return await readAnswer(fullPath, answer, clock.now());
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) throw new TryAgain(`no whole answer within ${settings.timeoutMs} ms`);
      throw connectionFailure(error) ?? error;
    }
  }

  return {
    async get(path) {
      try {
        return await pRetry(() => tryOnce(path), {
          retries,
          signal,
          // The wait is ours: the API may ask for its length.
          minTimeout: 0,
          shouldRetry: ({ error }) => error instanceof TryAgain,
          onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
            if (!(error instanceof TryAgain) || retriesLeft === 0) return;
            const waitMs = waitOf(error, attemptNumber, clock);
            onRetry(error.message, waitMs);
            await clock.sleep(waitMs, signal);
          },
        });
      } catch (cause) {
        if (!(cause instanceof TryAgain)) throw cause;
        const message = `Open Loyalty failed ${retries + 1} times, last: ${cause.message}`;
        throw new PointsmanError('SOURCE_API_FAILED', message, { cause });
      }
    },
    close: () => pool.destroy(),
  };
}

/** Lets callers pass one by one, evenly spaced. */
function pacer({ ratePerSecond, clock, signal }: RestSettings): () => Promise<void> {
  let nextAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const waitMs = nextAtMs - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    nextAtMs = Math.max(nextAtMs, clock.now()) + 1_000 / ratePerSecond;
  };
}

function waitOf({ retryAfterMs }: TryAgain, attempt: number, clock: Clock): number {
  if (retryAfterMs !== null) return Math.min(retryAfterMs, LONGEST_ASKED_WAIT_MS);
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  return Math.round(waitMs * (0.5 + clock.random()));
}

/** What undici, or the system below it, says of a failed call, told by its code; null for any other error. */
function connectionFailure(cause: unknown): Error | null {
  if (!(cause instanceof Error) || cause instanceof PointsmanError || !('code' in cause)) return null;
  if (cause.code !== 'UND_ERR_INVALID_ARG') return new TryAgain(cause.message || String(cause.code));
  return new PointsmanError('SOURCE_API_FAILED', `Open Loyalty cannot be called: ${cause.message}`, { cause });
}

/** Every path of the API begins with `/api`; a configured address may have it or not. */
function addressOf(url: string): { readonly origin: string; readonly prefix: string } {
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '');
  return { origin, prefix: path.endsWith('/api') ? path : `${path}/api` };
}
