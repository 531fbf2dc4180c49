import type { Database } from 'better-sqlite3';
import type { Applied, SettledWaiting, WaitingDelivery } from '../../ports/store.ts';
import type { Deliveries } from './deliveries.ts';
import { EVENT_COLUMNS, type EventColumns, storedEvent } from './event-columns.ts';
import { moveDelivery } from './row-counts.ts';
import type { Tables } from './tables.ts';

interface WaitingRow {
  readonly id: number;
  readonly event: number;
  readonly event_name: number;
  readonly mapping: number;
  readonly mapping_name: string;
  readonly part: number;
  readonly run: number;
}

/** Prepares what follows a look at a waiting delivery: it is decided in its own row, further parts become new rows. */
export function waitings(tables: Tables, deliveries: Deliveries): (settled: SettledWaiting, nowMs: number) => Applied {
  const { db, facts, blocks, counters } = tables;
  const find = db.prepare<[number], WaitingRow>(
    `SELECT id, event, event_name, mapping, (SELECT text FROM name WHERE id = delivery.mapping) AS mapping_name, part, run
     FROM delivery WHERE id = ? AND status = 'waiting'`,
  );
  const postpone = db.prepare<[number, number]>('UPDATE delivery SET due_ms = ? WHERE id = ?');
  const giveUp = db.prepare<[number, number]>(
    `UPDATE delivery SET status = 'dead', code = 'TRANSFORM_RECALL_MISSING', due_ms = NULL, since_ms = ? WHERE id = ?`,
  );
  const shape = (row: WaitingRow, { deliveryId, deliveries: drafts }: Shaped, nowMs: number): void => {
    const [own, ...more] = drafts;
    if (!own) throw new Error(`Nothing was decided about waiting delivery ${deliveryId}`);
    facts.await(deliveryId, []);
    // The row stays the same delivery, whatever the draft calls it.
    const { mapping_name: mapping, part, run } = row;
    deliveries.reshape(deliveryId, { ...own, mapping, part, run }, nowMs);
    const making = { nowMs, offers: [], claimed: [] };
    for (const draft of more) deliveries.add({ id: row.event, name: row.event_name }, draft, making);
  };
  return (settled, nowMs) => {
    const row = find.get(settled.deliveryId);
    if (!row) return 'repeated';
    if (settled.kind === 'shaped') shape(row, settled, nowMs);
    else if (settled.dueAtMs !== null) postpone.run(settled.dueAtMs, settled.deliveryId);
    else {
      facts.await(settled.deliveryId, []);
      giveUp.run(nowMs, row.id);
      moveDelivery(blocks, row, 'waiting', 'dead');
      counters.count('delivery dead', nowMs, row.mapping);
    }
    return 'applied';
  };
}

type Shaped = Extract<SettledWaiting, { readonly kind: 'shaped' }>;

interface DueRow extends EventColumns {
  readonly deliveryId: number;
  readonly mapping: string;
  readonly run: number;
  readonly since_ms: number;
}

/** Prepares the look for waiting deliveries whose time has come. */
export function dueWaitings(db: Database): (nowMs: number, limit: number) => readonly WaitingDelivery[] {
  const due = db.prepare<[number, number], DueRow>(
    `SELECT d.id AS deliveryId, (SELECT text FROM name WHERE id = d.mapping) AS mapping, d.run, d.since_ms,
       ${EVENT_COLUMNS}
     FROM delivery d INDEXED BY delivery_waiting JOIN event e ON e.id = d.event
     WHERE d.status = 'waiting' AND d.due_ms <= +? ORDER BY d.due_ms, d.id LIMIT +?`,
  );
  return (nowMs, limit) =>
    due.all(nowMs, limit).map((row) => {
      const { deliveryId, mapping, run, since_ms } = row;
      return { id: deliveryId, event: storedEvent(row), mapping, run, waitingSinceMs: since_ms };
    });
}
