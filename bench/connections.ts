import { type HttpConnection, openConnection } from './http-connection.ts';

/** Connections to one server; the last one used is used first. */
export interface Connections {
  /** Sends on a free connection, or waits for one. Resolves with the status; rejects when the connection breaks. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

/** Opens all connections before anything is sent. Rejects when nobody listens. */
export async function openConnections(url: URL, size: number): Promise<Connections> {
  const free = await Promise.all(Array.from({ length: size }, () => openConnection(url)));
  const queue: ((connection: HttpConnection) => void)[] = [];

  function take(): Promise<HttpConnection> {
    const connection = free.pop();
    return connection ? Promise.resolve(connection) : new Promise((resolve) => queue.push(resolve));
  }
  async function replacement(stale: HttpConnection): Promise<HttpConnection> {
    stale.close();
    return openConnection(url);
  }
  function give(connection: HttpConnection): void {
    const next = queue.shift();
    if (next) next(connection);
    else free.push(connection);
  }
  return {
    async send(request) {
      const taken = await take();
      const connection = taken.isFresh ? taken : await replacement(taken);
      try {
        return await connection.send(request);
      } finally {
        give(connection);
      }
    },
    close() {
      for (const connection of free) connection.close();
    },
  };
}
