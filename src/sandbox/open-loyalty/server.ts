import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Emitter } from './emitter.ts';
import { type ExchangeContext, exchange } from './exchange.ts';
import type { FaultSwitch } from './faults.ts';
import { Chance, forkRandom } from './random.ts';
import { Auth } from './rest/auth.ts';
import { RateLimit } from './rest/rate-limit.ts';
import { type Passage, type PassageOptions, Sandbox, type WideSubscription } from './sandbox.ts';
import type { WebhookDelivery } from './webhooks/delivery.ts';
import { DEFAULT_EMITTER_SETTINGS, type EmitterSettings } from './webhooks/settings.ts';
import type { Subscription } from './webhooks/subscriptions.ts';
import type { WorldEvent } from './world/event.ts';
import type { World, WorldOptions } from './world.ts';

/** How a sandbox is set up. */
export interface OpenLoyaltySandboxOptions extends Omit<WorldOptions, 'nowMs'> {
  /** Default 127.0.0.1. The control API asks for no credentials: think twice before binding to anything else. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Unix time in ms. */
  readonly clock: { now(): number };
  /** The permanent key of the REST API. */
  readonly apiToken: string;
  /** The login of the REST API; default `admin` and the permanent key. */
  readonly admin?: { readonly username: string; readonly password: string };
  /** REST calls per second; 0, the default, is without limit. */
  readonly callsPerSecond?: number;
  /** Logins and refreshes per minute; default 20. */
  readonly loginsPerMinute?: number;
  /** Whether a 429 carries `Retry-After`; default true. */
  readonly retryAfter?: boolean;
  /** Looks at the clock as often, in ms, and runs the scans that are due; 0, the default, leaves that to `tick` and `advance`. */
  readonly tickMs?: number;
  /** What differs from DEFAULT_EMITTER_SETTINGS. */
  readonly emitter?: Partial<EmitterSettings>;
}

/** A running sandbox. */
export interface OpenLoyaltySandbox {
  /** The base URL, without a slash at its end; the REST API is below `/api`. */
  readonly url: string;
  readonly port: number;
  readonly world: World;
  readonly emitter: Emitter;
  readonly faults: FaultSwitch;
  /** The world's time, in ms: the clock's, and as far ahead as it was put. */
  now(): number;
  /** Subscribes to many events at once; by default all of all tenants. */
  subscribe(subscription: WideSubscription): readonly Subscription[];
  /** Lets something happen now; resolves when all subscribers have been told. */
  play(verb: (world: World, nowMs: number) => readonly WorldEvent[]): Promise<readonly WebhookDelivery[]>;
  /** As many things happen by chance, now. */
  activity(count: number): Promise<Passage>;
  /** Runs the scans that the clock has passed. */
  tick(options?: PassageOptions): Promise<Passage>;
  /** Puts the world's clock ahead, scan by scan. */
  advance(ms: number, options?: PassageOptions): Promise<Passage>;
  /** Resolves when nothing is being told any more: REST calls do not wait for webhooks. */
  idle(): Promise<void>;
  /** Stops at once, hanging requests included; calling it again does no harm. */
  close(): Promise<void>;
}

/** Starts a wire-faithful Open Loyalty; rejects when it cannot listen. It calls nothing but subscribed URLs. */
export async function startOpenLoyaltySandbox(options: OpenLoyaltySandboxOptions): Promise<OpenLoyaltySandbox> {
  const { host = '127.0.0.1', port = 0, tickMs = 0 } = options;
  const context = contextOf(options);
  const { sandbox } = context.api;
  const closing = new AbortController();
  const server = createServer(listener({ ...context, closing: closing.signal }));
  // Idle connections outlive a client's pool, so that no test sees a reset that it did not ask for.
  server.keepAliveTimeout = 120_000;
  server.listen(port, host);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  if (tickMs > 0) void tickAway(sandbox, tickMs, closing.signal);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    world: sandbox.world,
    emitter: sandbox.emitter,
    faults: sandbox.faults,
    now: () => sandbox.now(),
    subscribe: (subscription) => sandbox.subscribe(subscription),
    play: (verb) => sandbox.play(verb),
    activity: (count) => sandbox.activity(count),
    tick: (passage) => sandbox.tick(passage),
    advance: (ms, passage) => sandbox.advance(ms, passage),
    idle: () => sandbox.idle(),
    close: () => close({ server, sandbox, closing }),
  };
}

function contextOf(options: OpenLoyaltySandboxOptions): Omit<ExchangeContext, 'closing'> {
  const { random, apiToken, callsPerSecond = 0, loginsPerMinute = 20, retryAfter = true } = options;
  const { username, password } = options.admin ?? { username: 'admin', password: apiToken };
  const auth = new Auth({ apiToken, username, password }, new Chance(forkRandom(random)));
  const sandbox = new Sandbox({ ...options, emitter: { ...DEFAULT_EMITTER_SETTINGS, ...options.emitter } });
  const limits = { calls: new RateLimit(callsPerSecond, 1000), logins: new RateLimit(loginsPerMinute, 60_000) };
  return { api: { sandbox, auth, limits, retryAfter } };
}

function listener(context: ExchangeContext): Parameters<typeof createServer>[1] {
  return (incoming, response) => {
    exchange(context, incoming, response).catch(() => {
      // The sandbox is closing, the caller hung up, or there is a bug: either way nobody must hang.
      if (context.closing.aborted || response.headersSent) return response.destroy();
      return response.writeHead(500, { 'content-type': 'application/json' }).end('{"code":500}');
    });
  };
}

async function tickAway(sandbox: Sandbox, tickMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await setTimeout(tickMs, null, { signal, ref: false }).catch(() => null);
    if (!signal.aborted) await sandbox.tick();
  }
}

interface Running {
  readonly server: Server;
  readonly sandbox: Sandbox;
  readonly closing: AbortController;
}

async function close({ server, sandbox, closing }: Running): Promise<void> {
  closing.abort();
  await sandbox.close();
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
