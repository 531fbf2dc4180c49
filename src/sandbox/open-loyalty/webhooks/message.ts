import { isJsonObject, type Json } from '../../../core/json.ts';
import type { WorldEvent } from '../world/event.ts';
import type { TimeZone } from '../zoned-time.ts';
import { legacyBatchSize, legacyBody, type MemberLookup } from './legacy.ts';
import type { Subscription } from './subscriptions.ts';

/** A fault that changes a message's text. */
type TextFault = 'missing-ids' | 'null-email' | 'null-phone' | 'nobody';

/** What one subscription is told at once: one event, or in legacy bodies several reminders. */
export interface Message {
  readonly subscription: Subscription;
  readonly events: readonly WorldEvent[];
  readonly messageId: string;
}

/** What the text of a message depends on besides the message. */
export interface Wording {
  readonly zoneOf: (storeCode: string) => TimeZone;
  readonly memberOf: MemberLookup;
}

/** Which events go to which subscription, in order: legacy reminders are gathered where the first of them stands. */
export function gather(
  events: readonly WorldEvent[],
  subscriptionsOf: (event: WorldEvent) => readonly Subscription[],
): readonly Omit<Message, 'messageId'>[] {
  const gathered: { subscription: Subscription; events: WorldEvent[] }[] = [];
  const open = new Map<string, WorldEvent[]>();
  for (const event of events) {
    for (const subscription of subscriptionsOf(event)) {
      const limit = subscription.legacy ? legacyBatchSize(event.name) : 1;
      const batch = open.get(subscription.webhookSubscriptionId);
      if (batch !== undefined && batch.length < limit) {
        batch.push(event);
        continue;
      }
      const fresh = { subscription, events: [event] };
      gathered.push(fresh);
      open.set(subscription.webhookSubscriptionId, fresh.events);
    }
  }
  return gathered;
}

/** The text of one request: the envelope, or the legacy body without one. Empty when there is nothing to tell. */
export function textOf(
  { subscription, events, messageId }: Message,
  requestId: string,
  { wording, faults }: { readonly wording: Wording; readonly faults: ReadonlySet<string> },
): string {
  const [event] = events;
  if (event === undefined) return '';
  const hidden = HIDDEN.flatMap(({ fault, fields }) => (faults.has(fault) ? fields : []));
  if (subscription.legacy) return JSON.stringify(blanked(legacyBody(events, wording.memberOf), hidden));
  const { name: eventName, storeCode, occurredAtMs, data } = event;
  const createdAt = wording.zoneOf(storeCode).text(occurredAtMs);
  const ids = faults.has('missing-ids') ? {} : { messageId, requestId };
  return JSON.stringify({ ...ids, eventName, storeCode, createdAt, data: blanked(data, hidden) });
}

const EMAIL = ['email', 'customerEmail'];
const PHONE = ['phone', 'customerPhone'];
const CARD = ['loyaltyCardNumber', 'customerLoyaltyCardNumber'];
const HIDDEN: readonly { readonly fault: TextFault; readonly fields: readonly string[] }[] = [
  { fault: 'null-email', fields: EMAIL },
  { fault: 'null-phone', fields: PHONE },
  { fault: 'nobody', fields: [...EMAIL, ...PHONE, ...CARD, 'customerId'] },
];

function blanked(value: Json, fields: readonly string[]): Json {
  if (fields.length === 0) return value;
  if (Array.isArray(value)) return value.map((item: Json) => blanked(item, fields));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    fields.includes(key) ? null : blanked(inner, fields),
  ]);
  return Object.fromEntries(entries) as Json;
}
