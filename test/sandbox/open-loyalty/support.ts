import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { onTestFinished } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { seededRandom } from '../../../src/sandbox/open-loyalty/random.ts';
import {
  type OpenLoyaltySandbox,
  type OpenLoyaltySandboxOptions,
  startOpenLoyaltySandbox,
} from '../../../src/sandbox/open-loyalty/server.ts';
import type { Member } from '../../../src/sandbox/open-loyalty/world/member.ts';
import { createWorld, type World, type WorldOptions } from '../../../src/sandbox/open-loyalty/world.ts';

export const START_MS = Date.UTC(2026, 0, 15, 12);
export const DAY_MS = 86_400_000;
export const TOKEN = 'sandbox-api-token';

/** A world from a seed. */
export function worldOf(seed: number, options: Partial<WorldOptions> = {}): World {
  return createWorld({ random: seededRandom(seed), nowMs: START_MS, ...options });
}

/** A member of a tenant, the first that fits. */
export function memberOf(world: World, storeCode: string, fits: (member: Member) => boolean = () => true): Member {
  const member = world.state.membersOf(storeCode).find(fits);
  if (member === undefined) throw new Error('No member fits');
  return member;
}

/** What a receiver got. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into bodies of every shape.
  readonly json: any;
}

/** Answers the nth request: a status, or `reset`. */
type AnswerPlan = (nth: number, received: Received) => number | 'reset' | Promise<number>;

/** Starts a server that keeps what arrives and answers as planned; it ends with the test. */
export async function startReceiver(plan: AnswerPlan = () => 200) {
  const received: Received[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const one = { headers: incoming.headers, url: incoming.url ?? '', text, json: JSON.parse(text) };
    received.push(one);
    const answer = await plan(received.length, one);
    if (answer === 'reset') response.socket?.resetAndDestroy();
    else response.writeHead(answer).end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

/** A sandbox with a clock that only the test turns; it ends with the test. */
export async function startSandbox(options: Partial<OpenLoyaltySandboxOptions> = {}) {
  const clock = { nowMs: START_MS };
  const sandbox = await startOpenLoyaltySandbox({
    clock: { now: () => clock.nowMs },
    random: seededRandom(7),
    apiToken: TOKEN,
    ...options,
  });
  onTestFinished(() => sandbox.close());
  return { clock, sandbox, call: caller(sandbox), control: controller(sandbox) };
}

/** An answer as a client sees it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape.
  readonly json: any;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Call = (line: string, body?: Json, headers?: Record<string, string>) => Promise<Reply>;

/** Calls `METHOD /path` with the permanent key unless headers say otherwise. */
function caller({ url }: OpenLoyaltySandbox): Call {
  return (line, body, headers = { 'x-auth-token': TOKEN }) => send(url, line, { body, headers });
}

function controller({ url }: OpenLoyaltySandbox): (line: string, body?: JsonObject) => Promise<Reply> {
  return (line, body) => send(url, line.replace(' ', ' /_sandbox/'), { body, headers: {} });
}

async function send(
  url: string,
  line: string,
  { body, headers }: { readonly body: Json | undefined; readonly headers: Record<string, string> },
): Promise<Reply> {
  const [method = 'GET', path = '/'] = line.split(' ');
  const response = await request(url + path, {
    method: method as Method,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    headersTimeout: 5000,
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
