import type { DeliveryStatus } from '../../core/delivery.ts';
import { NOTHING_REPLAYED, type ReplayCounts } from '../../core/replay.ts';
import { FIRST_POS } from './lanes.ts';
import { moveDelivery } from './row-counts.ts';
import type { Tables } from './tables.ts';

interface FinalRow {
  readonly id: number;
  readonly mapping: number;
  readonly destination: number;
  readonly member: number | null;
  readonly pos: number | null;
  readonly status: DeliveryStatus;
  readonly has_request: 0 | 1;
}

type AgainColumns = [dueMs: number, sinceMs: number, pos: number | null, head: 0 | 1, id: number];

/**
 * Prepares redelivery: the same row back to pending, its bytes untouched, at its lane's tail, behind live ones. What is
 * open, or never had a request, stays as it is. Only inside a transaction.
 */
export function redelivery({ db, lanes, blocks }: Tables): (id: number, nowMs: number) => ReplayCounts {
  const find = db.prepare<[number], FinalRow>(
    `SELECT id, mapping, destination, member, pos, status,
       EXISTS (SELECT 1 FROM frozen WHERE delivery = d.id AND request IS NOT NULL) AS has_request
     FROM delivery d WHERE id = ?`,
  );
  const again = db.prepare<AgainColumns>(
    `UPDATE delivery SET status = 'pending', reason = NULL, code = NULL, detail = NULL, due_ms = ?, since_ms = ?,
       pos = ?, head = ?, owner = NULL, retries = 0, share_limit = NULL, background = 1
     WHERE id = ?`,
  );
  return (id, nowMs) => {
    const row = find.get(id);
    const looked = { ...NOTHING_REPLAYED, looked: 1 };
    if (!row || row.status === 'pending' || row.status === 'waiting') return { ...looked, unchanged: 1 };
    if (row.has_request === 0) return { ...looked, refused: 1 };
    const { member, destination, status } = row;
    // What was only shadowed was never given a place: it gets one now.
    const queues = member !== null && (row.pos !== null || status === 'shadowed');
    const pos = queues ? lanes.nextPos(member, destination) : null;
    again.run(nowMs, nowMs, pos, pos === null || pos === FIRST_POS ? 1 : 0, id);
    moveDelivery(blocks, row, status, 'pending');
    return { ...looked, replayed: 1 };
  };
}
