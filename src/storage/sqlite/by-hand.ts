import type { Applied } from '../../ports/store.ts';
import { moveDelivery } from './row-counts.ts';
import type { Tables } from './tables.ts';

type ByHand = (id: number, nowMs: number) => Applied;

interface QueuedRow {
  readonly id: number;
  readonly mapping: number;
  readonly destination: number;
  readonly member: number | null;
  readonly pos: number | null;
}

const QUEUED_COLUMNS = 'SELECT id, mapping, destination, member, pos FROM delivery WHERE id = ?';
const QUEUED = `${QUEUED_COLUMNS} AND status = 'pending' AND owner IS NULL`;

/** Prepares the taking of a pending delivery out of its lane for good. */
export function skipping({ db, lanes, blocks, counters }: Tables): ByHand {
  const find = db.prepare<[number], QueuedRow>(QUEUED);
  const skip = db.prepare<[number, number]>(
    `UPDATE delivery SET status = 'skipped', reason = 'by_hand', code = NULL, detail = NULL, head = 0, due_ms = NULL,
       share_limit = NULL, since_ms = ?
     WHERE id = ?`,
  );
  return (id, nowMs) => {
    const row = find.get(id);
    if (!row) return 'stale';
    skip.run(nowMs, id);
    moveDelivery(blocks, row, 'pending', 'skipped');
    counters.count('delivery skipped', nowMs, row.mapping);
    if (row.member !== null && row.pos !== null) lanes.promote(row.member, row.destination);
    return 'applied';
  };
}

/** Prepares the letting go of a pending delivery, or of one that is held. */
export function releasing({ db, lanes, blocks }: Tables): ByHand {
  const find = db.prepare<[number], QueuedRow>(QUEUED);
  const findHeld = db.prepare<[number], QueuedRow>(`${QUEUED_COLUMNS} AND status = 'dead' AND code = 'DELIVERY_HELD'`);
  const release = db.prepare<[number, number]>('UPDATE delivery SET head = 1, pos = NULL, due_ms = ? WHERE id = ?');
  const reopen = db.prepare<[number, number, number]>(
    `UPDATE delivery SET status = 'pending', code = NULL, detail = NULL, retries = 0, head = 1, pos = NULL, due_ms = ?,
       since_ms = ?
     WHERE id = ?`,
  );
  const releaseHeld: ByHand = (id, nowMs) => {
    const row = findHeld.get(id);
    if (!row) return 'stale';
    reopen.run(nowMs, nowMs, id);
    moveDelivery(blocks, row, 'dead', 'pending');
    return 'applied';
  };
  return (id, nowMs) => {
    const row = find.get(id);
    if (!row) return releaseHeld(id, nowMs);
    release.run(nowMs, id);
    if (row.member !== null && row.pos !== null) lanes.promote(row.member, row.destination);
    return 'applied';
  };
}
