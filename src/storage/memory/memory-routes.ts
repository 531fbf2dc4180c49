import type { DeliveryDraft, RoutedEvent } from '../../core/delivery.ts';
import type { Applied, SettledWaiting } from '../../ports/store.ts';
import {
  count,
  type DeliveryRecord,
  type EventRecord,
  factKeyText,
  knowMember,
  laneOf,
  type MemoryState,
} from './memory-state.ts';

/** Writes what routing decided about one event. */
export function settleRoute(state: MemoryState, routed: RoutedEvent, nowMs: number): Applied {
  for (const draft of routed.deliveries) assertSendable(draft);
  const event = state.events[routed.eventId - 1];
  if (!event) return 'repeated';
  const first = event.status === 'accepted';
  const added = routed.deliveries.filter((draft) => addDelivery(state, event, draft, nowMs)).length;
  if (!first && added === 0) return 'repeated';
  event.status = routed.status;
  event.code = routed.code;
  if (first && routed.status !== 'routed') count(state, nowMs, routed.status);
  if (first && routed.status === 'unmatched') noteUnmatched(state, event);
  return 'applied';
}

/** Writes what a look at one waiting delivery came to. */
export function settleWait(state: MemoryState, settled: SettledWaiting, nowMs: number): Applied {
  const drafts = settled.kind === 'shaped' ? settled.deliveries : [];
  if (settled.kind === 'shaped' && drafts.length === 0) throw new Error('Nothing was decided about a waiting delivery');
  for (const draft of drafts) assertSendable(draft);
  const record = state.deliveries[settled.deliveryId - 1];
  if (record?.status !== 'waiting') return 'repeated';
  if (settled.kind === 'postponed') postpone(state, record, settled.dueAtMs, nowMs);
  for (const [index, draft] of drafts.entries()) {
    if (index > 0) addDelivery(state, record.event, draft, nowMs);
    else reshape(state, record, draft, nowMs);
  }
  return 'applied';
}

function postpone(state: MemoryState, record: DeliveryRecord, dueAtMs: number | null, nowMs: number): void {
  record.dueAtMs = dueAtMs;
  if (dueAtMs !== null) return;
  record.status = 'dead';
  record.code = 'TRANSFORM_RECALL_MISSING';
  record.sinceMs = nowMs;
  state.open.delete(record);
  count(state, nowMs, 'dead');
}

/** The row stays the same delivery, whatever the draft calls it. */
function reshape(state: MemoryState, record: DeliveryRecord, draft: DeliveryDraft, nowMs: number): void {
  const { mapping, part, run } = record.draft;
  if (draft.status !== 'waiting') record.sinceMs = nowMs;
  place(state, record, { ...draft, mapping, part, run }, nowMs);
}

function assertSendable(draft: DeliveryDraft): void {
  if (draft.status !== 'pending' || draft.request !== null) return;
  throw new Error(`A pending delivery of ${draft.mapping} has no request`);
}

/** False when it was there already. */
function addDelivery(state: MemoryState, event: EventRecord, draft: DeliveryDraft, nowMs: number): boolean {
  const there = state.deliveries.some(
    (record) =>
      record.event === event &&
      record.draft.mapping === draft.mapping &&
      record.draft.part === draft.part &&
      record.draft.run === draft.run,
  );
  if (there) return false;
  const record: DeliveryRecord = {
    id: state.deliveries.length + 1,
    event,
    createdAtMs: nowMs,
    draft,
    status: draft.status,
    code: draft.code,
    detail: draft.detail,
    dueAtMs: null,
    sinceMs: nowMs,
    claimNo: 0,
    claimed: false,
    retries: 0,
    attempts: [],
  };
  state.deliveries.push(record);
  place(state, record, draft, nowMs);
  return true;
}

/** Puts a delivery where its draft says: to a lane's tail, to the waiting ones, or to rest. */
function place(state: MemoryState, record: DeliveryRecord, draft: DeliveryDraft, nowMs: number): void {
  record.draft = draft;
  record.status = draft.status;
  record.code = draft.code;
  record.detail = draft.detail;
  record.dueAtMs = dueOf(state, draft, nowMs);
  knowMember(state, draft.member, []);
  if (record.dueAtMs === null) {
    state.open.delete(record);
    count(state, nowMs, draft.status);
    return;
  }
  state.open.add(record);
  const lane = draft.status === 'pending' ? laneOf(draft) : null;
  if (lane !== null) state.lanes.set(lane, [...(state.lanes.get(lane) ?? []), record]);
}

/** A fact that arrived between the look and its commit makes the delivery due at once. */
function dueOf(state: MemoryState, draft: DeliveryDraft, nowMs: number): number | null {
  if (draft.status === 'pending') return draft.dueAtMs;
  if (draft.status !== 'waiting') return null;
  const arrived = draft.missing.some((key) => (state.facts.get(factKeyText(key))?.value ?? null) !== null);
  return arrived ? Math.min(draft.dueAtMs, nowMs) : draft.dueAtMs;
}

function noteUnmatched(state: MemoryState, { name, source, receivedAtMs }: EventRecord): void {
  const key = JSON.stringify([source, name]);
  const known = state.unmatched.get(key);
  state.unmatched.set(key, {
    name,
    source,
    count: (known?.count ?? 0) + 1,
    firstSeenMs: Math.min(known?.firstSeenMs ?? receivedAtMs, receivedAtMs),
    lastSeenMs: Math.max(known?.lastSeenMs ?? receivedAtMs, receivedAtMs),
  });
}
