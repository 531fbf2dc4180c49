import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PointsmanError } from '../core/errors.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { WEBHOOK_PREFIX } from './webhook-door.ts';

/** What the server answers with. */
export interface ServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly door: RequestListener;
  /** Everything that is not a webhook. */
  readonly app: RequestListener;
  /** How long a client may take to send a whole request, in ms. */
  readonly requestTimeoutMs: number;
}

/** A listening server. */
export interface HttpServer {
  readonly url: string;
  /** Takes no new connection and resolves when the requests in progress are answered or their time is up. */
  close(): Promise<void>;
  /** Drops every connection. */
  destroy(): void;
}

/** How long a client whose request was malformed may take to read why, in ms. */
const LINGER_MS = 1_000;
/** How soon a kept connection is closed after its last answer while the server closes, in ms. */
const SWEEP_MS = 50;

/** Starts listening. Throws `CONFIG_INVALID` when the address cannot be used. */
export async function startServer(options: ServerOptions): Promise<HttpServer> {
  const server = createServer(
    {
      requestTimeout: options.requestTimeoutMs,
      headersTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => (isWebhook(request) ? options.door : options.app)(request, response),
  );
  server.on('clientError', refuseMalformed);
  const unused = unusedConnections(server);
  await listen(server, options);
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () => {
      for (const socket of unused) socket.destroy();
      return close(server, options.requestTimeoutMs);
    },
    destroy: () => server.closeAllConnections(),
  };
}

function isWebhook(request: IncomingMessage): boolean {
  return request.url?.startsWith(WEBHOOK_PREFIX) ?? false;
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new PointsmanError('CONFIG_INVALID', `Cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

/** Node looks at no request's time any more once it is closing: one that never ends would hold it open for ever. */
function close(server: Server, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    const limit = setTimeout(() => server.closeAllConnections(), limitMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(limit);
      resolve();
    });
  });
}

/** The connections that never carried a request: Node does not count them as idle, browsers open them ahead of need. */
function unusedConnections(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  return unused;
}

/** Node calls this for a request it cannot parse, and for one that takes too long to arrive. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const problem = slow
    ? problemOf(new PointsmanError('SOURCE_TOO_SLOW', 'The request did not arrive in time'))
    : problemOf(new PointsmanError('SOURCE_NOT_JSON', 'This is not a valid HTTP request'));
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${slow ? 'Request Timeout' : 'Bad Request'}\r\nconnection: close\r\n` +
      `content-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // A client that keeps its half open must not keep ours.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
