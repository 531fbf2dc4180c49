import type { Signature, StoredEvent } from '../../core/event.ts';
import { identifierText } from './identifier.ts';
import { type Packed, unpack } from './packed.ts';

/** The columns of an event `e` as routing sees it, its body included. */
export const EVENT_COLUMNS = `e.id AS id,
  (SELECT text FROM name WHERE id = e.source) AS source,
  (SELECT text FROM name WHERE id = e.store_code) AS storeCode,
  (SELECT text FROM name WHERE id = e.name) AS name,
  (SELECT text FROM name WHERE id = (SELECT prefix FROM member WHERE id = e.member)) AS memberPrefix,
  (SELECT value FROM member WHERE id = e.member) AS memberValue,
  e.partition, e.message_id AS messageId, e.dedupe_key AS dedupeKey,
  e.clock_ms AS clockMs, e.received_ms AS receivedAtMs,
  (SELECT body FROM event_body WHERE event = e.id) AS body,
  (SELECT signature FROM event_body WHERE event = e.id) AS signature`;

/** What `EVENT_COLUMNS` selects. */
export interface EventColumns {
  readonly id: number;
  readonly source: string;
  readonly storeCode: string;
  readonly name: string;
  readonly memberPrefix: string | null;
  readonly memberValue: Packed | null;
  readonly partition: number;
  readonly messageId: Packed | null;
  readonly dedupeKey: Packed | null;
  readonly clockMs: number;
  readonly receivedAtMs: number;
  readonly body: string;
  readonly signature: string | null;
}

/** The event of such a row. */
export function storedEvent(row: EventColumns): StoredEvent {
  const { id, source, storeCode, name, partition, clockMs, receivedAtMs, body } = row;
  return {
    id,
    source,
    storeCode,
    name,
    messageId: row.messageId === null ? null : unpack(row.messageId),
    dedupeKey: row.dedupeKey === null ? null : unpack(row.dedupeKey),
    body,
    signature: signatureOf(row.signature),
    clockMs,
    receivedAtMs,
    member: memberText(row),
    partition,
  };
}

/** The signature that a row keeps as JSON. */
export function signatureOf(text: string | null): Signature | null {
  return text === null ? null : (JSON.parse(text) as Signature);
}

/** The member of a row; null when it has none. */
export function memberText(row: Pick<EventColumns, 'memberPrefix' | 'memberValue'>): string | null {
  return row.memberValue === null ? null : identifierText(row.memberPrefix ?? '', row.memberValue);
}
