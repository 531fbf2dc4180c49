import type { Json, JsonObject } from '../../core/json.ts';
import type { Envelope } from '../../ports/source.ts';
import { readTimestamp } from './timestamp.ts';

const MAX_NAME_LENGTH = 200;
const MAX_MESSAGE_ID_LENGTH = 200;
const MAX_STORE_CODE_LENGTH = 200;

/**
 * Reads what every webhook of Open Loyalty says about itself. Never throws. The name stands in `eventName`, in older
 * versions in `type`. Names and store codes are cut at 200 characters; a longer message id is none.
 */
export function readEnvelope(body: JsonObject): Envelope {
  const messageId = own(body, 'messageId');
  const storeCode = own(body, 'storeCode');
  return {
    name: nameIn(own(body, 'eventName')) ?? nameIn(own(body, 'type')),
    storeCode: typeof storeCode === 'string' ? storeCode.slice(0, MAX_STORE_CODE_LENGTH) : '',
    messageId: isMessageId(messageId) ? messageId : null,
    createdAtMs: readTimestamp(own(body, 'createdAt')),
  };
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
