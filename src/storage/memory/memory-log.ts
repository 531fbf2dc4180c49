import { publicId } from '../../core/id.ts';
import type {
  DeadCause,
  DeliveryDetail,
  DeliveryFilter,
  DeliveryRow,
  EventDetail,
  EventFilter,
  EventRow,
  Log,
  Page,
  PageRequest,
  RunnableEvent,
} from '../../ports/log.ts';
import { factOf, factsLike } from './memory-facts.ts';
import { headOf } from './memory-lanes.ts';
import { isKnownAs, startsIdentifier } from './memory-members.ts';
import { type DeliveryRecord, type EventRecord, type MemoryState, storedEvent } from './memory-state.ts';
import { gaugesOf, statsOf } from './memory-totals.ts';

const LONGEST_PAGE = 200;

/** The log's reads over plain arrays: written to be obviously right. */
export function memoryLog(state: MemoryState): Log {
  return {
    deliveries: async (filter, page) =>
      pageOf(
        [...state.deliveries.values()]
          .filter((record) => matchesDelivery(state, record, filter))
          .map((record) => rowOf(state, record)),
        page,
      ),
    deadCauses: async (filter) => deadCausesOf(state, filter),
    delivery: async (id) => detailOf(state, state.deliveries.get(id)),
    events: async (filter, page) => pageOf(eventsLike(state, filter).map(eventRowOf), page),
    event: async (id) => eventDetailOf(state, state.events.get(id)),
    runnableEvents: async (filter, page) =>
      pageOf(
        eventsLike(state, filter).map((event) => runnableOf(state, event)),
        page,
      ),
    facts: async (keys) => keys.map((key) => factOf(state, key)),
    factRows: async (filter, page) =>
      pageOf(
        factsLike(state, filter).filter(({ member }) => isMember(state, filter.member, member)),
        page,
      ),
    names: async (by) => [...state.names[by]].sort(),
    unmatchedNames: async (limit) =>
      [...state.unmatched.values()]
        .sort((left, right) => right.lastSeenMs - left.lastSeenMs || (left.name < right.name ? -1 : 1))
        .slice(0, limit),
    receipts: async (page) => pageOf(state.receipts, page),
    lastGoodFiles: async () => state.files,
    stats: async (sinceMs) => statsOf(state, sinceMs),
    gauges: async () => gaugesOf(state),
    pauses: async (sinceMs) => state.pauses.filter(({ untilMs }) => untilMs === null || untilMs >= sinceMs),
  };
}

/** One page of rows that stand oldest first. */
export function pageOf<Row extends { readonly id: number }>(
  rows: readonly Row[],
  { before, limit }: PageRequest,
): Page<Row> {
  const size = Math.min(limit, LONGEST_PAGE);
  const older = rows.filter(({ id }) => before === null || id < before).reverse();
  const items = older.slice(0, size);
  return { items, nextBefore: older.length > size ? (items.at(-1)?.id ?? null) : null };
}

/** Whether a delivery meets the filter. */
export function matchesDelivery(state: MemoryState, record: DeliveryRecord, filter: DeliveryFilter): boolean {
  const { draft, event } = record;
  return (
    same(filter.status, record.status) &&
    same(filter.mapping, draft.mapping) &&
    same(filter.event, event.name) &&
    same(filter.destination, draft.destination) &&
    same(filter.endpoint, draft.endpoint) &&
    same(filter.code, record.code) &&
    within(filter, record.createdAtMs) &&
    isMember(state, filter.member, draft.member) &&
    (filter.q === undefined || found(state, filter.q, [publicId('dlv', record.id)], event, draft.member))
  );
}

/** Whether an event meets the filter. */
export function matchesEvent(state: MemoryState, event: EventRecord, filter: EventFilter): boolean {
  return (
    same(filter.status, event.status) &&
    same(filter.event, event.name) &&
    same(filter.source, event.source) &&
    within(filter, event.receivedAtMs) &&
    isMember(state, filter.member, event.member) &&
    (filter.q === undefined || found(state, filter.q, [], event, event.member))
  );
}

function eventsLike(state: MemoryState, filter: EventFilter): readonly EventRecord[] {
  return [...state.events.values()].filter((event) => matchesEvent(state, event, filter));
}

function deliveriesOf(state: MemoryState, event: EventRecord): readonly DeliveryRecord[] {
  return [...state.deliveries.values()].filter((record) => record.event === event);
}

function same<Value>(wanted: Value | undefined, actual: Value | null): boolean {
  return wanted === undefined || wanted === actual;
}

function within({ sinceMs, untilMs }: { readonly sinceMs?: number; readonly untilMs?: number }, atMs: number): boolean {
  return (sinceMs === undefined || atMs >= sinceMs) && (untilMs === undefined || atMs < untilMs);
}

function isMember(state: MemoryState, wanted: string | undefined, member: string | null): boolean {
  if (wanted === undefined) return true;
  return member !== null && [...identifiersOf(state, member)].some((known) => isKnownAs(known, wanted));
}

function found(
  state: MemoryState,
  q: string,
  ids: readonly string[],
  event: EventRecord,
  member: string | null,
): boolean {
  if (q === '') return false;
  if ([...ids, publicId('evt', event.id)].some((id) => startsId(id, q.toLowerCase()))) return true;
  if (event.messageId?.startsWith(q) || event.messageId?.startsWith(q.toLowerCase())) return true;
  return member !== null && [...identifiersOf(state, member)].some((known) => startsIdentifier(known, q));
}

/** An id is found by its start, or whole without its padding. */
function startsId(id: string, q: string): boolean {
  return (q.length > 4 && id.startsWith(q)) || id.replace(/_0+(?=.)/, '_') === q.replace(/_0+(?=.)/, '_');
}

function identifiersOf(state: MemoryState, member: string): ReadonlySet<string> {
  return state.identifiers.get(member) ?? new Set([member]);
}

function rowOf(state: MemoryState, record: DeliveryRecord): DeliveryRow {
  const { draft, event } = record;
  const head = headOf(state, record);
  return {
    id: record.id,
    eventId: event.id,
    event: event.name,
    mapping: draft.mapping,
    mappingVersion: draft.mappingVersion,
    destination: draft.destination,
    endpoint: draft.endpoint,
    member: draft.member,
    status: record.status,
    reason: record.reason,
    code: record.code,
    attempts: record.attempts.length,
    part: draft.part,
    run: draft.run,
    blockedBy: record.status === 'pending' && head !== record ? head.id : null,
    createdAtMs: record.createdAtMs,
    dueAtMs: record.dueAtMs,
  };
}

function detailOf(state: MemoryState, record: DeliveryRecord | undefined): DeliveryDetail | null {
  if (!record) return null;
  const { draft, event } = record;
  const mapping = state.mappings.get(JSON.stringify([draft.mapping, draft.mappingVersion]));
  return {
    ...rowOf(state, record),
    detail: record.detail,
    request: draft.request,
    emptyKeys: draft.emptyKeys,
    lookups: draft.lookups,
    mappingText: mapping?.text ?? null,
    mappingFile: mapping?.file ?? null,
    sourceEvent: storedEvent(event),
    attemptLog: [...record.attempts],
  };
}

function eventRowOf(event: EventRecord): EventRow {
  const { id, name, source, storeCode, messageId, member, status, code, duplicates, clockMs, receivedAtMs } = event;
  return { id, name, source, storeCode, messageId, member, status, code, duplicates, clockMs, receivedAtMs };
}

function eventDetailOf(state: MemoryState, event: EventRecord | undefined): EventDetail | null {
  if (!event) return null;
  const deliveries = deliveriesOf(state, event).map((record) => rowOf(state, record));
  return { ...eventRowOf(event), signature: event.signature, body: event.body, deliveries };
}

function runnableOf(state: MemoryState, event: EventRecord): RunnableEvent {
  const made = deliveriesOf(state, event);
  const deliveries = made.map(({ draft, status, reason }) => {
    const { mapping, mappingVersion, part, run, request, lookups } = draft;
    return { mapping, mappingVersion, part, run, status, reason, request, lookups };
  });
  return { id: event.id, event: storedEvent(event), code: event.code, deliveries };
}

function deadCausesOf(state: MemoryState, filter: DeliveryFilter): readonly DeadCause[] {
  const dead = [...state.deliveries.values()].filter((record) => {
    return record.status === 'dead' && matchesDelivery(state, record, filter);
  });
  const causes = Map.groupBy(dead, ({ code, draft }) => {
    return JSON.stringify([code, draft.mapping, draft.destination, draft.endpoint]);
  });
  const counted = [...causes.values()].flatMap((records) => causeOf(records));
  return counted.sort((left, right) => right.count - left.count || right.exampleId - left.exampleId);
}

function causeOf(records: readonly DeliveryRecord[]): readonly DeadCause[] {
  const [oldest, example] = [records[0], records.at(-1)];
  if (!oldest || !example) return [];
  const { id: exampleId, code, detail, createdAtMs: newestMs } = example;
  const { mapping, destination, endpoint } = example.draft;
  const times = { oldestMs: oldest.createdAtMs, newestMs };
  return [{ code, mapping, destination, endpoint, count: records.length, ...times, exampleId, detail }];
}
