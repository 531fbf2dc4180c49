import type { AttemptDraft } from '../../core/attempt.ts';
import type { Applied, SettledAttempt } from '../../ports/store.ts';
import { decisions } from './decisions.ts';
import type { TriedRow } from './open-claims.ts';
import type { Tables } from './tables.ts';

/** Prepares the third transition: a try is logged and, unless a newer claim decides, its decision applied. */
export function attempting(tables: Tables): (settled: SettledAttempt) => Applied {
  const { db, openClaims } = tables;
  const find = db.prepare<[number], TriedRow>(
    'SELECT id, mapping, destination, member, pos, attempts, claim_no, owner FROM delivery WHERE id = ?',
  );
  const countLate = db.prepare<[number]>('UPDATE delivery SET attempts = attempts + 1 WHERE id = ?');
  const decide = decisions(tables);
  const log = logger(tables);
  const settle = (row: TriedRow, settled: SettledAttempt): boolean => {
    if (row.owner === null || row.claim_no !== settled.claimNo || !decide(row, settled)) return false;
    if (settled.attempt) log(row, settled.claimNo, settled.attempt, settled.nowMs);
    return true;
  };
  const settleRead = (settled: SettledAttempt): Applied => {
    const row = find.get(settled.deliveryId);
    if (!row) return 'stale';
    if (settle(row, settled)) return 'applied';
    if (!settled.attempt) return 'stale';
    countLate.run(row.id);
    log(row, settled.claimNo, settled.attempt, settled.nowMs);
    return 'stale';
  };
  return (settled) => {
    const { deliveryId, decision, attempt } = settled;
    const open = openClaims.get(deliveryId);
    if (!open || !settle(open, settled)) {
      openClaims.delete(deliveryId);
      return settleRead(settled);
    }
    if (decision.kind !== 'keep') openClaims.delete(deliveryId);
    else if (attempt) open.attempts += 1;
    return 'applied';
  };
}

type AttemptColumns = [
  ...[delivery: number, claimNo: number, startedMs: number, durationMs: number, httpStatus: number | null],
  ...[verdict: string, code: string | null, retryAfterMs: number | null, detail: string | null],
  ...[response: string | null],
];

const OF_ALL = 'delivery, claim_no, started_ms, duration_ms, http_status, verdict';

function logger(tables: Tables): (row: TriedRow, claimNo: number, attempt: AttemptDraft, nowMs: number) => void {
  const { db, counters } = tables;
  // Nearly every attempt goes well, and nothing more is to be said of it.
  const insertPlain = db.prepare<[number, number, number, number, number | null]>(
    `INSERT INTO attempt (${OF_ALL}) VALUES (?, ?, ?, ?, ?, 'delivered')`,
  );
  const insert = db.prepare<AttemptColumns>(
    `INSERT INTO attempt (${OF_ALL}, code, retry_after_ms, detail, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return ({ id, mapping, attempts }, claimNo, attempt, nowMs) => {
    const { startedAtMs, durationMs, verdict, code, httpStatus, retryAfterMs, detail, response } = attempt;
    const isPlain = verdict === 'delivered' && code === null && retryAfterMs === null && detail === null;
    if (isPlain && response === null) insertPlain.run(id, claimNo, startedAtMs, durationMs, httpStatus);
    else {
      const said = [verdict, code, retryAfterMs, detail, response] as const;
      insert.run(id, claimNo, startedAtMs, durationMs, httpStatus, ...said);
    }
    counters.count(`attempt ${verdict}`, nowMs, mapping);
    if (attempts === 1) counters.count('retried', nowMs, mapping);
  };
}
