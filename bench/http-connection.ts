import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { monotonicMs } from './clock.ts';
import { completeStatus } from './http-answer.ts';

/**
 * One kept connection that carries one request at a time: the least a load can cost, so that it and not the server is
 * what has time to spare.
 */
export interface HttpConnection {
  /** Whether it may be used: a server may close what was idle for some seconds, even while a request is on its way. */
  readonly isFresh: boolean;
  /** Sends a whole request; resolves with the answer's status. Rejects with the reason when the connection breaks. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

interface Waiting {
  readonly resolve: (status: number) => void;
  readonly reject: (error: Error) => void;
}

const ANSWER_LIMIT_MS = 30_000;
/** Less than the 5 s after which Node's server closes an idle connection. */
const FRESH_MS = 3_000;

/** Opens a connection. Rejects when nobody listens. */
export async function openConnection(url: URL): Promise<HttpConnection> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await once(socket, 'connect');
  return connectionOn(socket);
}

function connectionOn(socket: Socket): HttpConnection {
  let waiting: Waiting | null = null;
  let answer = '';
  let usedAt = monotonicMs();
  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = null;
  };
  socket.setEncoding('latin1');
  socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy(new Error('TIMEOUT')));
  socket.on('data', (text: string) => {
    answer += text;
    const status = completeStatus(answer);
    if (status === null) return;
    answer = '';
    usedAt = monotonicMs();
    waiting?.resolve(status);
    waiting = null;
  });
  socket.on('error', fail);
  socket.on('end', () => socket.destroy());
  socket.on('close', () => fail(new Error('CLOSED')));
  return {
    get isFresh() {
      return !socket.destroyed && !socket.readableEnded && monotonicMs() - usedAt < FRESH_MS;
    },
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.destroy(),
  };
}
