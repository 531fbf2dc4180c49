import type { EventDraft } from '../../core/event.ts';
import type { Accepted } from '../../ports/store.ts';
import { correctFacts, learnFact } from './memory-facts.ts';
import { count, type EventRecord, knowMember, type MemoryState } from './memory-state.ts';

/** Stores one event with its aliases and facts, or finds the one it repeats. */
export function acceptDraft(state: MemoryState, given: EventDraft): Accepted {
  // Read whole before anything changes: a draft that throws leaves no trace.
  const draft = { ...given };
  const original = originalOf(state, draft);
  if (original) return repeat(state, original, draft);
  const event: EventRecord = {
    ...storedPart(draft),
    id: state.events.length + 1,
    status: draft.failure === null ? 'accepted' : 'failed',
    code: draft.failure,
    duplicates: 0,
  };
  state.events.push(event);
  count(state, draft.receivedAtMs, 'received');
  if (draft.failure !== null) count(state, draft.receivedAtMs, 'failed');
  knowMember(state, draft.member, draft.aliases);
  correctFacts(state, draft);
  for (const fact of draft.facts) learnFact(state, fact, draft.member, draft.receivedAtMs);
  return { ok: true, eventId: event.id, duplicate: false, bodyDiffers: false };
}

function originalOf(state: MemoryState, draft: EventDraft): EventRecord | undefined {
  const newest = state.events.findLast((event) => event.dedupeKey === draft.dedupeKey);
  if (!newest || draft.dedupeWindowMs === null) return newest;
  return draft.receivedAtMs - newest.receivedAtMs <= draft.dedupeWindowMs ? newest : undefined;
}

function repeat(state: MemoryState, original: EventRecord, draft: EventDraft): Accepted {
  original.duplicates += 1;
  count(state, draft.receivedAtMs, 'duplicates');
  const bodyDiffers = original.bodyHash !== draft.bodyHash;
  return { ok: true, eventId: original.id, duplicate: true, bodyDiffers };
}

function storedPart(draft: EventDraft): Omit<EventRecord, 'id' | 'status' | 'code' | 'duplicates'> {
  const { aliases: _aliases, facts: _facts, correction: _correction, ...known } = draft;
  const { failure: _failure, dedupeWindowMs: _window, ...rest } = known;
  return rest;
}
