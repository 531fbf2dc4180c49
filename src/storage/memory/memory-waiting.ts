import type { DeliveryDraft } from '../../core/delivery.ts';
import type { Applied, SettledWaiting, WaitingDelivery } from '../../ports/store.ts';
import { byDue, isDue } from './memory-claims.ts';
import { finish } from './memory-lanes.ts';
import { addDeliveries, assertSendable, place } from './memory-routes.ts';
import { type DeliveryRecord, type MemoryState, storedEvent } from './memory-state.ts';

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

/** Writes what a look at one waiting delivery came to. */
export function settleWait(state: MemoryState, settled: SettledWaiting, nowMs: number): Applied {
  const drafts = settled.kind === 'shaped' ? settled.deliveries : [];
  const [own, ...more] = drafts;
  if (settled.kind === 'shaped' && !own) throw new Error('Nothing was decided about a waiting delivery');
  for (const draft of drafts) assertSendable(draft);
  const record = state.deliveries.get(settled.deliveryId);
  if (record?.status !== 'waiting') return 'repeated';
  if (settled.kind === 'postponed') postpone(state, record, settled.dueAtMs, nowMs);
  if (own) reshape(state, record, own, nowMs);
  addDeliveries(state, record.event, more, nowMs);
  return 'applied';
}

function postpone(state: MemoryState, record: DeliveryRecord, dueAtMs: number | null, nowMs: number): void {
  if (dueAtMs !== null) record.dueAtMs = dueAtMs;
  else finish(state, record, { status: 'dead', code: 'TRANSFORM_RECALL_MISSING', detail: record.detail }, nowMs);
}

/** The row stays the same delivery, whatever the draft calls it. */
function reshape(state: MemoryState, record: DeliveryRecord, draft: DeliveryDraft, nowMs: number): void {
  const { mapping, part, run } = record.draft;
  if (draft.status !== 'waiting') record.sinceMs = nowMs;
  place(state, record, { ...draft, mapping, part, run }, nowMs);
}
