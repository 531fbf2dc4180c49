import type { AttemptDraft, Verdict } from '../core/attempt.ts';
import type { DeliveryStatus, Lookup, SkipReason } from '../core/delivery.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { EventStatus, Fact, FactKey, Signature, StoredEvent } from '../core/event.ts';
import type { Pause } from '../core/pause.ts';
import type { Gauges } from './gauges.ts';

/**
 * One page of a list, newest first. A page may be shorter than asked for, even empty, and not the last one: only so many
 * rows are looked at for one page. (A store that looks at all of them for each page gives full ones.)
 */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The row key to go on after; null on the last page. */
  readonly nextBefore: number | null;
}

/** Where a page starts: rows older than the key `before`; null = from the newest. At most 200 rows. */
export interface PageRequest {
  readonly before: number | null;
  readonly limit: number;
}

/** Filters of deliveries, in any combination; a missing one does not filter. */
export interface DeliveryFilter {
  readonly status?: DeliveryStatus;
  readonly mapping?: string;
  readonly event?: string;
  /** The member's key or any alias; with or without its tenant. */
  readonly member?: string;
  readonly destination?: string;
  readonly endpoint?: string;
  readonly code?: ErrorCode;
  /** Created at or after, ms. */
  readonly sinceMs?: number;
  /** Created before, ms. */
  readonly untilMs?: number;
  /** The start of an id (`dlv_…`, `evt_…`), of a message id, or of an alias. */
  readonly q?: string;
}

/** Filters of events, in any combination. */
export interface EventFilter {
  readonly status?: EventStatus;
  readonly event?: string;
  readonly source?: string;
  readonly member?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly q?: string;
}

/** Filters of facts, in any combination. */
export interface FactFilter {
  readonly source?: string;
  readonly storeCode?: string;
  readonly kind?: string;
  readonly key?: string;
  readonly member?: string;
}

/** A fact in a list; `learnedAtMs` is `SEEDED_AT_MS` when no event taught it. */
export interface FactRow extends Fact {
  readonly id: number;
  /** Whom it was taught about; null when the event named nobody. */
  readonly member: string | null;
}

/** A delivery in a list. Times in ms. */
export interface DeliveryRow {
  readonly id: number;
  readonly eventId: number;
  readonly event: string;
  readonly mapping: string;
  readonly mappingVersion: string;
  readonly destination: string;
  readonly endpoint: string;
  readonly member: string | null;
  readonly status: DeliveryStatus;
  readonly reason: SkipReason | null;
  readonly code: ErrorCode | null;
  readonly attempts: number;
  readonly part: number;
  readonly run: number;
  /** The delivery at the head of its lane that holds it; null when nothing does. */
  readonly blockedBy: number | null;
  readonly createdAtMs: number;
  /** When it is tried or looked at next; null when it is final. */
  readonly dueAtMs: number | null;
}

/** One logged try. */
export interface AttemptRow extends AttemptDraft {
  readonly id: number;
  readonly claimNo: number;
}

/** A delivery with all that led to it. */
export interface DeliveryDetail extends DeliveryRow {
  readonly detail: string | null;
  readonly request: string | null;
  readonly emptyKeys: readonly string[];
  readonly lookups: readonly Lookup[];
  /** The mapping's text of that version; null when it was never stored. */
  readonly mappingText: string | null;
  readonly mappingFile: string | null;
  readonly sourceEvent: StoredEvent;
  readonly attemptLog: readonly AttemptRow[];
}

/** An event in a list. */
export interface EventRow {
  readonly id: number;
  readonly name: string;
  readonly source: string;
  readonly storeCode: string;
  readonly messageId: string | null;
  readonly member: string | null;
  readonly status: EventStatus;
  readonly code: ErrorCode | null;
  /** Repeats that were answered and not stored again. */
  readonly duplicates: number;
  readonly clockMs: number;
  readonly receivedAtMs: number;
}

/** An event with its body and what was made of it. */
export interface EventDetail extends EventRow {
  readonly body: string;
  /** Of the request that brought it; null where requests are not signed. */
  readonly signature: Signature | null;
  readonly deliveries: readonly DeliveryRow[];
}

/** An event name that no mapping took. */
export interface UnmatchedName {
  readonly name: string;
  readonly source: string;
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** Dead deliveries with one code, of one mapping, to one endpoint. Times are of when they were made, ms. */
export interface DeadCause {
  readonly code: ErrorCode | null;
  readonly mapping: string;
  readonly destination: string;
  readonly endpoint: string;
  readonly count: number;
  readonly oldestMs: number;
  readonly newestMs: number;
  /** The newest of them, and its one line for people. */
  readonly exampleId: number;
  readonly detail: string | null;
}

/** What rows of the log are named by. */
export type NamedBy = 'mapping' | 'event' | 'source' | 'destination' | 'endpoint';

/** Totals from the counters kept with every transition, since `sinceMs` (whole hours), and what is open now. */
export interface Stats {
  readonly received: number;
  readonly duplicates: number;
  readonly unmatched: number;
  readonly failed: number;
  /** Deliveries that reached a final state, by state; `shadowed` and `skipped` included. */
  readonly deliveries: Readonly<Record<DeliveryStatus, number>>;
  /** Deliveries that needed more than one attempt. */
  readonly retried: number;
  readonly attempts: Readonly<Record<Verdict, number>>;
  /** Events not yet routed. */
  readonly unrouted: number;
}

/** A stored load of mappings, for lists. */
export interface ReceiptRow {
  readonly id: number;
  readonly atMs: number;
  readonly outcome: string;
  readonly durationMs: number;
  readonly detail: string;
}

/** What became of a stored event, as far as running it again is concerned. */
export interface MadeDelivery {
  readonly mapping: string;
  readonly mappingVersion: string;
  readonly part: number;
  readonly run: number;
  readonly status: DeliveryStatus;
  readonly reason: SkipReason | null;
  readonly request: string | null;
  /** What its formulas recalled then. */
  readonly lookups: readonly Lookup[];
}

/** An event as mappings can be run over it again. */
export interface RunnableEvent {
  readonly id: number;
  readonly event: StoredEvent;
  /** Why it could not be routed; null for nearly all. */
  readonly code: ErrorCode | null;
  /** Oldest first. */
  readonly deliveries: readonly MadeDelivery[];
}

/** A file of mappings whose text was good. */
export interface MappingFile {
  /** Relative to the mappings folder. */
  readonly file: string;
  readonly text: string;
}

/** The log's reads: short, keyed, never a count over history. Unknown filters find nothing; they never throw. */
export interface Log {
  deliveries(filter: DeliveryFilter, page: PageRequest): Promise<Page<DeliveryRow>>;
  /** Why deliveries are dead, the most frequent cause first; none for another status than `dead`. */
  deadCauses(filter: DeliveryFilter): Promise<readonly DeadCause[]>;
  /** Null when there is no such row. */
  delivery(id: number): Promise<DeliveryDetail | null>;
  events(filter: EventFilter, page: PageRequest): Promise<Page<EventRow>>;
  event(id: number): Promise<EventDetail | null>;
  /** Events with their bodies and what was made of them. */
  runnableEvents(filter: EventFilter, page: PageRequest): Promise<Page<RunnableEvent>>;
  /** The facts of these keys, in order; null where there is none. */
  facts(keys: readonly FactKey[]): Promise<readonly (Fact | null)[]>;
  factRows(filter: FactFilter, page: PageRequest): Promise<Page<FactRow>>;
  /** The names that rows have, sorted: tells a filter that finds nothing from one that is misspelt. */
  names(by: NamedBy): Promise<readonly string[]>;
  unmatchedNames(limit: number): Promise<readonly UnmatchedName[]>;
  receipts(page: PageRequest): Promise<Page<ReceiptRow>>;
  /** The last good files: what is live. */
  lastGoodFiles(): Promise<readonly MappingFile[]>;
  /** `pending` and `waiting` in `deliveries` are what is open now. */
  stats(sinceMs: number): Promise<Stats>;
  /** What is open now, for metrics. */
  gauges(): Promise<Gauges>;
  /** Pauses that go on, and those that ended at `sinceMs` or later. */
  pauses(sinceMs: number): Promise<readonly Pause[]>;
}
