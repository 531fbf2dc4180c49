import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as the other system got it. */
export interface AuditCall {
  /** The `webhook-id`: the delivery's id. */
  readonly delivery: string;
  readonly body: string;
  /** Whether it was taken, answered or not. */
  readonly isTaken: boolean;
}

/** Another system with an HTTP API, and its faults. */
export interface AuditSink {
  readonly url: string;
  /** From now on every call is taken and answered. */
  heal(): void;
  close(): Promise<void>;
}

/** Starts it; each call is told of before it is answered, if it is. */
export async function startAuditSink(random: () => number, onCall: (call: AuditCall) => void): Promise<AuditSink> {
  const state = { isHealed: false };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A client that was killed in mid-send.
    request.on('error', () => undefined);
    request.on('end', () => {
      const fate = state.isHealed ? 1 : random();
      const isTaken = fate > 0.08;
      const delivery = String(request.headers['webhook-id']);
      onCall({ delivery, body: Buffer.concat(chunks).toString(), isTaken });
      if (!isTaken) response.writeHead(fate > 0.03 ? 500 : 429).end('{}');
      else if (fate < 0.12) request.socket.resetAndDestroy();
      else setTimeout(() => response.writeHead(204).end(), random() * 15);
    });
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heal: () => {
      state.isHealed = true;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
