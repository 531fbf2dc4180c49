import type { EventFilter, EventRow } from '../../ports/log.ts';
import { memberText } from './event-columns.ts';
import type { ListShape } from './list-plan.ts';
import { type Packed, unpack } from './packed.ts';

/** The columns of an event `e` in a list. */
export const EVENT_ROW_COLUMNS = `e.id AS id,
  (SELECT text FROM name WHERE id = e.name) AS name,
  (SELECT text FROM name WHERE id = e.source) AS source,
  (SELECT text FROM name WHERE id = e.store_code) AS storeCode,
  (SELECT text FROM name WHERE id = (SELECT prefix FROM member WHERE id = e.member)) AS memberPrefix,
  (SELECT value FROM member WHERE id = e.member) AS memberValue,
  e.message_id AS messageId, e.status, e.code, e.duplicates, e.clock_ms AS clockMs, e.received_ms AS receivedAtMs`;

/** What `EVENT_ROW_COLUMNS` selects. */
export interface EventRowColumns extends Omit<EventRow, 'messageId' | 'member'> {
  readonly messageId: Packed | null;
  readonly memberPrefix: string | null;
  readonly memberValue: Packed | null;
}

/** The event of such a row. */
export function eventRow({ memberPrefix, memberValue, messageId, ...row }: EventRowColumns): EventRow {
  return {
    ...row,
    messageId: messageId === null ? null : unpack(messageId),
    member: memberText({ memberPrefix, memberValue }),
  };
}

/** The list of events. */
export const EVENT_LIST: ListShape<EventFilter> = {
  listing: { columns: EVENT_ROW_COLUMNS, table: 'event', alias: 'e' },
  searched: {
    key: 'e.id',
    event: 'e.id',
    member: 'e.member',
    kind: 'evt',
    viaEvent: 'NOT INDEXED',
    viaMember: 'INDEXED BY event_member',
  },
  log: 'event',
  timeColumn: 'e.received_ms',
  columns: [
    ['status', 'e.status = ?'],
    ['event', 'e.name = (SELECT id FROM name WHERE text = ?)'],
    ['source', 'e.source = (SELECT id FROM name WHERE text = ?)'],
  ],
  leadingIndex,
};

/** Routed events are nearly all: only another status leads before a name. */
function leadingIndex({ status, event, source }: EventFilter): string {
  if (status !== undefined && status !== 'routed') return 'INDEXED BY event_status';
  if (event !== undefined) return 'INDEXED BY event_name';
  if (source !== undefined) return 'INDEXED BY event_source';
  return status === undefined ? 'NOT INDEXED' : 'INDEXED BY event_status';
}
