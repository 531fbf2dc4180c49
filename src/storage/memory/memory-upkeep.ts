import { FORGOTTEN } from '../../core/replay.ts';
import type { Replay } from '../../ports/replays.ts';
import type { ForgetCounts, Forgetting, KnownMember, Pruned, PruneOrder, Upkeep } from '../../ports/upkeep.ts';
import { finish, leaveLane } from './memory-lanes.ts';
import { isKnownAs, startsIdentifier } from './memory-members.ts';
import { isInReplay } from './memory-replays.ts';
import { type DeliveryRecord, type EventRecord, type MemoryState, repeatKeyOf } from './memory-state.ts';

/** Upkeep over plain maps; there are no files to make smaller. */
export function memoryUpkeep(state: MemoryState): Upkeep {
  return {
    prune: async (order) => prune(state, order),
    tidy: async () => false,
    compact: async () => 0,
    hasten: async (_after, nowMs) => hasten(state, nowMs),
    knownMembers: async (identifier) => knownMembers(state, identifier),
    beginForgetting: async (members) => members.flatMap((member) => begin(state, member)),
    forgettings: async () => [...state.forgettings].map(([id, { counts }]) => forgetting(id, counts, 'erasing')),
    forgetStep: async (id, limit, nowMs) => forgetStep(state, id, limit, nowMs),
  };
}

function prune(state: MemoryState, { beforeMs, after, limit }: PruneOrder): Pruned {
  const old = [...state.events.values()].filter(({ id, receivedAtMs }) => id > after && receivedAtMs < beforeMs);
  const looked = old.slice(0, limit);
  const gone = looked.filter((event) => isFinal(state, event) && !isInReplay(state, event));
  for (const event of gone) eraseEvent(state, event);
  const next = old.length > looked.length ? (looked.at(-1)?.id ?? null) : null;
  return { looked: looked.length, events: gone.length, next };
}

function hasten(state: MemoryState, nowMs: number): null {
  for (const record of state.open) {
    if (record.claimed || record.dueAtMs === null || record.dueAtMs <= nowMs) continue;
    record.dueAtMs = nowMs;
    record.sinceMs = Math.min(record.sinceMs, nowMs);
  }
  return null;
}

function isFinal(state: MemoryState, event: EventRecord): boolean {
  return event.status !== 'accepted' && !deliveriesOf(state, event).some((record) => state.open.has(record));
}

function deliveriesOf(state: MemoryState, event: EventRecord): readonly DeliveryRecord[] {
  return [...state.deliveries.values()].filter((record) => record.event === event);
}

function eraseEvent(state: MemoryState, event: EventRecord): void {
  for (const record of deliveriesOf(state, event)) eraseDelivery(state, record);
  state.events.delete(event.id);
}

function eraseDelivery(state: MemoryState, record: DeliveryRecord): void {
  leaveLane(state, record);
  state.open.delete(record);
  state.deliveries.delete(record.id);
}

function knownMembers(state: MemoryState, identifier: string): readonly KnownMember[] {
  return [...state.identifiers].flatMap(([member, known]) => {
    if (![...known].some((one) => isKnownAs(one, identifier))) return [];
    const sharedWith = [...state.identifiers]
      .filter(([other, others]) => other !== member && [...others].some((one) => known.has(one)))
      .map(([other]) => other);
    return [{ member, sharedWith }];
  });
}

const NOTHING_ERASED: ForgetCounts = { events: 0, deliveries: 0, attempts: 0, facts: 0, aliases: 0 };

function begin(state: MemoryState, member: string): readonly Forgetting[] {
  if (!state.identifiers.has(member)) return [];
  const [begun] = [...state.forgettings].filter(([, known]) => known.member === member);
  if (begun) return [forgetting(begun[0], begun[1].counts, 'erasing')];
  state.last.forgetting += 1;
  state.forgettings.set(state.last.forgetting, { member, counts: NOTHING_ERASED });
  return [forgetting(state.last.forgetting, NOTHING_ERASED, 'erasing')];
}

function forgetting(id: number, counts: ForgetCounts, stage: Forgetting['stage'], isHeldUp = false): Forgetting {
  return { id, ...counts, stage, isHeldUp };
}

function forgetStep(state: MemoryState, id: number, limit: number, nowMs: number): Forgetting | null {
  const begun = state.forgettings.get(id);
  if (!begun) return null;
  const { member } = begun;
  const erase = (record: DeliveryRecord): void => {
    const { counts } = begun;
    const attempts = counts.attempts + record.attempts.length;
    begun.counts = { ...counts, deliveries: counts.deliveries + 1, attempts };
    if (state.open.has(record)) finish(state, record, { status: 'canceled', code: null, detail: null }, nowMs);
    eraseDelivery(state, record);
  };
  const events = [...state.events.values()].filter((event) => isHers(state, event, member)).reverse();
  for (const event of events.slice(0, limit)) {
    const deliveries = deliveriesOf(state, event);
    if (deliveries.some(({ claimed }) => claimed)) return forgetting(id, begun.counts, 'erasing', true);
    deliveries.forEach(erase);
    const key = repeatKeyOf(event);
    if (key !== null) state.erased.set(key, event.id);
    state.events.delete(event.id);
    begun.counts = { ...begun.counts, events: begun.counts.events + 1 };
  }
  if (events.length > limit) return forgetting(id, begun.counts, 'erasing');
  const others = [...state.deliveries.values()].filter(({ draft }) => draft.member === member);
  if (others.some(({ claimed }) => claimed)) return forgetting(id, begun.counts, 'erasing', true);
  others.forEach(erase);
  return forgetMember(state, id, begun);
}

/** Events that name her, and those that name nobody and became deliveries to her, or with facts about her. */
function isHers(state: MemoryState, event: EventRecord, member: string): boolean {
  if (event.member !== null) return event.member === member;
  const keys = [...state.facts.values()].filter((row) => row.member === member).map(({ key }) => key);
  return deliveriesOf(state, event).some(({ draft }) => {
    return draft.member === member || (draft.member === null && draft.lookups.some(({ key }) => keys.includes(key)));
  });
}

function forgetMember(
  state: MemoryState,
  id: number,
  { member, counts }: { readonly member: string; readonly counts: ForgetCounts },
): Forgetting {
  const known = state.identifiers.get(member) ?? new Set();
  const facts = [...state.facts].filter(([, row]) => row.member === member);
  for (const [key] of facts) state.facts.delete(key);
  for (const replay of state.replays.values()) endReplayAbout(state, replay, known);
  state.identifiers.delete(member);
  state.forgettings.delete(id);
  return forgetting(id, { ...counts, facts: facts.length, aliases: known.size - 1 }, 'done');
}

/** A filter that names her is personal too: it goes, and the replay ends. */
function endReplayAbout(state: MemoryState, replay: Replay, known: ReadonlySet<string>): void {
  const { selection } = replay;
  if (selection.kind === 'deliveries' || selection.kind === 'events') return;
  const named = [selection.filter.member, selection.filter.q].filter((text) => text !== undefined);
  if (!named.some((text) => [...known].some((one) => isKnownAs(one, text) || startsIdentifier(one, text)))) return;
  const { member: _member, q: _q, ...filter } = selection.filter;
  const status = replay.status === 'done' ? 'done' : 'canceled';
  const redacted = { ...selection, filter: { ...filter, member: FORGOTTEN } } as Replay['selection'];
  state.replays.set(replay.id, { ...replay, status, selection: redacted });
}
