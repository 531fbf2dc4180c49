import type { Json, JsonObject } from '../../core/json.ts';
import type { Envelope } from '../../ports/source.ts';
import { readTimestamp } from './timestamp.ts';

const MAX_NAME_LENGTH = 200;
const MAX_MESSAGE_ID_LENGTH = 200;
const MAX_STORE_CODE_LENGTH = 200;
const LEGACY_TYPE = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;

/**
 * Reads what every webhook of Open Loyalty says about itself. Never throws. The name stands in `eventName`, in older
 * versions in `type`. Names and store codes are cut at 200 characters; a longer message id is none.
 */
export function readEnvelope(body: JsonObject): Envelope {
  const messageId = own(body, 'messageId');
  return {
    name: eventNameOf(body),
    storeCode: storeCodeOf(body),
    messageId: isMessageId(messageId) ? messageId : null,
    createdAtMs: readTimestamp(own(body, 'createdAt')),
  };
}

/** The event's name; null when the body names none. Never throws. */
export function eventNameOf(body: JsonObject): string | null {
  return nameIn(own(body, 'eventName')) ?? nameIn(own(body, 'type'));
}

/** The tenant; empty when the body names none. Never throws. */
export function storeCodeOf(body: JsonObject): string {
  const storeCode = own(body, 'storeCode');
  return typeof storeCode === 'string' ? storeCode.slice(0, MAX_STORE_CODE_LENGTH) : '';
}

/**
 * True for a body in the format from before subscriptions, which Open Loyalty calls legacy: no `eventName`, but a
 * `type` in lower case with dots. Such a body names neither a tenant, nor a time, nor a message id.
 */
export function isLegacy(body: JsonObject): boolean {
  return nameIn(own(body, 'eventName')) === null && LEGACY_TYPE.test(nameIn(own(body, 'type')) ?? '');
}

function nameIn(value: Json): string | null {
  return typeof value === 'string' ? value.trim().slice(0, MAX_NAME_LENGTH) || null : null;
}

function isMessageId(value: Json): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_MESSAGE_ID_LENGTH;
}

function own(body: JsonObject, key: string): Json {
  return Object.hasOwn(body, key) ? (body[key] ?? null) : null;
}
