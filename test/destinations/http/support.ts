import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../src/core/json.ts';
import { createHttp, type HttpSettings } from '../../../src/destinations/http/destination.ts';
import { httpEndpoints } from '../../../src/destinations/http/endpoints.ts';
import type { Destination } from '../../../src/ports/destination.ts';
import { claimed, LIMITS } from '../bloomreach/support.ts';

/** One request as the other side got it. */
export interface Got {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the other side answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A system with an HTTP API, and a destination that leads to it. */
export class Crm {
  readonly got: Got[] = [];
  readonly #closers: (() => Promise<unknown>)[] = [];
  #port = 0;
  /** Null = it never answers. */
  reply: (got: Got) => Reply | null = () => ({ status: 204 });

  async start(): Promise<this> {
    const server: Server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url, headers } = request;
      const got = { method, url, headers, body: Buffer.concat(chunks).toString() };
      this.got.push(got);
      const reply = this.reply(got);
      if (reply === null) return;
      const { status, headers: answered = {}, body = '' } = reply;
      response.writeHead(status, answered).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#closers.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  settings(changes: Partial<HttpSettings> = {}): HttpSettings {
    const url = `${this.origin}/members/{id}?fixed=1`;
    return {
      id: 'crm',
      endpoints: new Map([['member', { method: 'POST', url, headers: {}, description: '' }]]),
      auth: { type: 'none' },
      signing: null,
      allowPrivate: true,
      allowHosts: [],
      timeoutMs: 5000,
      limits: { ...LIMITS, batchSize: 1 },
      retry: { quick: 0, scheduleMs: [], jitter: 0, giveUpAfterMs: 0 },
      ...changes,
    };
  }

  destination(settings: HttpSettings, nowMs: () => number = () => 0): Destination {
    const destination = createHttp(settings, { now: nowMs, random: () => 0.5, sleep: async () => {} });
    this.#closers.push(() => destination.close());
    return destination;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }
}

/** A delivery whose request is frozen as the settings say. */
export function deliveryOf(settings: HttpSettings, request: JsonObject, endpoint = 'member', id = 1) {
  const frozen = httpEndpoints(settings.id, settings.endpoints).get(endpoint)?.freeze(request, 0);
  if (!frozen?.ok) throw new Error(JSON.stringify(frozen));
  return claimed({ id, destination: settings.id, endpoint, request: frozen.text });
}
