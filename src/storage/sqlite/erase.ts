import type { DeliveryStatus } from '../../core/delivery.ts';
import type { EventStatus } from '../../core/event.ts';
import { BLOCK, type CountedLog } from './blocks.ts';
import { countDelivery, countEvent } from './row-counts.ts';
import type { Tables } from './tables.ts';

/** What went with an event or a delivery. */
interface Erased {
  readonly deliveries: number;
  readonly attempts: number;
}

/** Deletes rows with all that hangs on them; counts of what is stored follow, totals of what happened stay. */
export interface Erasure {
  /** Only inside a transaction, as all below. What is open leaves its lane as `canceled`. */
  event(id: number, nowMs: number): Erased;
  delivery(id: number, nowMs: number): Erased;
  /** Forgets the times of blocks that lost their last row, and keeps the keys of deleted rows from being given again. */
  finish(): void;
}

interface DeliveryRow {
  readonly id: number;
  readonly event_name: number;
  readonly mapping: number;
  readonly destination: number;
  readonly endpoint: number;
  readonly member: number | null;
  readonly pos: number | null;
  readonly head: 0 | 1;
  readonly status: DeliveryStatus;
}

const DELIVERY_ROW = 'id, event_name, mapping, destination, endpoint, member, pos, head, status';

/** Prepares the deletion of rows. */
export function erasure(tables: Tables): Erasure {
  const { db, blocks } = tables;
  const deliveries = db.prepare<[number], DeliveryRow>(
    `SELECT ${DELIVERY_ROW} FROM delivery INDEXED BY delivery_once WHERE event = ?`,
  );
  const delivery = db.prepare<[number], DeliveryRow>(`SELECT ${DELIVERY_ROW} FROM delivery WHERE id = ?`);
  const eraseBody = db.prepare<[number]>('DELETE FROM event_body WHERE event = ?');
  const eraseEvent = db.prepare<[number], { name: number; source: number; status: EventStatus }>(
    'DELETE FROM event WHERE id = ? RETURNING name, source, status',
  );
  const eraseDelivery = deliveryEraser(tables);
  const lost = blockKeeper(tables);
  return {
    event(id, nowMs) {
      lost.begin();
      const rows = deliveries.all(id);
      const attempts = rows.reduce((sum, row) => sum + eraseDelivery(row, nowMs), 0);
      for (const row of rows) lost.note('delivery', row.id);
      eraseBody.run(id);
      const row = eraseEvent.get(id);
      if (row) countEvent(blocks, { id, name: row.name, source: row.source }, row.status, -1);
      lost.note('event', id);
      return { deliveries: rows.length, attempts };
    },
    delivery(id, nowMs) {
      lost.begin();
      const row = delivery.get(id);
      if (!row) return { deliveries: 0, attempts: 0 };
      lost.note('delivery', id);
      return { deliveries: 1, attempts: eraseDelivery(row, nowMs) };
    },
    finish: lost.finish,
  };
}

function deliveryEraser({
  db,
  blocks,
  lanes,
  counters,
  openClaims,
}: Tables): (row: DeliveryRow, nowMs: number) => number {
  const eraseAttempts = db.prepare<[number]>('DELETE FROM attempt WHERE delivery = ?');
  const eraseFrozen = db.prepare<[number]>('DELETE FROM frozen WHERE delivery = ?');
  const eraseAwaited = db.prepare<[number]>('DELETE FROM awaited WHERE delivery = ?');
  const eraseRow = db.prepare<[number]>('DELETE FROM delivery WHERE id = ?');
  return (row, nowMs) => {
    const { id, status, mapping, member, destination, pos, head } = row;
    const { changes: attempts } = eraseAttempts.run(id);
    eraseFrozen.run(id);
    eraseAwaited.run(id);
    eraseRow.run(id);
    openClaims.delete(id);
    countDelivery(blocks, row, status, -1);
    if (status !== 'pending' && status !== 'waiting') return attempts;
    counters.count('delivery canceled', nowMs, mapping);
    if (member !== null && pos !== null && head === 1) lanes.promote(member, destination);
    return attempts;
  };
}

interface BlockKeeper {
  /** Before anything is deleted. */
  begin(): void;
  note(log: CountedLog, id: number): void;
  finish(): void;
}

/** Remembers the blocks that lost rows, for as long as a transaction takes. */
function blockKeeper({ db, keys }: Tables): BlockKeeper {
  const isEmpty = {
    event: db.prepare<[number, number]>('SELECT 1 FROM event WHERE id BETWEEN ? AND ?'),
    delivery: db.prepare<[number, number]>('SELECT 1 FROM delivery WHERE id BETWEEN ? AND ?'),
  };
  const eraseTimes = db.prepare<[CountedLog, number]>('DELETE FROM time_block WHERE log = ? AND block = ?');
  const raise = db.prepare<[CountedLog, number]>(
    'INSERT INTO high_water (log, next) VALUES (?, ?) ON CONFLICT DO UPDATE SET next = excluded.next',
  );
  const lost: Readonly<Record<CountedLog, Set<number>>> = { event: new Set(), delivery: new Set() };
  const finishLog = (log: CountedLog): void => {
    const { next } = keys[log];
    for (const block of lost[log]) {
      // The newest block gets further rows, whose times memory takes for noted.
      const isOld = block < Math.floor(next / BLOCK);
      if (isOld && !isEmpty[log].get(block * BLOCK, (block + 1) * BLOCK - 1)) eraseTimes.run(log, block);
    }
    if (lost[log].size > 0) raise.run(log, next);
    lost[log].clear();
  };
  return {
    begin() {
      keys.event.hold();
      keys.delivery.hold();
    },
    note: (log, id) => void lost[log].add(Math.floor(id / BLOCK)),
    finish() {
      finishLog('event');
      finishLog('delivery');
    },
  };
}
