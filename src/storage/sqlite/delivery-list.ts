import type { DeliveryFilter, DeliveryRow } from '../../ports/log.ts';
import type { Wanted } from './block-walk.ts';
import { mappingStatus, statusNumber } from './blocks.ts';
import { memberText } from './event-columns.ts';
import { equals, type Given, type ListShape, type Sum } from './list-plan.ts';
import type { Lead } from './list-query.ts';
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
  named: [
    { filter: 'mapping', column: 'd.mapping', counted: 'mapping' },
    { filter: 'event', column: 'd.event_name', counted: 'name' },
    { filter: 'destination', column: 'd.destination', counted: 'destination' },
    { filter: 'endpoint', column: 'd.endpoint', counted: 'endpoint' },
  ],
  plain: [
    ['status', 'd.status'],
    ['code', 'd.code'],
  ],
  wanted,
  leading,
};

/** Dead deliveries beyond this many are not sought in their index: blocks have enough of them. */
const MOST_DEAD = 100_000;

/** The columns of the index of dead deliveries. */
const OF_DEAD: readonly string[] = ['d.code', 'd.mapping', 'd.destination', 'd.endpoint'];

/** A mapping and a status are counted together, too. */
function wanted({ status }: DeliveryFilter, named: readonly Wanted[]): readonly Wanted[] {
  if (status === undefined) return named;
  const mapping = named.find(({ what }) => what === 'mapping');
  if (!mapping) return [{ what: 'status', value: statusNumber(status) }, ...named];
  const together: Wanted = { what: 'mapping status', value: mappingStatus(mapping.value, status) };
  return [together, ...named.filter((one) => one !== mapping)];
}

/** Only what failed has a code, and what is dead is an index of its own. */
function leading(
  { status, code }: DeliveryFilter,
  given: readonly Given[],
  [counted]: readonly Wanted[],
  sum: Sum,
): Lead | null {
  const dead: Wanted = { what: 'status', value: statusNumber('dead') };
  const entries = status === 'dead' && counted ? sum('delivery', dead) : Number.POSITIVE_INFINITY;
  if (counted && entries <= MOST_DEAD) {
    const conditions = given.filter(({ column }) => OF_DEAD.includes(column)).map(equals);
    return { by: 'dead', conditions, counted, entries };
  }
  if (code === undefined) return null;
  return {
    by: 'accesses',
    accesses: [{ via: 'INDEXED BY delivery_code', where: [equals({ column: 'd.code', value: code })] }],
  };
}
