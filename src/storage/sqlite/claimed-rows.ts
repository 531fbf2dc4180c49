import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { Names } from './names.ts';

/** The columns of a claimed delivery `d`: numbers, and its request. */
export const CLAIMED_COLUMNS = `d.id, d.event, d.mapping, d.destination, d.endpoint, d.member, d.pos, d.due_ms,
  d.claim_no, d.retries, d.attempts, d.share_limit, d.since_ms,
  (SELECT request FROM frozen WHERE delivery = d.id) AS request`;

/** What `CLAIMED_COLUMNS` selects. */
export interface ClaimedRow {
  readonly id: number;
  readonly event: number;
  readonly mapping: number;
  readonly destination: number;
  readonly endpoint: number;
  readonly member: number | null;
  readonly pos: number | null;
  readonly due_ms: number;
  readonly claim_no: number;
  readonly retries: number;
  readonly attempts: number;
  readonly share_limit: number | null;
  readonly since_ms: number;
  readonly request: string | null;
}

/** The delivery of such a row, under a claim of this number. */
export function claimedDelivery(names: Names, row: ClaimedRow, claimNo: number): ClaimedDelivery {
  return {
    id: row.id,
    eventId: row.event,
    mapping: names.textOf(row.mapping),
    destination: names.textOf(row.destination),
    endpoint: names.textOf(row.endpoint),
    request: row.request ?? '',
    claimNo,
    retries: row.retries,
    attempts: row.attempts,
    pendingSinceMs: row.since_ms,
    shareLimit: row.share_limit,
  };
}
