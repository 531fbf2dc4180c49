import type { DeliveryDraft, DeliveryStatus } from '../../core/delivery.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { EventDraft, EventStatus, FactKey, StoredEvent } from '../../core/event.ts';
import type { AttemptRow, FactRow, ReceiptRow, UnmatchedName } from '../../ports/log.ts';
import type { MappingFile } from '../../ports/store.ts';

/** One stored event. */
export interface EventRecord extends StoredEvent {
  readonly bodyHash: string;
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
  code: ErrorCode | null;
  detail: string | null;
  /** Null when it is final. */
  dueAtMs: number | null;
  /** Since when it is waiting or pending. */
  sinceMs: number;
  claimNo: number;
  claimed: boolean;
  retries: number;
  readonly attempts: AttemptRow[];
}

/** Everything the store knows. */
export interface MemoryState {
  readonly events: EventRecord[];
  readonly deliveries: DeliveryRecord[];
  /** Deliveries that are waiting or pending. */
  readonly open: Set<DeliveryRecord>;
  /** Pending deliveries per lane, the head first. */
  readonly lanes: Map<string, DeliveryRecord[]>;
  /** Member → every identifier it is known by, its own key included. */
  readonly identifiers: Map<string, Set<string>>;
  /** In the order their keys were first learned: the place is the id. */
  readonly facts: Map<string, FactRow>;
  readonly checkpoints: Map<string, string>;
  readonly mappings: Map<string, { readonly text: string; readonly file: string }>;
  readonly unmatched: Map<string, UnmatchedName>;
  readonly counts: { readonly hour: number; readonly what: string }[];
  readonly receipts: ReceiptRow[];
  files: readonly MappingFile[];
  /** How many events, by key, were handed out to be routed. */
  lastClaimedEvent: number;
  attempts: number;
}

const HOUR_MS = 3_600_000;

/** An empty store. */
export function emptyState(): MemoryState {
  return {
    events: [],
    deliveries: [],
    open: new Set(),
    lanes: new Map(),
    identifiers: new Map(),
    facts: new Map(),
    checkpoints: new Map(),
    mappings: new Map(),
    unmatched: new Map(),
    counts: [],
    receipts: [],
    files: [],
    lastClaimedEvent: 0,
    attempts: 0,
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

/** Makes these identifiers lead to the member. */
export function knowMember(state: MemoryState, member: string | null, aliases: EventDraft['aliases']): void {
  if (member === null) return;
  const known = state.identifiers.get(member) ?? new Set([member]);
  for (const alias of aliases) known.add(alias);
  state.identifiers.set(member, known);
}

/** An event as routing sees it. */
export function storedEvent(record: EventRecord): StoredEvent {
  const { bodyHash: _hash, status: _status, code: _code, duplicates: _duplicates, ...stored } = record;
  return stored;
}

/** The lane of a delivery; null when it has none. */
export function laneOf({ ordered, member, destination }: DeliveryDraft): string | null {
  return ordered && member !== null ? JSON.stringify([member, destination]) : null;
}

/** Whether nothing of its lane is before it. */
export function isHead(state: MemoryState, record: DeliveryRecord): boolean {
  const lane = laneOf(record.draft);
  return lane === null || state.lanes.get(lane)?.[0] === record;
}
