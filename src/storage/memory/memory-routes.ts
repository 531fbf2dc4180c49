import type { DeliveryDraft, RoutedEvent } from '../../core/delivery.ts';
import type { ClaimOffer, SettledRoute } from '../../ports/store.ts';
import { claimOffered } from './memory-claims.ts';
import { enter, laneOf } from './memory-lanes.ts';
import {
  count,
  type DeliveryRecord,
  type EventRecord,
  factKeyText,
  knowMember,
  type MemoryState,
} from './memory-state.ts';

const REPEATED: SettledRoute = { applied: 'repeated', claimed: [] };

/** Writes what routing decided about one event. */
export function settleRoute(
  state: MemoryState,
  routed: RoutedEvent,
  nowMs: number,
  offers: readonly ClaimOffer[],
): SettledRoute {
  for (const draft of routed.deliveries) assertSendable(draft);
  const event = state.events.get(routed.eventId);
  if (!event) return REPEATED;
  const isFirst = event.status === 'accepted';
  const added = addDeliveries(state, event, routed.deliveries, nowMs);
  if (!isFirst && added.length === 0) return REPEATED;
  event.status = routed.status;
  event.code = routed.code;
  if (isFirst && routed.status !== 'routed') count(state, nowMs, routed.status);
  if (isFirst && routed.status === 'unmatched') noteUnmatched(state, event);
  return { applied: 'applied', claimed: claimOffered(state, added, offers, nowMs) };
}

/** Whether a delivery that is to be sent holds what is to be sent. */
export function isSendable({ status, request }: DeliveryDraft): boolean {
  return status !== 'pending' || request !== null;
}

/** Throws for a delivery that is to be sent and holds nothing to send. */
export function assertSendable(draft: DeliveryDraft): void {
  if (isSendable(draft)) return;
  throw new Error(`A pending delivery of ${draft.mapping} has no request`);
}

/** Adds deliveries to an event, less those that were there already. */
export function addDeliveries(
  state: MemoryState,
  event: EventRecord,
  drafts: readonly DeliveryDraft[],
  nowMs: number,
): readonly DeliveryRecord[] {
  return drafts.filter((draft) => !isThere(state, event, draft)).map((draft) => add(state, event, draft, nowMs));
}

/** Puts a delivery where its draft says: to a lane's tail, to the waiting ones, or to rest. */
export function place(state: MemoryState, record: DeliveryRecord, draft: DeliveryDraft, nowMs: number): void {
  const { status, reason, code, detail, background } = draft;
  const dueAtMs = dueOf(state, draft, nowMs);
  const lane = status === 'pending' ? laneOf(draft) : null;
  Object.assign(record, { draft, status, reason, code, detail, background, dueAtMs, lane });
  knowMember(state, draft.member, []);
  for (const by of ['mapping', 'destination', 'endpoint'] as const) state.names[by].add(draft[by]);
  if (dueAtMs !== null) enter(state, record);
  else {
    state.open.delete(record);
    count(state, nowMs, status);
  }
}

/** Counts an event that no mapping took, under its name. */
export function noteUnmatched(state: MemoryState, { name, source, receivedAtMs }: EventRecord): void {
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

function isThere(state: MemoryState, event: EventRecord, { mapping, part, run }: DeliveryDraft): boolean {
  const made = [...state.deliveries.values()].filter((record) => record.event === event);
  return made.some(({ draft }) => draft.mapping === mapping && draft.part === part && draft.run === run);
}

function add(state: MemoryState, event: EventRecord, draft: DeliveryDraft, nowMs: number): DeliveryRecord {
  state.last.delivery += 1;
  const record: DeliveryRecord = {
    id: state.last.delivery,
    event,
    createdAtMs: nowMs,
    draft,
    status: draft.status,
    reason: draft.reason,
    code: draft.code,
    detail: draft.detail,
    lane: null,
    background: draft.background,
    dueAtMs: null,
    sinceMs: nowMs,
    claimNo: 0,
    claimed: false,
    retries: 0,
    shareLimit: null,
    attempts: [],
  };
  state.deliveries.set(record.id, record);
  place(state, record, draft, nowMs);
  return record;
}

/** A fact that arrived between the look and its commit makes the delivery due at once. */
function dueOf(state: MemoryState, draft: DeliveryDraft, nowMs: number): number | null {
  if (draft.status === 'pending') return draft.dueAtMs;
  if (draft.status !== 'waiting') return null;
  const arrived = draft.missing.some((key) => (state.facts.get(factKeyText(key))?.value ?? null) !== null);
  return arrived ? Math.min(draft.dueAtMs, nowMs) : draft.dueAtMs;
}
