import type { EventFilter, EventRow } from '../../ports/log.ts';
import { statusNumber } from './blocks.ts';
import { memberText } from './event-columns.ts';
import type { ListShape } from './list-plan.ts';
import type { Lead } from './list-query.ts';
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
  named: [
    { filter: 'event', column: 'e.name', counted: 'name' },
    { filter: 'source', column: 'e.source', counted: 'source' },
  ],
  plain: [['status', 'e.status']],
  wanted: ({ status }, named) =>
    status === undefined ? named : [{ what: 'status', value: statusNumber(status) }, ...named],
  leading: ({ status }) => (status === 'accepted' ? ACCEPTED : null),
};

const ACCEPTED: Lead = {
  by: 'accesses',
  accesses: [{ via: 'INDEXED BY event_accepted', where: [{ sql: `e.status = 'accepted'`, params: [] }] }],
};
