import type { DeliveryStatus } from '../../core/delivery.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { count, type DeliveryRecord, type MemoryState } from './memory-state.ts';

/** Opens a delivery, or opens it again: pending ones go to their lane's tail. */
export function enter(state: MemoryState, record: DeliveryRecord): void {
  state.open.add(record);
  if (record.status !== 'pending' || record.lane === null) return;
  state.lanes.set(record.lane, [...(state.lanes.get(record.lane) ?? []), record]);
}

/** Takes a delivery out of its lane, whatever its place. */
export function leaveLane(state: MemoryState, record: DeliveryRecord): void {
  if (record.lane === null) return;
  const rest = (state.lanes.get(record.lane) ?? []).filter((other) => other !== record);
  if (rest.length === 0) state.lanes.delete(record.lane);
  else state.lanes.set(record.lane, rest);
}

/** Brings an open delivery to rest. */
export function finish(
  state: MemoryState,
  record: DeliveryRecord,
  end: { readonly status: DeliveryStatus; readonly code: ErrorCode | null; readonly detail: string | null },
  nowMs: number,
): void {
  leaveLane(state, record);
  state.open.delete(record);
  Object.assign(record, end, { claimed: false, dueAtMs: null, sinceMs: nowMs });
  count(state, nowMs, end.status);
}

/** The lane that routing wants a delivery in; null for none. */
export function laneOf(of: {
  readonly ordered: boolean;
  readonly member: string | null;
  readonly destination: string;
}) {
  return of.ordered && of.member !== null ? JSON.stringify([of.member, of.destination]) : null;
}

/** What a pending delivery's lane begins with: itself when it has none. */
export function headOf(state: MemoryState, record: DeliveryRecord): DeliveryRecord {
  return (record.lane === null ? undefined : state.lanes.get(record.lane)?.[0]) ?? record;
}
