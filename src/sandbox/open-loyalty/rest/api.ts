import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../../../core/json.ts';
import type { Sandbox } from '../sandbox.ts';
import { WorldError } from '../world/world-error.ts';
import { type Answer, invalid, jsonAnswer, NOT_FOUND, tooManyRequests } from './answer.ts';
import type { Auth } from './auth.ts';
import { listAnswer } from './list.ts';
import type { RateLimit } from './rate-limit.ts';
import { routeOf } from './routes.ts';

/** One call, read fully. */
export interface ApiCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when the body is not JSON. */
  readonly body: Json | undefined;
}

/** What the API answers from. */
export interface Api {
  readonly sandbox: Sandbox;
  readonly auth: Auth;
  readonly limits: { readonly calls: RateLimit; readonly logins: RateLimit };
  /** Whether a 429 says when to come back; unconfirmed. */
  readonly retryAfter: boolean;
}

/** Answers one call as Open Loyalty would: limits, credentials, then the call itself. */
export function serveApi(api: Api, call: ApiCall): Answer {
  const nowMs = api.sandbox.now();
  const segments = segmentsOf(call.path);
  if (segments === null) return NOT_FOUND;
  const path = `${call.method} ${segments.join('/')}`;
  const isLogin = path === 'POST admin/login_check' || path === 'POST token/refresh';
  const waitSeconds = (isLogin ? api.limits.logins : api.limits.calls).take(nowMs);
  if (waitSeconds > 0) return tooManyRequests(api.retryAfter ? waitSeconds : null);
  if (path === 'POST admin/login_check') return api.auth.login(call.body, nowMs);
  if (path === 'POST token/refresh') return api.auth.refresh(call.body, nowMs);
  return api.auth.check(call.headers, nowMs) ?? serveCall(api.sandbox, call, segments);
}

function serveCall(sandbox: Sandbox, { method, query, body }: ApiCall, segments: readonly string[]): Answer {
  const { world, subscriptions } = sandbox;
  if (method === 'GET' && segments.join('/') === 'store') return listStores(sandbox, query);
  const [storeCode = '', ...rest] = segments;
  const tenant = world.tenants.get(storeCode);
  const route = routeOf(method, rest);
  if (tenant === undefined || route === null) return NOT_FOUND;
  if (/^P/.test(method) && rest.at(-1) !== 'deactivate' && body === undefined) return NOT_JSON;
  const emit = (events: Parameters<Sandbox['emit']>[0]) => void sandbox.emit(events);
  const own = { world, subscriptions, tenant, nowMs: sandbox.now(), emit };
  try {
    return route.handler({ ...own, params: route.params, query, body });
  } catch (error) {
    if (error instanceof WorldError) return invalid(error.field, error.message);
    throw error;
  }
}

/** The text for a body that is no JSON is unconfirmed. */
const NOT_JSON = jsonAnswer(400, { code: 400, message: 'Invalid json message received' });

function listStores({ world }: Sandbox, query: URLSearchParams): Answer {
  const items = [...world.tenants.values()];
  const view = ({ storeId, storeCode, currency, name }: (typeof items)[number]) => {
    return { storeId, code: storeCode, currency, name, active: true };
  };
  return listAnswer(query, { items, view });
}

/** What follows `/api/`, decoded; null for another path, or one that cannot be decoded. */
function segmentsOf(path: string): readonly string[] | null {
  if (!path.startsWith('/api/')) return null;
  try {
    return path.slice('/api/'.length).split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
}
