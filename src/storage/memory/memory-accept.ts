import type { Accepted, AcceptedDraft, ClaimOffer } from '../../ports/store.ts';
import { claimOffered } from './memory-claims.ts';
import { correctFacts, learnFact } from './memory-facts.ts';
import { addDeliveries, assertSendable, noteUnmatched } from './memory-routes.ts';
import { count, type EventRecord, knowMember, type MemoryState, repeatKeyOf } from './memory-state.ts';

/** Stores one event with its aliases, facts and deliveries, or finds the one it repeats. */
export function acceptDraft(state: MemoryState, given: AcceptedDraft, offers: readonly ClaimOffer[]): Accepted {
  // Read whole before anything changes: a draft that throws leaves no trace.
  const draft = { ...given };
  for (const delivery of draft.routed?.deliveries ?? []) assertSendable(delivery);
  const repeated = repeatOf(state, draft);
  if (repeated) return repeated;
  const event = store(state, draft);
  knowMember(state, draft.member, draft.aliases);
  correctFacts(state, draft);
  for (const fact of draft.facts) learnFact(state, fact, draft.member, draft.receivedAtMs);
  const added = addDeliveries(state, event, draft.routed?.deliveries ?? [], draft.receivedAtMs);
  const claimed = claimOffered(state, added, offers, draft.receivedAtMs);
  return { ok: true, eventId: event.id, duplicate: false, original: null, claimed };
}

function store(state: MemoryState, draft: AcceptedDraft): EventRecord {
  const { aliases: _aliases, facts: _facts, correction: _correction, routed, ...known } = draft;
  const { failure, dedupeWindowMs: _window, ...stored } = known;
  const status = failure === null ? (routed?.status ?? 'accepted') : 'failed';
  state.last.event += 1;
  const event: EventRecord = { ...stored, id: state.last.event, status, code: failure, duplicates: 0 };
  state.events.set(event.id, event);
  state.names.event.add(event.name);
  state.names.source.add(event.source);
  count(state, draft.receivedAtMs, 'received');
  if (status === 'failed' || status === 'unmatched') count(state, draft.receivedAtMs, status);
  if (status === 'unmatched') noteUnmatched(state, event);
  return event;
}

function repeatOf(state: MemoryState, draft: AcceptedDraft): Accepted | null {
  const key = repeatKeyOf(draft);
  if (key === null) return null;
  const original = originalOf(state, key, draft);
  const eventId = original?.id ?? state.erased.get(key);
  if (eventId === undefined) return null;
  if (original) original.duplicates += 1;
  count(state, draft.receivedAtMs, 'duplicates');
  return { ok: true, eventId, duplicate: true, original: original?.body ?? null, claimed: [] };
}

function originalOf(state: MemoryState, key: string, draft: AcceptedDraft): EventRecord | undefined {
  const { messageId, dedupeWindowMs, receivedAtMs } = draft;
  const newest = [...state.events.values()].findLast((event) => repeatKeyOf(event) === key);
  if (!newest || messageId !== null || dedupeWindowMs === null) return newest;
  return Math.abs(receivedAtMs - newest.receivedAtMs) <= dedupeWindowMs ? newest : undefined;
}
