import type { DeliveryFilter, DeliveryRow } from '../../ports/log.ts';
import { memberText } from './event-columns.ts';
import type { ListShape } from './list-plan.ts';
import { type Packed, unpack } from './packed.ts';

/** The columns of a delivery `d` in a list. */
export const DELIVERY_COLUMNS = `d.id AS id, d.event AS eventId,
  (SELECT text FROM name WHERE id = d.event_name) AS event,
  (SELECT text FROM name WHERE id = d.mapping) AS mapping,
  (SELECT version FROM mapping_version WHERE id = d.version) AS mappingVersion,
  (SELECT text FROM name WHERE id = d.destination) AS destination,
  (SELECT text FROM name WHERE id = d.endpoint) AS endpoint,
  (SELECT text FROM name WHERE id = (SELECT prefix FROM member WHERE id = d.member)) AS memberPrefix,
  (SELECT value FROM member WHERE id = d.member) AS memberValue,
  d.status, d.reason, d.code, d.attempts, d.part, d.run, d.created_ms AS createdAtMs, d.due_ms AS dueAtMs,
  CASE WHEN d.status = 'pending' AND d.head = 0 THEN
    (SELECT h.id FROM delivery h INDEXED BY delivery_lane
     WHERE h.member = d.member AND h.destination = d.destination AND h.status = 'pending' AND h.pos IS NOT NULL
     ORDER BY h.pos LIMIT 1)
  END AS blockedBy`;

/** What `DELIVERY_COLUMNS` selects. */
export interface DeliveryColumns extends Omit<DeliveryRow, 'mappingVersion' | 'member'> {
  readonly mappingVersion: Packed;
  readonly memberPrefix: string | null;
  readonly memberValue: Packed | null;
}

/** The delivery of such a row. */
export function deliveryRow({ memberPrefix, memberValue, mappingVersion, ...row }: DeliveryColumns): DeliveryRow {
  return { ...row, mappingVersion: unpack(mappingVersion), member: memberText({ memberPrefix, memberValue }) };
}

/** The list of deliveries. */
export const DELIVERY_LIST: ListShape<DeliveryFilter> = {
  listing: { columns: DELIVERY_COLUMNS, table: 'delivery', alias: 'd' },
  searched: {
    key: 'd.id',
    event: 'd.event',
    member: 'd.member',
    kind: 'dlv',
    viaEvent: 'INDEXED BY delivery_once',
    viaMember: 'INDEXED BY delivery_member',
  },
  log: 'delivery',
  timeColumn: 'd.created_ms',
  columns: [
    ['status', 'd.status = ?'],
    ['mapping', 'd.mapping = (SELECT id FROM name WHERE text = ?)'],
    ['event', 'd.event_name = (SELECT id FROM name WHERE text = ?)'],
    ['destination', 'd.destination = (SELECT id FROM name WHERE text = ?)'],
    ['endpoint', 'd.endpoint = (SELECT id FROM name WHERE text = ?)'],
    ['code', 'd.code = ?'],
  ],
  leadingIndex,
};

/** Open and dead deliveries are few, delivered ones nearly all: only a rare status leads before a name. */
function leadingIndex({ code, mapping, status, event, endpoint, destination }: DeliveryFilter): string {
  if (code !== undefined) return 'INDEXED BY delivery_code';
  if (mapping !== undefined && status !== undefined) return 'INDEXED BY delivery_mapping_status';
  if (status !== undefined && status !== 'delivered') return 'INDEXED BY delivery_status';
  if (event !== undefined) return 'INDEXED BY delivery_event_name';
  if (mapping !== undefined) return 'INDEXED BY delivery_mapping';
  if (endpoint !== undefined) return 'INDEXED BY delivery_endpoint';
  if (destination !== undefined) return 'INDEXED BY delivery_destination';
  return status === undefined ? 'NOT INDEXED' : 'INDEXED BY delivery_status';
}
