import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { CustomHeader, Subscription } from '../webhooks/subscriptions.ts';
import { EVENT_NAMES } from '../world/event.ts';
import { type Answer, invalid, jsonAnswer, NO_CONTENT, NOT_FOUND } from './answer.ts';
import { type Desk, type Handler, part, textIn } from './desk.ts';
import { listAnswer } from './list.ts';

/** Rotations must be this far apart. Source: rotate HMAC secret key. */
const ROTATION_MS = 5 * 60_000;

/** `GET /webhook/event`. */
export const listEventNames: Handler = () => jsonAnswer(200, { items: EVENT_NAMES });

/** `GET /webhook/subscription`. */
export const listSubscriptions: Handler = ({ subscriptions, tenant, query }) => {
  const view = (subscription: Subscription) => subscriptionView(subscription, tenant);
  return listAnswer(query, { items: subscriptions.of(tenant.storeCode), view });
};

/** `GET /webhook/subscription/{id}`: with all headers, never with the key. */
export const getSubscription: Handler = (desk) => {
  const found = subscriptionAt(desk);
  if (found === null) return NOT_FOUND;
  const headers = found.headers.map(({ headerName, headerValue }) => ({ headerName, headerValue }));
  return jsonAnswer(200, { ...subscriptionView(found, desk.tenant), headers });
};

/** `POST /webhook/subscription`. The name of the key's field is unconfirmed: it is shown here once and never again. */
export const subscribe: Handler = (desk) => {
  const wanted = part(desk, 'webhookSubscription');
  const eventName = textIn(wanted, 'eventName') ?? '';
  const names: readonly string[] = EVENT_NAMES;
  if (!names.includes(eventName)) return invalid('eventName', 'The value you selected is not a valid choice.');
  const fault = faultIn(wanted);
  if (fault !== null) return fault;
  const { subscriptions, tenant, nowMs } = desk;
  const own = { storeCode: tenant.storeCode, eventName, url: textIn(wanted, 'url') ?? '' };
  const options = {
    headers: headersIn(wanted) ?? [],
    legacy: wanted['legacy'] === true,
    hmac: wanted['hmacEnabled'] === true,
  };
  const { webhookSubscriptionId, hmac } = subscriptions.add({ ...own, ...options }, nowMs);
  return jsonAnswer(200, { webhookSubscriptionId, ...(hmac === null ? {} : { hmacSecretKey: hmac.secret }) });
};

/** `PUT /webhook/subscription/{id}`: the event name stays; turning signatures on answers with the key. */
export const updateSubscription: Handler = (desk) => {
  const found = subscriptionAt(desk);
  if (found === null) return NOT_FOUND;
  const wanted = part(desk, 'webhookSubscription');
  const fault = faultIn(wanted);
  if (fault !== null) return fault;
  const headers = headersIn(wanted);
  const { hmacEnabled, legacy } = wanted;
  const updated = desk.subscriptions.update(found, {
    url: textIn(wanted, 'url') ?? '',
    ...(headers === null ? {} : { headers }),
    ...(typeof legacy === 'boolean' ? { legacy } : {}),
    ...(typeof hmacEnabled === 'boolean' ? { hmac: hmacEnabled } : {}),
  });
  const isNew = found.hmac === null && updated.hmac !== null;
  return isNew ? jsonAnswer(200, { hmacSecretKey: updated.hmac?.secret }) : NO_CONTENT;
};

/** `DELETE /webhook/subscription/{id}`. */
export const unsubscribe: Handler = (desk) => {
  const found = subscriptionAt(desk);
  if (found === null) return NOT_FOUND;
  desk.subscriptions.remove(found);
  return NO_CONTENT;
};

/** `POST /webhook/subscription/{id}/rotate-hmac-secret-key`: the old key is invalid at once. The path is unconfirmed. */
export const rotateKey: Handler = (desk) => {
  const found = subscriptionAt(desk);
  if (found === null) return NOT_FOUND;
  const { rotatedAtMs } = found.hmac ?? { rotatedAtMs: null };
  if (rotatedAtMs !== null && desk.nowMs - rotatedAtMs < ROTATION_MS) {
    return invalid('hmac', 'The key can be rotated once in 5 minutes.');
  }
  const rotated = desk.subscriptions.rotate(found, desk.nowMs);
  if (rotated === null) return invalid('hmac', 'This subscription is not signed.');
  return jsonAnswer(200, { hmacSecretKey: rotated.hmac?.secret });
};

function subscriptionAt({ subscriptions, tenant, params }: Desk): Subscription | null {
  return subscriptions.find(tenant.storeCode, params[0] ?? '');
}

function faultIn(wanted: JsonObject): Answer | null {
  if ((textIn(wanted, 'destinationType') ?? 'rest') !== 'rest') {
    return invalid('destinationType', 'The sandbox sends to URLs only.');
  }
  const url = textIn(wanted, 'url') ?? '';
  const web = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return web ? null : invalid('url', 'This value is not a valid URL.');
}

/** The list, and the single header that it replaced; null when neither is there. */
function headersIn(wanted: JsonObject): readonly CustomHeader[] | null {
  const { headers } = wanted;
  const list: readonly Json[] = Array.isArray(headers) ? headers : [];
  const all = [...list, { headerName: wanted['headerName'] ?? null, headerValue: wanted['headerValue'] ?? null }];
  const read = all.flatMap((each) => {
    const fields = isJsonObject(each) ? each : {};
    const [headerName, headerValue] = [textIn(fields, 'headerName'), textIn(fields, 'headerValue')];
    return headerName && headerValue !== null ? [{ headerName, headerValue }] : [];
  });
  return Array.isArray(headers) || read.length > 0 ? read : null;
}

function subscriptionView(subscription: Subscription, { zone }: Desk['tenant']): JsonObject {
  const { webhookSubscriptionId, eventName, url, headers, legacy, createdAtMs, hmac } = subscription;
  const [first] = headers;
  return {
    webhookSubscriptionId,
    eventName,
    url,
    headerName: first?.headerName ?? null,
    headerValue: first?.headerValue ?? null,
    legacy,
    hmacEnabled: hmac !== null,
    createdAt: zone.text(createdAtMs),
    destinationType: 'rest',
  };
}
