import { NOTHING_REPLAYED, type ReplayAction, type ReplayCounts, statusAfter, sumOfCounts } from '../../core/replay.ts';
import { type EarlierDelivery, reprocessing } from '../../core/reprocess.ts';
import type {
  KeyWindow,
  Replay,
  ReplayChoice,
  ReplayedEvents,
  ReplayOrder,
  ReplayStep,
  ReplayStore,
  ReprocessedEvent,
} from '../../ports/replays.ts';
import { enter, finish, laneOf } from './memory-lanes.ts';
import { matchesDelivery, matchesEvent, pageOf } from './memory-log.ts';
import { addDeliveries, assertSendable } from './memory-routes.ts';
import { type DeliveryRecord, type EventRecord, type MemoryState, storedEvent } from './memory-state.ts';

/** Stored replays over plain maps: written to be obviously right. */
export function memoryReplays(state: MemoryState): ReplayStore {
  return {
    replayEnd: async (mode) => [...(mode === 'redeliver' ? state.deliveries : state.events).keys()].at(-1) ?? 0,
    countReplay: async (choice, window) => {
      const chosen =
        choice.mode === 'redeliver' ? deliveriesOf(state, choice, window) : eventsOf(state, choice, window);
      const refused = chosen.filter((one) => 'draft' in one && one.draft.request === null).length;
      return { chosen: chosen.length, refused, rest: null };
    },
    replayedEvents: async (choice, window, limit) => nextEvents(state, choice, window, limit),
    createReplay: async (order) => create(state, order),
    replay: async (id) => state.replays.get(id) ?? null,
    replays: async (page) => pageOf([...state.replays.values()], page),
    runningReplays: async () => [...state.replays.values()].filter(({ status }) => status === 'running'),
    changeReplay: async (id, action, nowMs) => change(state, id, action, nowMs),
    redeliverStep: async (id, limit, nowMs) => redeliver(state, id, limit, nowMs),
    reprocessStep: async (id, made, rest, nowMs) => reprocess(state, id, { made, rest, nowMs }),
  };
}

/** Whether an unfinished replay still has something to do with an event. */
export function isInReplay(state: MemoryState, event: EventRecord): boolean {
  const open = [...state.replays.values()].filter(({ status }) => status === 'running' || status === 'paused');
  return open.some((replay) => {
    if (replay.mode === 'reprocess') return eventsOf(state, replay, replay).includes(event);
    return deliveriesOf(state, replay, replay).some((record) => record.event === event);
  });
}

function create(state: MemoryState, { nowMs, ...order }: ReplayOrder): Replay {
  state.last.replay += 1;
  const replay: Replay = {
    ...order,
    ...NOTHING_REPLAYED,
    id: state.last.replay,
    after: 0,
    status: 'running',
    createdAtMs: nowMs,
    changedAtMs: nowMs,
  };
  state.replays.set(replay.id, replay);
  return replay;
}

function change(state: MemoryState, id: number, action: ReplayAction, nowMs: number): Replay | null {
  const replay = state.replays.get(id);
  const status = replay ? statusAfter(replay.status, action) : null;
  if (!replay || status === null) return null;
  return keep(state, { ...replay, status, changedAtMs: nowMs });
}

function keep(state: MemoryState, replay: Replay): Replay {
  state.replays.set(replay.id, replay);
  return replay;
}

/** The deliveries that a redelivery takes, oldest first. */
function deliveriesOf(
  state: MemoryState,
  { selection }: ReplayChoice,
  { after, upTo }: KeyWindow,
): readonly DeliveryRecord[] {
  const isChosen = (record: DeliveryRecord): boolean => {
    if (selection.kind === 'deliveries') return selection.ids.includes(record.id);
    return selection.kind === 'delivery-filter' && matchesDelivery(state, record, selection.filter);
  };
  return [...state.deliveries.values()].filter((record) => {
    return record.id > after && record.id <= upTo && isChosen(record);
  });
}

/** The events that a reprocessing takes, oldest first. */
function eventsOf(state: MemoryState, { selection }: ReplayChoice, { after, upTo }: KeyWindow): readonly EventRecord[] {
  const isChosen = (event: EventRecord): boolean => {
    if (selection.kind === 'events') return selection.ids.includes(event.id);
    if (selection.kind === 'event-filter') return matchesEvent(state, event, selection.filter);
    const made = madeOf(state, event);
    if (selection.kind === 'deliveries') return made.some(({ id }) => selection.ids.includes(id));
    return made.some((record) => matchesDelivery(state, record, selection.filter));
  };
  return [...state.events.values()].filter((event) => event.id > after && event.id <= upTo && isChosen(event));
}

function nextEvents(state: MemoryState, choice: ReplayChoice, window: KeyWindow, limit: number): ReplayedEvents {
  const all = eventsOf(state, choice, window);
  const events = all.slice(0, limit);
  const after = events.at(-1)?.id ?? window.upTo;
  return {
    events: events.map((event) => {
      const { status, code } = event;
      return { event: storedEvent(event), status, code, earlier: madeOf(state, event).map(earlierOf) };
    }),
    rest: all.length > events.length ? { after, upTo: window.upTo } : null,
  };
}

function madeOf(state: MemoryState, event: EventRecord): readonly DeliveryRecord[] {
  return [...state.deliveries.values()].filter((record) => record.event === event);
}

function earlierOf({ id, draft, status, code, detail, claimed }: DeliveryRecord): EarlierDelivery {
  const { mapping, run, part, destination, endpoint, request } = draft;
  return { id, mapping, run, part, destination, endpoint, status, code, detail, request, inFlight: claimed };
}

function redeliver(state: MemoryState, id: number, limit: number, nowMs: number): ReplayStep | null {
  const replay = state.replays.get(id);
  if (replay?.status !== 'running' || replay.mode !== 'redeliver') return null;
  const all = deliveriesOf(state, replay, replay);
  const taken = all.slice(0, limit);
  const counts = taken.map((record) => sendAgain(state, record, nowMs)).reduce(sumOfCounts, NOTHING_REPLAYED);
  const rest = all.length > taken.length ? { after: taken.at(-1)?.id ?? 0, upTo: replay.upTo } : null;
  return { replay: goOn(state, replay, { counts, rest, nowMs }), isHeldUp: false };
}

function sendAgain(state: MemoryState, record: DeliveryRecord, nowMs: number): ReplayCounts {
  const looked = { ...NOTHING_REPLAYED, looked: 1 };
  if (state.open.has(record)) return { ...looked, unchanged: 1 };
  if (record.draft.request === null) return { ...looked, refused: 1 };
  const afresh = { reason: null, code: null, detail: null, retries: 0, shareLimit: null, background: true } as const;
  const lane = record.status === 'shadowed' ? firstLane(record) : record.lane;
  Object.assign(record, { ...afresh, status: 'pending', lane, dueAtMs: nowMs, sinceMs: nowMs });
  enter(state, record);
  return { ...looked, replayed: 1 };
}

/** What was never pending was never given a lane. */
function firstLane({ draft }: DeliveryRecord): string | null {
  return laneOf({ ...draft, ordered: true });
}

interface Made {
  readonly made: readonly ReprocessedEvent[];
  readonly rest: KeyWindow | null;
  readonly nowMs: number;
}

function reprocess(state: MemoryState, id: number, { made, rest, nowMs }: Made): ReplayStep | null {
  const replay = state.replays.get(id);
  if (replay?.status !== 'running' || replay.mode !== 'reprocess') return null;
  let counts = NOTHING_REPLAYED;
  for (const [index, one] of made.entries()) {
    const own = reprocessEvent(state, replay, one, nowMs);
    if (own === null) {
      const after = made[index - 1]?.eventId ?? replay.after;
      return { replay: goOn(state, replay, { counts, rest: { after, upTo: replay.upTo }, nowMs }), isHeldUp: true };
    }
    counts = sumOfCounts(counts, { ...own, looked: 1 });
  }
  return { replay: goOn(state, replay, { counts, rest, nowMs }), isHeldUp: false };
}

/** Null when a delivery in flight holds it up. */
function reprocessEvent(
  state: MemoryState,
  { mapping }: Replay,
  { eventId, routed, isRefused }: ReprocessedEvent,
  nowMs: number,
): ReplayCounts | null {
  const event = state.events.get(eventId);
  if (isRefused) return { ...NOTHING_REPLAYED, refused: 1 };
  if (!event || !routed || event.status === 'accepted') return { ...NOTHING_REPLAYED, unchanged: 1 };
  for (const draft of routed.deliveries) assertSendable(draft);
  const decided = reprocessing(madeOf(state, event).map(earlierOf), routed.deliveries, { mapping });
  if (decided === null) return null;
  const { cancel, add, changed, unchanged } = decided;
  for (const { id } of cancel) {
    const record = state.deliveries.get(id);
    if (record) finish(state, record, { status: 'canceled', code: null, detail: null }, nowMs);
  }
  addDeliveries(state, event, add, nowMs);
  if (routed.status === 'routed' || event.status === 'failed')
    Object.assign(event, { status: routed.status, code: null });
  const { replayed, canceled } = { replayed: add.length, canceled: cancel.length };
  return { ...NOTHING_REPLAYED, replayed, canceled, unchanged, changed: changed.length };
}

function goOn(
  state: MemoryState,
  replay: Replay,
  { counts, rest, nowMs }: { readonly counts: ReplayCounts; readonly rest: KeyWindow | null; readonly nowMs: number },
): Replay {
  const status = rest === null ? 'done' : 'running';
  const after = rest?.after ?? replay.upTo;
  return keep(state, { ...replay, ...sumOfCounts(replay, counts), after, status, changedAtMs: nowMs });
}
