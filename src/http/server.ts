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
  /** Takes no new connection and resolves when those in use have been answered. */
  close(): Promise<void>;
  /** Drops every connection. */
  destroy(): void;
}

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
  await listen(server, options);
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
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
}
