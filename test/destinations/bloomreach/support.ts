import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ClaimedDelivery } from '../../../src/core/delivery.ts';
import { type BloomreachSettings, createBloomreach } from '../../../src/destinations/bloomreach/destination.ts';
import type { CallLimits, Destination } from '../../../src/ports/destination.ts';

/** A moment that every test of this room calls now: 2026-02-11T08:30:00Z. */
export const NOW_MS = Date.UTC(2026, 1, 11, 8, 30);

export const SECRETS = { projectToken: 'token-1111', apiKeyId: 'key-2222', apiSecret: 'secret-3333' };

export const LIMITS: CallLimits = {
  ratePerSecond: 1000,
  concurrency: 4,
  batchSize: 50,
  lingerMs: 0,
  breakerFailures: 10,
  probeMs: 30_000,
};

/** What a test opened, closed after it. */
export class Opened {
  readonly #closers: (() => Promise<unknown>)[] = [];

  destination(port: number, settings: Partial<BloomreachSettings> = {}): Destination {
    const destination = createBloomreach(
      {
        id: 'bloomreach',
        baseUrl: `http://127.0.0.1:${port}`,
        ...SECRETS,
        timeoutMs: 5000,
        limits: LIMITS,
        retry: { quick: 0, scheduleMs: [], jitter: 0, giveUpAfterMs: 0 },
        ...settings,
      },
      { now: () => NOW_MS, random: () => 0.5, sleep: async () => {} },
    );
    this.#closers.push(() => destination.close());
    return destination;
  }

  /** A TCP server; what it reads is up to the handler. */
  async tcp(handler: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      handler(socket);
    });
    return this.#listen(server, () => {
      for (const socket of sockets) socket.destroy();
    });
  }

  async http(listener: RequestListener): Promise<number> {
    const server = createHttpServer(listener);
    return this.#listen(server, () => server.closeAllConnections());
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }

  async #listen(server: Server, hangUp: () => void): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#closers.push(async () => {
      hangUp();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export const EVENT_TEXT =
  '{"customer_ids":{"registered":"ann@example.com"},"event_type":"loyalty_challenge","timestamp":1770798600.123,"properties":{"tier":"Gold"}}';

export function claimed(overrides: Partial<ClaimedDelivery> = {}): ClaimedDelivery {
  return {
    id: 1,
    eventId: 1,
    mapping: 'tier-change',
    destination: 'bloomreach',
    endpoint: 'event',
    request: EVENT_TEXT,
    claimNo: 1,
    retries: 0,
    attempts: 0,
    pendingSinceMs: NOW_MS,
    shareLimit: null,
    ...overrides,
  };
}

/** A signal that never aborts. */
export function patient(): AbortSignal {
  return new AbortController().signal;
}

/** A raw HTTP answer. */
export function rawAnswer(status: number, body: string, contentLength = Buffer.byteLength(body)): string {
  return `HTTP/1.1 ${status} Whatever\r\ncontent-type: application/json\r\ncontent-length: ${contentLength}\r\n\r\n${body}`;
}

/** Calls back when a whole request to us has been read. */
export function onRequest(socket: Socket, answer: () => void): void {
  let seen = '';
  socket.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    const [head = '', body = ''] = seen.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (!seen.includes('\r\n\r\n') || Buffer.byteLength(body) < length) return;
    seen = '';
    answer();
  });
}
