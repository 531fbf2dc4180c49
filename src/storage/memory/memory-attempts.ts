import type { AttemptDraft } from '../../core/attempt.ts';
import type { Applied, SettledAttempt } from '../../ports/store.ts';
import { finish } from './memory-lanes.ts';
import { count, type DeliveryRecord, type MemoryState } from './memory-state.ts';

/** Logs one try and applies its decision, unless a newer claim decides. */
export function settleTry(state: MemoryState, settled: SettledAttempt): Applied {
  const record = state.deliveries.get(settled.deliveryId);
  if (!record) return 'stale';
  if (settled.attempt) log(state, record, settled.claimNo, settled.attempt, settled.nowMs);
  if (!record.claimed || record.claimNo !== settled.claimNo) return 'stale';
  decideOn(state, record, settled);
  return 'applied';
}

function log(state: MemoryState, record: DeliveryRecord, claimNo: number, attempt: AttemptDraft, nowMs: number): void {
  state.last.attempt += 1;
  record.attempts.push({ ...attempt, id: state.last.attempt, claimNo });
  count(state, nowMs, `attempt ${attempt.verdict}`);
  if (record.attempts.length === 2) count(state, nowMs, 'retried');
}

function decideOn(state: MemoryState, record: DeliveryRecord, { decision, shareLimit, nowMs }: SettledAttempt): void {
  if (decision.kind === 'keep') return;
  if (decision.kind === 'delivered') {
    finish(state, record, { status: 'delivered', code: null, detail: null }, nowMs);
    return;
  }
  if (decision.kind === 'dead') {
    finish(state, record, { status: 'dead', code: decision.code, detail: decision.detail }, nowMs);
    return;
  }
  record.claimed = false;
  record.dueAtMs = decision.dueAtMs;
  record.shareLimit = shareLimit;
  if (decision.kind === 'release') return;
  record.code = decision.code;
  record.retries = decision.retries;
}
