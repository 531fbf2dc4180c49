import { Pool } from 'undici';
import { afterAll } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import {
  type BloomreachSandbox,
  type BloomreachSandboxOptions,
  startBloomreachSandbox,
} from '../../../src/sandbox/bloomreach/server.ts';

export const TOKEN = '6b1c2c3e-0d7a-11ee-8c9d-0242ac120002';
export const KEY = 'key-id';
export const SECRET = 'key-secret';
export const START_MS = Date.UTC(2026, 0, 15, 12);

/** An answer as a client sees it. */
interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape.
  readonly json: any;
}

/** What a test changes about a request. */
interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly timeoutMs?: number;
}

/** A sandbox, a clock that only the test turns, and a client. */
export interface Harness {
  readonly sandbox: BloomreachSandbox;
  readonly clock: { nowMs: number };
  call(path: string, options?: CallOptions): Promise<Reply>;
  /** Posts JSON to the tracking API. */
  track(route: string, body: Json, headers?: Record<string, string>): Promise<Reply>;
  /** Posts JSON to the data API. */
  data(route: string, body: Json): Promise<Reply>;
  fault(spec: Json): Promise<Reply>;
}

/** Starts a sandbox for a test file; it is closed after the file's tests. Writes are visible at once unless asked otherwise. */
export async function startHarness(settings: BloomreachSandboxOptions['settings'] = {}): Promise<Harness> {
  const clock = { nowMs: START_MS };
  const sandbox = await startBloomreachSandbox({
    projectToken: TOKEN,
    apiKeyId: KEY,
    apiSecret: SECRET,
    clock: () => clock.nowMs,
    random: sequence(),
    settings: { queueDelayMs: { min: 0, max: 0 }, ...settings },
  });
  const pool = new Pool(sandbox.url, { connections: 4 });
  afterAll(async () => {
    await pool.destroy();
    await sandbox.close();
  });
  const call = (path: string, options: CallOptions = {}) => send(pool, path, options);
  const post = (path: string, body: Json, headers: Record<string, string> = {}) =>
    call(path, { headers, body: JSON.stringify(body) });
  return {
    sandbox,
    clock,
    call,
    track: (route, body, headers) => post(`/track/v2/projects/${TOKEN}/${route}`, body, headers),
    data: (route, body) => post(`/data/v2/projects/${TOKEN}/${route}`, body),
    fault: (spec) => post('/_sandbox/faults', spec),
  };
}

export function basic(key: string, secret: string): string {
  return `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
}

/** Ann's event, changed as a test likes. */
export function annEvent(changes: JsonObject = {}): JsonObject {
  return {
    customer_ids: { registered: 'ann' },
    event_type: 'points_earned',
    timestamp: START_MS / 1000,
    properties: { points: 10 },
    ...changes,
  };
}

async function send(pool: Pool, path: string, { method = 'POST', headers = {}, body, timeoutMs = 5000 }: CallOptions) {
  const response = await pool.request({
    path,
    method,
    headers: { authorization: basic(KEY, SECRET), 'content-type': 'application/json', ...headers },
    body: method === 'GET' ? null : (body ?? ''),
    headersTimeout: timeoutMs,
  });
  const text = await response.body.text();
  return { status: response.statusCode, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Evenly spread and the same in every run. */
function sequence(): () => number {
  let last = 0.5;
  return () => {
    last = (last + 0.618_033_988_749_895) % 1;
    return last;
  };
}
