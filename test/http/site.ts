import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ruleSetOf } from '../../src/core/rule-set.ts';
import { type AppTools, createApp } from '../../src/http/app.ts';
import { type HttpServer, startServer } from '../../src/http/server.ts';
import { createWebhookDoor } from '../../src/http/webhook-door.ts';
import { Unrouted } from '../../src/pipeline/receive/unrouted.ts';
import { createReplayDesk } from '../../src/pipeline/replay/replay-desk.ts';
import type { Source } from '../../src/ports/source.ts';
import { type Corridor, createCorridor } from '../support/corridor.ts';
import { createFakeSource } from '../support/fake-source.ts';
import { aMapping } from '../support/samples.ts';

const NOTHING = { events: 0, same: 0, changed: 0, newlySent: 0, newlySkipped: 0, nowFailing: 0 };

/** The token that the API of a test site takes. */
export const TOKEN = 'a-token-of-the-api';

/** The bytes that the door of a test site takes at most. */
export const BODY_LIMIT = 1_024;

/** How long a client of a test site may take, in ms. */
export const REQUEST_TIMEOUT_MS = 300;

/** A running server over a corridor in memory. */
export interface Site {
  readonly corridor: Corridor;
  readonly server: HttpServer;
  readonly url: string;
  readonly port: number;
  /** Posts to the fake source with the right token, unless told otherwise. */
  post(body: string | Uint8Array, init?: RequestInit): Promise<Response>;
  /** Reads from the API with the right token, unless told otherwise. */
  get(path: string, init?: RequestInit): Promise<Response>;
}

/** What a site may be given instead of its own. */
export interface SiteParts {
  readonly source?: Source;
  readonly app?: Partial<AppTools>;
  readonly requestTimeoutMs?: number;
}

const open: HttpServer[] = [];

/** Starts a site on a free port; `closeSites` ends it. */
export async function openSite(parts: SiteParts = {}): Promise<Site> {
  const { source = createFakeSource(), app = {}, requestTimeoutMs = REQUEST_TIMEOUT_MS } = parts;
  const corridor = createCorridor({ source });
  const { store, log, clock, destination, deliverer, pauses } = corridor;
  const door = createWebhookDoor({
    ...{ store, log, clock, engine: corridor.engine, redact: [], onAccepted: () => {}, onRouted: () => {} },
    ...{ ruleSet: () => ruleSetOf([aMapping()]), memberIdKind: 'email', unrouted: new Unrouted() },
    endpoint: () => null,
    deliverers: { offers: () => [], take: () => {} },
    sources: new Map([[source.id, source]]),
    bodyLimitBytes: BODY_LIMIT,
  });
  const api = createApp({
    ...{ log, clock, store, reads: store, version: '1.2.3' },
    sources: new Map([[source.id, source]]),
    tokens: [{ name: 'ops', role: 'viewer', token: TOKEN }],
    ruleSet: () => ruleSetOf([aMapping()]),
    destinations: new Map([[destination.id, destination]]),
    isConfigurationValid: () => true,
    missingDestinations: async () => [],
    delivering: { pauses, statuses: () => [deliverer.status()], wake: () => void corridor.hints.settled++ },
    looks: {
      explain: async () => ({ formulas: [], remark: null }),
      preview: async () => ({ ok: true, found: [] }),
      diff: async () => ({ ok: true, found: { summary: NOTHING, changes: [] } }),
    },
    metrics: { contentType: 'text/plain; version=0.0.4', scrape: async () => 'pointsman_up 1\n' },
    unreadiness: async () => null,
    replays: createReplayDesk({
      ...{ store, clock, log, engine: corridor.engine, memberIdKind: 'email', onReplay: () => {} },
      endpoint: (_id, name) => destination.endpoints.get(name) ?? null,
      facts: (keys) => store.facts(keys),
      ruleSet: () => ruleSetOf([aMapping()]),
    }),
    forgetting: { store, clock, log },
    ...app,
  });
  const host = '127.0.0.1';
  const server = await startServer({ host, port: 0, door, app: api, requestTimeoutMs });
  open.push(server);
  return {
    ...{ corridor, server, url: server.url, port: Number(new URL(server.url).port) },
    post: (body, init = {}) =>
      fetch(`${server.url}/webhooks/loyalty`, { method: 'POST', headers: { 'x-token': 'right' }, body, ...init }),
    get: (path, init = {}) => fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` }, ...init }),
  };
}

/** Ends every site of a test. */
export async function closeSites(): Promise<void> {
  for (const server of open.splice(0)) {
    server.destroy();
    await server.close();
  }
}

/** Holds every commit of a site's store until `release`; `asked` resolves when the first one is asked for. */
export function holdCommits({ corridor }: Site): { readonly asked: Promise<void>; release(): void } {
  const { accept } = corridor.store;
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  corridor.store.accept = async (drafts, offers) => {
    asked.resolve();
    await released.promise;
    return accept(drafts, offers);
  };
  return { asked: asked.promise, release: () => released.resolve() };
}

/** A client that writes bytes as it likes and keeps what it reads. */
export interface RawClient {
  readonly socket: Socket;
  /** Everything read so far. */
  readonly read: () => string;
  /** Resolves when the server has ended the connection; with whether it was orderly. */
  readonly ended: Promise<'orderly' | 'reset'>;
}

/** Connects and sends the head of a webhook with the right token, or any other text. */
export async function connectRaw(port: number, text: string): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let read = '';
  socket.on('data', (chunk) => {
    read += chunk;
  });
  const ended = new Promise<'orderly' | 'reset'>((resolve) => {
    socket.on('end', () => resolve('orderly'));
    socket.on('error', () => resolve('reset'));
  });
  await once(socket, 'connect');
  socket.write(text);
  return { socket, read: () => read, ended };
}

/** The head of a webhook that announces so many bytes. */
export function headOf(contentLength: number | 'chunked', token = 'right'): string {
  const framing = contentLength === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${contentLength}`;
  return `POST /webhooks/loyalty HTTP/1.1\r\nhost: pointsman\r\nx-token: ${token}\r\n${framing}\r\n\r\n`;
}

/** A problem as a client reads it. */
export async function problemIn(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}
