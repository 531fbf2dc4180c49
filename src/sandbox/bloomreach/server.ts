import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ExchangeContext, exchange } from './exchange.ts';
import type { FaultSwitch } from './faults.ts';
import { Project } from './project.ts';
import { DEFAULT_SETTINGS, type SandboxSettings } from './settings.ts';
import { type SandboxState, stateOf } from './state.ts';

/** How a sandbox is set up. */
export interface BloomreachSandboxOptions {
  /** Default 127.0.0.1. The control API asks for no credentials: think twice before binding to anything else. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
  /** Milliseconds since the epoch: for receipt, queue, dedupe window, rate limit, end of faults. */
  readonly clock: () => number;
  /** 0 up to but not including 1: the queue's delay, the order of batches, the faults. */
  readonly random: () => number;
  /** What differs from DEFAULT_SETTINGS. */
  readonly settings?: Partial<SandboxSettings>;
}

/** A running sandbox. */
export interface BloomreachSandbox {
  /** The base URL, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly state: SandboxState;
  readonly faults: FaultSwitch;
  /** Stops at once, hanging requests included; calling it again does no harm. */
  close(): Promise<void>;
}

/** Starts a wire-faithful Bloomreach Engagement; rejects when it cannot listen. */
export async function startBloomreachSandbox(options: BloomreachSandboxOptions): Promise<BloomreachSandbox> {
  const { host = '127.0.0.1', port = 0, projectToken, apiKeyId, apiSecret, clock, random } = options;
  const project = new Project({
    credentials: { projectToken, apiKeyId, apiSecret },
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    clock,
    random,
  });
  const closing = new AbortController();
  const server = createServer(listener({ project, closing: closing.signal, requestId: requestIds(random) }));
  // Idle connections outlive a client's pool, so that no test sees a reset that it did not ask for.
  server.keepAliveTimeout = 120_000;
  server.listen(port, host);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    state: stateOf(project),
    faults: project.faults,
    close: () => close(server, closing),
  };
}

function listener(context: ExchangeContext): (incoming: IncomingMessage, response: ServerResponse) => void {
  return (incoming, response) => {
    exchange(context, incoming, response).catch(() => {
      // The sandbox is closing, or has a bug: either way the caller must not hang.
      if (context.closing.aborted || response.headersSent) return response.destroy();
      return response.writeHead(500, { 'content-type': 'application/json' }).end('{"success":false}');
    });
  };
}

async function close(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Ids in the shape of a UUID, cheap to make: one random number per run, then a counter. */
function requestIds(random: () => number): () => string {
  const run = Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  let count = 0;
  return () => {
    count += 1;
    return `${run}-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
  };
}
