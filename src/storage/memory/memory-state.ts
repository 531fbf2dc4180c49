import type { DeliveryDraft, DeliveryStatus, SkipReason } from '../../core/delivery.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { EventDraft, EventStatus, FactKey, StoredEvent } from '../../core/event.ts';
import type { Pause } from '../../core/pause.ts';
import type { AttemptRow, FactRow, NamedBy, ReceiptRow, UnmatchedName } from '../../ports/log.ts';
import type { Replay } from '../../ports/replays.ts';
import type { MappingFile } from '../../ports/store.ts';
import type { ForgetCounts } from '../../ports/upkeep.ts';

/** One stored event. */
export interface EventRecord extends StoredEvent {
  status: EventStatus;
  code: ErrorCode | null;
  duplicates: number;
}

/** One stored delivery. */
export interface DeliveryRecord {
  readonly id: number;
  readonly event: EventRecord;
  readonly createdAtMs: number;
  /** What routing decided last: replaced as a whole when a waiting delivery is looked at. */
  draft: DeliveryDraft;
  status: DeliveryStatus;
  reason: SkipReason | null;
  code: ErrorCode | null;
  detail: string | null;
  /** The lane it is pending in, or was; null without one. */
  lane: string | null;
  /** Whether it gives way to live ones. */
  background: boolean;
  /** The end of the lease while it is claimed; null when it is final. */
  dueAtMs: number | null;
  /** Since when it is waiting, pending or final. */
  sinceMs: number;
  claimNo: number;
  claimed: boolean;
  retries: number;
  shareLimit: number | null;
  readonly attempts: AttemptRow[];
}

/** Everything the store knows. */
export interface MemoryState {
  /** By id, oldest first. */
  readonly events: Map<number, EventRecord>;
  /** By id, oldest first. */
  readonly deliveries: Map<number, DeliveryRecord>;
  /** The last ids that were given out: none is given twice, whatever was deleted. */
  readonly last: {
    event: number;
    delivery: number;
    attempt: number;
    receipt: number;
    replay: number;
    forgetting: number;
  };
  /** Deliveries that are waiting or pending. */
  readonly open: Set<DeliveryRecord>;
  /** Pending deliveries per lane, the head first. */
  readonly lanes: Map<string, DeliveryRecord[]>;
  /** Member → every identifier it is known by, its own key included. */
  readonly identifiers: Map<string, Set<string>>;
  /** In the order their keys were first learned, which is that of their ids. */
  readonly facts: Map<string, FactRow>;
  /** Erased events that are known again, by what their repeats are known by. */
  readonly erased: Map<string, number>;
  readonly pauses: Pause[];
  readonly replays: Map<number, Replay>;
  /** Forgettings that are not done, by id, and whom they are about. */
  readonly forgettings: Map<number, { readonly member: string; counts: ForgetCounts }>;
  readonly checkpoints: Map<string, string>;
  readonly mappings: Map<string, { readonly text: string; readonly file: string }>;
  /** What events and deliveries were ever named by. */
  readonly names: Readonly<Record<NamedBy, Set<string>>>;
  readonly unmatched: Map<string, UnmatchedName>;
  readonly counts: { readonly hour: number; readonly what: string }[];
  readonly receipts: ReceiptRow[];
  files: readonly MappingFile[];
  /** How many events, by key, were handed out to be routed. */
  lastClaimedEvent: number;
}

const HOUR_MS = 3_600_000;

/** An empty store. */
export function emptyState(): MemoryState {
  return {
    events: new Map(),
    deliveries: new Map(),
    last: { event: 0, delivery: 0, attempt: 0, receipt: 0, replay: 0, forgetting: 0 },
    open: new Set(),
    lanes: new Map(),
    identifiers: new Map(),
    facts: new Map(),
    erased: new Map(),
    pauses: [],
    replays: new Map(),
    forgettings: new Map(),
    checkpoints: new Map(),
    mappings: new Map(),
    names: { mapping: new Set(), event: new Set(), source: new Set(), destination: new Set(), endpoint: new Set() },
    unmatched: new Map(),
    counts: [],
    receipts: [],
    files: [],
    lastClaimedEvent: 0,
  };
}

/** The hour that a time belongs to. */
export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

/** Counts one happening. */
export function count(state: MemoryState, atMs: number, what: string): void {
  state.counts.push({ hour: hourOf(atMs), what });
}

/** One text per fact key. */
export function factKeyText({ source, storeCode, kind, key }: FactKey): string {
  return JSON.stringify([source, storeCode, kind, key]);
}

/** One text for all that a repeat has in common with its original; null when nothing tells. */
export function repeatKeyOf(event: Pick<EventDraft, 'source' | 'storeCode' | 'name' | 'messageId' | 'dedupeKey'>) {
  const { source, storeCode, name, messageId, dedupeKey } = event;
  if (messageId !== null) return JSON.stringify([source, storeCode, name, messageId]);
  return dedupeKey;
}

/** Makes these identifiers lead to the member. */
export function knowMember(state: MemoryState, member: string | null, aliases: EventDraft['aliases']): void {
  if (member === null) return;
  const known = state.identifiers.get(member) ?? new Set([member]);
  for (const alias of aliases) known.add(alias);
  state.identifiers.set(member, known);
}

/** An event as routing sees it. */
export function storedEvent(record: EventRecord): StoredEvent {
  const { status: _status, code: _code, duplicates: _duplicates, ...stored } = record;
  return stored;
}
