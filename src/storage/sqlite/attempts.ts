import type { AttemptDraft } from '../../core/attempt.ts';
import type { Decision } from '../../core/retry-policy.ts';
import type { Applied, SettledAttempt } from '../../ports/store.ts';
import type { Tables } from './tables.ts';

interface TriedRow {
  readonly id: number;
  readonly mapping: number;
  readonly destination: number;
  readonly member: number | null;
  readonly pos: number | null;
  readonly attempts: number;
  readonly claim_no: number;
  /** Null when no claim is open: decided, given back, or of a newer life. */
  readonly owner: number | null;
}

/** Prepares the third transition: a try is logged and, unless a newer claim decides, its decision applied. */
export function attempting(tables: Tables): (settled: SettledAttempt) => Applied {
  const { db } = tables;
  const find = db.prepare<[number], TriedRow>(
    'SELECT id, mapping, destination, member, pos, attempts, claim_no, owner FROM delivery WHERE id = ?',
  );
  const log = logger(tables);
  const decide = decider(tables);
  return ({ deliveryId, claimNo, attempt, decision, nowMs }) => {
    const row = find.get(deliveryId);
    if (!row) return 'stale';
    if (attempt) log(row, claimNo, attempt, nowMs);
    if (row.owner === null || row.claim_no !== claimNo) return 'stale';
    decide(row, decision, nowMs);
    return 'applied';
  };
}

function logger({ db, count }: Tables): (row: TriedRow, claimNo: number, attempt: AttemptDraft, nowMs: number) => void {
  type Columns = [number, number, number, number, string, ...(string | number | null)[]];
  const insert = db.prepare<Columns>(
    `INSERT INTO attempt
       (delivery, claim_no, started_ms, duration_ms, verdict, code, http_status, retry_after_ms, detail, response)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const counted = db.prepare<[number]>('UPDATE delivery SET attempts = attempts + 1 WHERE id = ?');
  return ({ id, mapping, attempts }, claimNo, attempt, nowMs) => {
    const { startedAtMs, durationMs, verdict, code, httpStatus, retryAfterMs, detail, response } = attempt;
    insert.run(id, claimNo, startedAtMs, durationMs, verdict, code, httpStatus, retryAfterMs, detail, response);
    counted.run(id);
    count(`attempt ${verdict}`, nowMs, mapping);
    if (attempts === 1) count('retried', nowMs, mapping);
  };
}

function decider({ db, lanes, count }: Tables): (row: TriedRow, decision: Decision, nowMs: number) => void {
  const release = db.prepare<[number, number]>('UPDATE delivery SET owner = NULL, due_ms = ? WHERE id = ?');
  const retry = db.prepare<[number, number, string, number]>(
    'UPDATE delivery SET owner = NULL, due_ms = ?, retries = ?, code = ? WHERE id = ?',
  );
  const end = db.prepare<[string, string | null, string | null, number, number]>(
    `UPDATE delivery SET owner = NULL, due_ms = NULL, head = 0, status = ?, code = ?, detail = ?, since_ms = ?
     WHERE id = ?`,
  );
  return ({ id, mapping, member, destination, pos }, decision, nowMs) => {
    if (decision.kind === 'keep') return;
    if (decision.kind === 'release') {
      release.run(decision.dueAtMs, id);
      return;
    }
    if (decision.kind === 'retry') {
      retry.run(decision.dueAtMs, decision.retries, decision.code, id);
      return;
    }
    const { code, detail } = decision.kind === 'dead' ? decision : { code: null, detail: null };
    end.run(decision.kind, code, detail, nowMs, id);
    count(`delivery ${decision.kind}`, nowMs, mapping);
    if (member !== null && pos !== null) lanes.promote(member, destination);
  };
}
