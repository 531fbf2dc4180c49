import type { Database } from 'better-sqlite3';
import type { ErrorCode } from '../../core/errors.ts';
import type { EventStatus } from '../../core/event.ts';
import { NOTHING_REPLAYED, type ReplayCounts } from '../../core/replay.ts';
import { type EarlierDelivery, type ReprocessScope, reprocessing } from '../../core/reprocess.ts';
import type { ReplayedEvent, ReprocessedEvent } from '../../ports/replays.ts';
import type { Deliveries } from './deliveries.ts';
import { EVENT_COLUMNS, type EventColumns, storedEvent } from './event-columns.ts';
import { moveDelivery, moveEvent } from './row-counts.ts';
import type { Tables } from './tables.ts';

interface EarlierRow extends Omit<EarlierDelivery, 'inFlight'> {
  readonly event: number;
  readonly owner: number | null;
}

/** Prepares the reading of all that was made of events, oldest first. */
function earlierReader(db: Database): (events: readonly number[]) => ReadonlyMap<number, readonly EarlierDelivery[]> {
  // CROSS keeps the order of the tables: from the few events to their deliveries.
  const find = db.prepare<[string], EarlierRow>(
    `SELECT d.id, d.event, (SELECT text FROM name WHERE id = d.mapping) AS mapping, d.run, d.part,
       (SELECT text FROM name WHERE id = d.destination) AS destination,
       (SELECT text FROM name WHERE id = d.endpoint) AS endpoint,
       d.status, d.code, d.detail, d.owner, (SELECT request FROM frozen WHERE delivery = d.id) AS request
     FROM json_each(?) u CROSS JOIN delivery d INDEXED BY delivery_once ON d.event = u.value
     ORDER BY d.id`,
  );
  return (events) => {
    const byEvent = Map.groupBy(find.all(JSON.stringify(events)), ({ event }) => event);
    return new Map([...byEvent].map(([event, own]) => [event, own.map(earlierDelivery)]));
  };
}

function earlierDelivery({ event: _, owner, ...row }: EarlierRow): EarlierDelivery {
  return { ...row, inFlight: owner !== null };
}

/** Prepares the reading of events with all that was made of them, in the order of their keys. */
export function replayedEventReader(db: Database): (keys: readonly number[]) => readonly ReplayedEvent[] {
  const find = db.prepare<[string], EventColumns & { readonly status: EventStatus; readonly code: ErrorCode | null }>(
    `SELECT ${EVENT_COLUMNS}, e.status AS status, e.code AS code
     FROM json_each(?) u CROSS JOIN event e ON e.id = u.value ORDER BY e.id`,
  );
  const earlierOf = earlierReader(db);
  return (keys) => {
    const earlier = earlierOf(keys);
    return find.all(JSON.stringify(keys)).map((row) => {
      return { event: storedEvent(row), status: row.status, code: row.code, earlier: earlier.get(row.id) ?? [] };
    });
  };
}

interface ReprocessedRow {
  readonly id: number;
  readonly name: number;
  readonly status: EventStatus;
}

/**
 * Prepares the writing of what reprocessing made of one event; null when a delivery in flight holds it up. Only inside a
 * transaction.
 */
export function reprocessed(
  tables: Tables,
  deliveries: Deliveries,
): (made: ReprocessedEvent, scope: ReprocessScope, nowMs: number) => ReplayCounts | null {
  const { db, blocks } = tables;
  const find = db.prepare<[number], ReprocessedRow>('SELECT id, name, status FROM event WHERE id = ?');
  const settle = db.prepare<[string, number]>('UPDATE event SET status = ?, code = NULL WHERE id = ?');
  const earlierOf = earlierReader(db);
  const cancel = cancellation(tables);
  return ({ eventId, routed, isRefused }, scope, nowMs) => {
    const looked = { ...NOTHING_REPLAYED, looked: 1 };
    if (isRefused) return { ...looked, refused: 1 };
    const event = find.get(eventId);
    if (!event || !routed || event.status === 'accepted') return { ...looked, unchanged: 1 };
    const decided = reprocessing(earlierOf([eventId]).get(eventId) ?? [], routed.deliveries, scope);
    if (decided === null) return null;
    for (const { id } of decided.cancel) cancel(id, nowMs);
    for (const draft of decided.add) deliveries.add(event, draft, { nowMs, offers: [], claimed: [] });
    if (routed.status === 'routed' || event.status === 'failed') {
      settle.run(routed.status, eventId);
      moveEvent(blocks, eventId, event.status, routed.status);
    }
    const { unchanged, changed, add } = decided;
    return { ...looked, replayed: add.length, changed: changed.length, unchanged, canceled: decided.cancel.length };
  };
}

interface OpenRow {
  readonly id: number;
  readonly mapping: number;
  readonly destination: number;
  readonly member: number | null;
  readonly pos: number | null;
  readonly head: 0 | 1;
  readonly status: 'pending' | 'waiting';
}

/** Prepares the taking back of an open delivery that is not in flight: its lane goes on. Only inside a transaction. */
function cancellation({ db, blocks, lanes, facts, counters }: Tables): (id: number, nowMs: number) => void {
  const find = db.prepare<[number], OpenRow>(
    `SELECT id, mapping, destination, member, pos, head, status FROM delivery
     WHERE id = ? AND status IN ('pending', 'waiting')`,
  );
  const end = db.prepare<[number, number]>(
    `UPDATE delivery SET status = 'canceled', head = 0, owner = NULL, due_ms = NULL, code = NULL, detail = NULL,
       since_ms = ? WHERE id = ?`,
  );
  return (id, nowMs) => {
    const row = find.get(id);
    if (!row) return;
    end.run(nowMs, id);
    moveDelivery(blocks, row, row.status, 'canceled');
    counters.count('delivery canceled', nowMs, row.mapping);
    if (row.status === 'waiting') facts.await(id, []);
    if (row.member !== null && row.pos !== null && row.head === 1) lanes.promote(row.member, row.destination);
  };
}
