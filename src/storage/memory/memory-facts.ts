import type { EventDraft, Fact, FactKey, Identity } from '../../core/event.ts';
import { isJsonObject } from '../../core/json.ts';
import type { FactFilter, FactRow } from '../../ports/log.ts';
import type { Applied, Checkpoint } from '../../ports/store.ts';
import { factKeyText, knowMember, type MemoryState } from './memory-state.ts';

/** Learns identities and keeps the checkpoint. */
export function learnLessons(
  state: MemoryState,
  lessons: readonly Identity[],
  { checkpoint, nowMs }: { readonly checkpoint: Checkpoint | null; readonly nowMs: number },
): readonly Applied[] {
  // Read whole before anything changes: a lesson that throws leaves no trace.
  const read = lessons.map((lesson) => ({ ...lesson }));
  const applied = read.map((lesson) => learnLesson(state, lesson, nowMs));
  if (checkpoint?.value === null) state.checkpoints.delete(checkpoint.name);
  else if (checkpoint) state.checkpoints.set(checkpoint.name, checkpoint.value);
  return applied;
}

/** Keeps a fact unless a newer one is known, and makes what awaits it due. */
export function learnFact(state: MemoryState, fact: Fact, member: string | null, nowMs: number): void {
  const key = factKeyText(fact);
  const known = state.facts.get(key);
  if (known && known.learnedAtMs > fact.learnedAtMs) return;
  const newest = [...state.facts.values()].at(-1)?.id ?? 0;
  state.facts.set(key, { ...fact, member, id: known?.id ?? newest + 1 });
  for (const record of state.open) {
    if (record.status !== 'waiting' || record.dueAtMs === null) continue;
    if (record.draft.missing.some((missing) => factKeyText(missing) === key)) {
      record.dueAtMs = Math.min(record.dueAtMs, nowMs);
    }
  }
}

/** Lays what an event says of its member over the facts about her that are not newer. */
export function correctFacts(state: MemoryState, draft: EventDraft): void {
  const { source, storeCode, member, correction, clockMs } = draft;
  if (member === null || correction === undefined) return;
  for (const [key, row] of state.facts) {
    const isHers = row.member === member && row.source === source && row.storeCode === storeCode;
    if (!isHers || row.learnedAtMs > clockMs || !isJsonObject(row.value)) continue;
    const fields = Object.entries({ ...row.value, ...correction }).filter(([, field]) => field !== null);
    state.facts.set(key, { ...row, value: Object.fromEntries(fields), learnedAtMs: clockMs });
  }
}

/** The fact of this key; null when there is none. */
export function factOf(state: MemoryState, key: FactKey): Fact | null {
  const row = state.facts.get(factKeyText(key));
  if (!row) return null;
  const { id: _id, member: _member, ...fact } = row;
  return fact;
}

/** The facts that meet the filter but for its member, oldest first. */
export function factsLike(state: MemoryState, { source, storeCode, kind, key }: FactFilter): readonly FactRow[] {
  const wanted = Object.entries({ source, storeCode, kind, key }).filter(([, text]) => text !== undefined);
  return [...state.facts.values()].filter((row) => wanted.every(([name, text]) => row[name as keyof FactRow] === text));
}

function learnLesson(state: MemoryState, { member, aliases, facts }: Identity, nowMs: number): Applied {
  knowMember(state, member, aliases);
  const applied = facts.map((fact): Applied => {
    const known = state.facts.get(factKeyText(fact));
    if (known && known.learnedAtMs > fact.learnedAtMs) return 'stale';
    if (known && isSame(known, fact)) return 'repeated';
    learnFact(state, fact, member, nowMs);
    return 'applied';
  });
  return applied.find((one) => one === 'applied') ?? applied.find((one) => one === 'stale') ?? 'repeated';
}

function isSame(known: Fact, fact: Fact): boolean {
  return known.learnedAtMs === fact.learnedAtMs && JSON.stringify(known.value) === JSON.stringify(fact.value);
}
