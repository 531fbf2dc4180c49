import type { ClaimedDelivery } from '../../core/delivery.ts';
import type { Decision } from '../../core/retry-policy.ts';
import type { Applied, Claim, SettledAttempt, WaitingDelivery } from '../../ports/store.ts';
import { count, type DeliveryRecord, isHead, laneOf, type MemoryState, storedEvent } from './memory-state.ts';

/** Claims heads and laneless deliveries that are due. */
export function claimDue(state: MemoryState, claim: Claim): readonly ClaimedDelivery[] {
  const due = [...state.open].filter(
    (record) =>
      record.status === 'pending' &&
      record.draft.destination === claim.destination &&
      !record.claimed &&
      isDue(record, claim.nowMs) &&
      isHead(state, record),
  );
  const taken = due.sort(byDue).slice(0, claim.limit);
  for (const record of taken) {
    record.claimed = true;
    record.claimNo += 1;
    record.dueAtMs = claim.leaseEndMs;
  }
  return taken.map(claimedOf);
}

/** Claims whose lease ended; with `all`, every claim. */
export function expired(state: MemoryState, nowMs: number, limit: number, all: boolean): readonly ClaimedDelivery[] {
  const owned = [...state.open].filter((record) => record.claimed && (all || isDue(record, nowMs)));
  return owned.sort(byDue).slice(0, limit).map(claimedOf);
}

/** Waiting deliveries whose time has come. */
export function waitingDue(state: MemoryState, nowMs: number, limit: number): readonly WaitingDelivery[] {
  const due = [...state.open].filter((record) => record.status === 'waiting' && isDue(record, nowMs));
  return due
    .sort(byDue)
    .slice(0, limit)
    .map(({ id, event, draft, sinceMs }) => {
      return { id, event: storedEvent(event), mapping: draft.mapping, run: draft.run, waitingSinceMs: sinceMs };
    });
}

/** Logs one try and applies its decision, unless a newer claim decides. */
export function settleTry(state: MemoryState, settled: SettledAttempt): Applied {
  const record = state.deliveries[settled.deliveryId - 1];
  if (!record) return 'stale';
  const { attempt, claimNo, decision, nowMs } = settled;
  if (attempt) {
    state.attempts += 1;
    record.attempts.push({ ...attempt, id: state.attempts, claimNo });
    count(state, nowMs, `attempt ${attempt.verdict}`);
    if (record.attempts.length === 2) count(state, nowMs, 'retried');
  }
  if (record.status !== 'pending' || !record.claimed || record.claimNo !== claimNo) return 'stale';
  decideOn(state, record, decision, nowMs);
  return 'applied';
}

function decideOn(state: MemoryState, record: DeliveryRecord, decision: Decision, nowMs: number): void {
  if (decision.kind === 'keep') return;
  record.claimed = false;
  if (decision.kind === 'release') {
    record.dueAtMs = decision.dueAtMs;
    return;
  }
  record.code = decision.kind === 'delivered' ? null : decision.code;
  if (decision.kind === 'retry') {
    record.dueAtMs = decision.dueAtMs;
    record.retries = decision.retries;
    return;
  }
  record.detail = decision.kind === 'dead' ? decision.detail : null;
  record.status = decision.kind;
  record.dueAtMs = null;
  record.sinceMs = nowMs;
  count(state, nowMs, decision.kind);
  leave(state, record);
}

function leave(state: MemoryState, record: DeliveryRecord): void {
  state.open.delete(record);
  const lane = laneOf(record.draft);
  if (lane === null) return;
  const rest = (state.lanes.get(lane) ?? []).filter((other) => other !== record);
  if (rest.length === 0) state.lanes.delete(lane);
  else state.lanes.set(lane, rest);
}

function isDue(record: DeliveryRecord, nowMs: number): boolean {
  return record.dueAtMs !== null && record.dueAtMs <= nowMs;
}

function byDue(left: DeliveryRecord, right: DeliveryRecord): number {
  return (left.dueAtMs ?? 0) - (right.dueAtMs ?? 0) || left.id - right.id;
}

function claimedOf(record: DeliveryRecord): ClaimedDelivery {
  const { id, event, draft, claimNo, retries, attempts, sinceMs } = record;
  return {
    id,
    eventId: event.id,
    event: event.name,
    source: event.source,
    mapping: draft.mapping,
    mappingVersion: draft.mappingVersion,
    destination: draft.destination,
    endpoint: draft.endpoint,
    member: draft.member,
    request: draft.request ?? '',
    claimNo,
    retries,
    attempts: attempts.length,
    pendingSinceMs: sinceMs,
  };
}
