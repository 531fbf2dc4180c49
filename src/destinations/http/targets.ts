import type { buildConnector } from 'undici';
import { publicId } from '../../core/id.ts';
import { type Caller, createCaller, type HttpCall } from '../shared/caller.ts';
import type { CallOutcome } from '../shared/exchange.ts';
import { authorizationOf, type HttpAuth, secretsOfAuth } from './auth.ts';
import { bodyText, type FrozenHttpRequest } from './frozen-request.ts';
import { guardedConnector } from './guarded-connector.ts';
import type { HttpEndpoint, HttpEndpoints } from './http-endpoint.ts';
import { createSigner, type Signer } from './sign.ts';
import { urlTemplateOf } from './url-template.ts';

/** Where calls go, and what goes along with each. */
export interface TargetSettings {
  readonly endpoints: HttpEndpoints;
  readonly auth: HttpAuth;
  /** Null = calls are not signed. */
  readonly signing: { readonly secrets: readonly string[] } | null;
  /** Whether private addresses may be connected to. */
  readonly allowPrivate: boolean;
  /** Hosts whose addresses may be private all the same. */
  readonly allowHosts: readonly string[];
  readonly timeoutMs: number;
  readonly limits: { readonly concurrency: number };
}

/** Where one endpoint's calls go. */
interface Target {
  /** Makes the call of a delivery. Never rejects, never sends twice. */
  send(id: number, frozen: FrozenHttpRequest, nowSeconds: number, signal: AbortSignal): Promise<CallOutcome>;
  close(): Promise<void>;
}

/** Of an answer only what failed is kept, and little of that. */
const RESPONSE_LIMIT_BYTES = 64 * 1024;
const DEFAULT_HEADERS: Readonly<Record<string, string>> = { accept: '*/*', 'user-agent': 'pointsman' };
/** Declared headers that hold no secret. */
const OPEN_HEADERS = new Set(['accept', 'content-type', 'user-agent']);
/** Shorter values would black out words of every answer. */
const SHORTEST_SECRET = 8;

/** The targets by endpoint; those of one origin share its connections. Opens none yet. */
export function targetsOf(settings: TargetSettings): ReadonlyMap<string, Target> {
  const signer = settings.signing === null ? null : createSigner(settings.signing.secrets);
  const callers = new Map<string, Caller>();
  return new Map(
    [...settings.endpoints].map(([name, endpoint]) => {
      const { origin } = urlTemplateOf(endpoint.url);
      const caller = callers.get(origin) ?? callerOf(origin, settings);
      callers.set(origin, caller);
      return [name, targetOf(caller, declaredHeaders(endpoint), authorizationOf(settings.auth), signer)];
    }),
  );
}

/** What must never be shown: credentials, and the declared headers that may be some. */
export function secretsOf({ endpoints, auth, signing }: TargetSettings): readonly string[] {
  const headers = [...endpoints.values()].flatMap((endpoint) => Object.entries(declaredHeaders(endpoint)));
  const values = headers.filter(([name, value]) => !OPEN_HEADERS.has(name) && value.length >= SHORTEST_SECRET);
  return [...secretsOfAuth(auth), ...(signing?.secrets ?? []), ...values.map(([, value]) => value)];
}

function callerOf(origin: string, { allowPrivate, allowHosts, timeoutMs, limits }: TargetSettings): Caller {
  const hostname = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  const isOpen = allowPrivate || allowHosts.some((host) => host.toLowerCase().replace(/^\[|\]$/g, '') === hostname);
  const connector: { readonly connector?: buildConnector.connector } = isOpen
    ? {}
    : { connector: guardedConnector(timeoutMs) };
  return createCaller({ origin, timeoutMs, connections: limits.concurrency, ...connector });
}

function targetOf(
  caller: Caller,
  declared: Readonly<Record<string, string>>,
  authorization: string | null,
  signer: Signer | null,
): Target {
  return {
    send(id, frozen, nowSeconds, signal) {
      const body = bodyOf(frozen);
      const webhookId = publicId('dlv', id);
      const signature = signer?.sign(webhookId, nowSeconds, body ?? '');
      const headers = {
        ...DEFAULT_HEADERS,
        ...declared,
        ...frozen.headers,
        ...(authorization !== null && { authorization }),
        // Unsigned too: by it a receiver knows a repeat.
        'webhook-id': webhookId,
        ...(signature !== undefined && { 'webhook-timestamp': String(nowSeconds), 'webhook-signature': signature }),
      };
      const path = frozen.query === '' ? frozen.path : `${frozen.path}?${frozen.query}`;
      const method = frozen.method as HttpCall['method'];
      return caller.call({ method, path, headers, body, responseLimitBytes: RESPONSE_LIMIT_BYTES }, signal);
    },
    close: () => caller.close(),
  };
}

function bodyOf({ body, headers }: FrozenHttpRequest): string | null {
  return body === undefined ? null : bodyText(body, headers['content-type'] ?? 'application/json');
}

function declaredHeaders({ headers }: HttpEndpoint): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
