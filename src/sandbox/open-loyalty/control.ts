import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { ControlInputError, parseFault } from './fault-input.ts';
import { type Answer, jsonAnswer } from './rest/answer.ts';
import type { Sandbox } from './sandbox.ts';
import type { Tenant } from './world/programme.ts';

/** Where the control API lives; nothing of Open Loyalty's begins with it. */
export const CONTROL_PREFIX = '/_sandbox/';

/** One control request. */
export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined when the body is not JSON. */
  readonly json: Json | undefined;
}

type Control = (sandbox: Sandbox, request: ControlRequest) => Answer | Promise<Answer>;

const CONTROLS: ReadonlyMap<string, Control> = new Map<string, Control>([
  ['GET faults', ({ faults }) => jsonAnswer(200, { faults: faults.list() })],
  ['POST faults', ({ faults }, { json }) => jsonAnswer(201, faults.add(parseFault(json)))],
  ['DELETE faults', clearFaults],
  ['GET stats', (sandbox) => jsonAnswer(200, { nowMs: sandbox.now(), ...sandbox.emitter.stats() })],
  ['GET deliveries', listDeliveries],
  ['GET world', describeWorld],
  ['POST subscribe', subscribe],
  ['POST advance', advance],
  ['POST activity', activity],
  ['POST flush', async ({ emitter }) => jsonAnswer(200, { messages: (await emitter.flush()).length })],
  ['POST reset', reset],
]);

/**
 * Answers the control API: faults, time, bursts of activity, and what became of the webhooks. It asks for no
 * credentials, so the sandbox must only listen where everyone who can reach it may use it: by default the loopback.
 * Bad input is answered with 400 and `{error, field}`.
 */
export async function control(sandbox: Sandbox, request: ControlRequest): Promise<Answer> {
  const handle = CONTROLS.get(`${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`);
  if (handle === undefined) {
    return jsonAnswer(404, { error: `no such control; there are: ${[...CONTROLS.keys()].join(', ')}` });
  }
  try {
    return await handle(sandbox, request);
  } catch (error) {
    if (!(error instanceof ControlInputError)) throw error;
    return jsonAnswer(400, { error: error.message, field: error.field });
  }
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 3660;
const MOST_ACTIVITY = 100_000;

/** `{days}` or `{ms}`, with `activityPerDay`. */
async function advance(sandbox: Sandbox, { json }: ControlRequest): Promise<Answer> {
  const body = bodyOf(json);
  const days = numberIn(body, 'days', MOST_DAYS, 0);
  const ms = numberIn(body, 'ms', MOST_DAYS * DAY_MS, 0);
  const activityPerDay = Math.floor(numberIn(body, 'activityPerDay', MOST_ACTIVITY, 0));
  return jsonAnswer(200, await sandbox.advance(days * DAY_MS + ms, { activityPerDay }));
}

/** `{count}`: as many things happen by chance, now. */
async function activity(sandbox: Sandbox, { json }: ControlRequest): Promise<Answer> {
  const count = Math.floor(numberIn(bodyOf(json), 'count', MOST_ACTIVITY, 1));
  return jsonAnswer(200, await sandbox.activity(count));
}

const SECRET = /^whsec_[\da-f]{64}$/;

/** `{url, storeCodes?, eventNames?, headers?, hmac?, legacy?}`: `headers` by name; `hmac` true, or the secret itself. */
function subscribe(sandbox: Sandbox, { json }: ControlRequest): Answer {
  const body = bodyOf(json);
  const { url, hmac, headers, legacy } = body;
  if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new ControlInputError('url', 'must be a URL of http or https');
  }
  if (typeof hmac === 'string' && !SECRET.test(hmac)) {
    throw new ControlInputError('hmac', 'must be true, or whsec_ and 64 hex digits');
  }
  const made = sandbox.subscribe({
    url,
    legacy: legacy === true,
    hmac: typeof hmac === 'string' ? hmac : hmac === true,
    headers: Object.entries(isJsonObject(headers) ? headers : {}).map(([headerName, value]) => ({
      headerName,
      headerValue: String(value),
    })),
    ...textsIn(body, 'storeCodes'),
    ...textsIn(body, 'eventNames'),
  });
  const subscriptions = made.map((each) => ({
    webhookSubscriptionId: each.webhookSubscriptionId,
    storeCode: each.storeCode,
    eventName: each.eventName,
    hmacSecretKey: each.hmac?.secret ?? null,
  }));
  return jsonAnswer(201, { subscriptions });
}

function clearFaults({ faults }: Sandbox): Answer {
  faults.clear();
  return jsonAnswer(200, { faults: [] });
}

/** Deliveries, counters and faults are forgotten; the world goes on. */
function reset({ faults, emitter }: Sandbox): Answer {
  faults.clear();
  emitter.reset();
  return jsonAnswer(200, { reset: true });
}

/** `next` is the value of `after` for the following page, also when there is nothing new yet. */
function listDeliveries({ emitter }: Sandbox, { query }: ControlRequest): Answer {
  const pick = (name: string, fallback: number) => {
    const text = query.get(name) ?? String(fallback);
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new ControlInputError(name, 'must be a whole number');
  };
  const after = pick('after', 0);
  const deliveries = emitter.deliveries({ after, limit: pick('limit', 100) });
  return jsonAnswer(200, { deliveries, next: deliveries.at(-1)?.seq ?? after });
}

/** What one needs to know to write a call: ids of tiers, rewards, campaigns, achievements. */
function describeWorld(sandbox: Sandbox): Answer {
  const { world } = sandbox;
  const tenants = [...world.tenants.values()].map((tenant) => tenantView(sandbox, tenant));
  return jsonAnswer(200, { nowMs: sandbox.now(), members: world.members.size, tenants });
}

function tenantView({ world }: Sandbox, tenant: Tenant) {
  const { storeCode, currency, zone, settings, walletTypes, tierSet, campaigns, rewards, achievements } = tenant;
  const members = world.state.membersOf(storeCode);
  const counts = { members: members.length, silent: members.filter(({ silent }) => silent).length };
  const programme = { walletTypes, tierSet, campaigns, rewards, achievements };
  return { storeCode, currency, timeZone: zone.name, settings, ...counts, ...programme };
}

function bodyOf(json: Json | undefined): JsonObject {
  if (json === undefined || !isJsonObject(json)) throw new ControlInputError('body', 'must be a JSON object');
  return json;
}

function numberIn(body: JsonObject, name: string, max: number, fallback: number): number {
  const value = Object.hasOwn(body, name) ? body[name] : fallback;
  if (typeof value === 'number' && value >= 0 && value <= max) return value;
  throw new ControlInputError(name, `must be a number from 0 to ${max}`);
}

function textsIn(body: JsonObject, name: 'storeCodes' | 'eventNames'): Record<string, readonly string[]> {
  const value = body[name];
  if (value === undefined) return {};
  const texts: readonly Json[] = Array.isArray(value) ? value : [];
  if (texts.length > 0 && texts.every((each) => typeof each === 'string')) return { [name]: texts };
  throw new ControlInputError(name, 'must be a list of texts');
}
