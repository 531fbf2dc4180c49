import type { SettledAttempt } from '../../ports/store.ts';
import type { TriedRow } from './open-claims.ts';
import { moveDelivery } from './row-counts.ts';
import type { Tables } from './tables.ts';

/** Only the newest claim decides, and only while it is open. */
const OF_CLAIM = 'WHERE id = ? AND claim_no = ? AND owner IS NOT NULL';

/**
 * Prepares the decisions on claimed deliveries; `tried` attempts are counted with them. False when the claim is not open
 * any more: nothing was changed then.
 */
export function decisions(tables: Tables): (row: TriedRow, settled: SettledAttempt) => boolean {
  const { db } = tables;
  const keep = db.prepare<[number, number, number]>(`UPDATE delivery SET attempts = attempts + ? ${OF_CLAIM}`);
  const release = db.prepare<[number, number, number | null, number, number]>(
    `UPDATE delivery SET owner = NULL, due_ms = ?, attempts = attempts + ?, share_limit = ? ${OF_CLAIM}`,
  );
  const retry = db.prepare<[number, number, string, number, number | null, number, number]>(
    `UPDATE delivery SET owner = NULL, due_ms = ?, retries = ?, code = ?, attempts = attempts + ?, share_limit = ?
     ${OF_CLAIM}`,
  );
  const end = ending(tables);
  return (row, { claimNo, attempt, decision, shareLimit, nowMs }) => {
    const { id } = row;
    const tried = attempt ? 1 : 0;
    switch (decision.kind) {
      case 'keep':
        return keep.run(tried, id, claimNo).changes > 0;
      case 'release':
        return release.run(decision.dueAtMs, tried, shareLimit, id, claimNo).changes > 0;
      case 'retry': {
        const { dueAtMs, retries, code } = decision;
        return retry.run(dueAtMs, retries, code, tried, shareLimit, id, claimNo).changes > 0;
      }
      case 'delivered':
        return end(row, { status: 'delivered', code: null, detail: null, tried, claimNo, nowMs });
      case 'dead':
        return end(row, { status: 'dead', code: decision.code, detail: decision.detail, tried, claimNo, nowMs });
    }
  };
}

interface End {
  readonly status: 'delivered' | 'dead';
  readonly code: string | null;
  readonly detail: string | null;
  readonly tried: 0 | 1;
  readonly claimNo: number;
  readonly nowMs: number;
}

function ending({ db, lanes, blocks, counters }: Tables): (row: TriedRow, end: End) => boolean {
  const ENDED = 'owner = NULL, due_ms = NULL, head = 0, share_limit = NULL, since_ms = ?, attempts = attempts + ?';
  const deliver = db.prepare<[number, number, number, number]>(
    `UPDATE delivery SET status = 'delivered', code = NULL, detail = NULL, ${ENDED} ${OF_CLAIM}`,
  );
  const bury = db.prepare<[string | null, string | null, number, number, number, number]>(
    `UPDATE delivery SET status = 'dead', code = ?, detail = ?, ${ENDED} ${OF_CLAIM}`,
  );
  return (row, { status, code, detail, tried, claimNo, nowMs }) => {
    const { changes } =
      status === 'delivered'
        ? deliver.run(nowMs, tried, row.id, claimNo)
        : bury.run(code, detail, nowMs, tried, row.id, claimNo);
    if (changes === 0) return false;
    moveDelivery(blocks, row, 'pending', status);
    counters.count(`delivery ${status}`, nowMs, row.mapping);
    if (row.member !== null && row.pos !== null) lanes.promote(row.member, row.destination);
    return true;
  };
}
