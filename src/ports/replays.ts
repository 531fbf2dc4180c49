import type { RoutedEvent } from '../core/delivery.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { EventStatus, StoredEvent } from '../core/event.ts';
import type { ReplayAction, ReplayMode, ReplayProgress, ReplayStatus } from '../core/replay.ts';
import type { EarlierDelivery } from '../core/reprocess.ts';
import type { DeliveryFilter, EventFilter, Page, PageRequest } from './log.ts';

/** What a replay is about. Of deliveries, a `reprocess` takes the events. */
export type ReplaySelection =
  | { readonly kind: 'deliveries'; readonly ids: readonly number[] }
  | { readonly kind: 'delivery-filter'; readonly filter: DeliveryFilter }
  | { readonly kind: 'events'; readonly ids: readonly number[] }
  | { readonly kind: 'event-filter'; readonly filter: EventFilter };

/** What is replayed, and as what. */
export interface ReplayChoice {
  readonly mode: ReplayMode;
  /** Of a `redeliver`: deliveries. */
  readonly selection: ReplaySelection;
  /** The only mapping that a `reprocess` runs; null = all of the rule set. */
  readonly mapping: string | null;
}

/** Where to look: keys of deliveries to redeliver, of events to reprocess; beyond `after`, up to `upTo`. */
export interface KeyWindow {
  readonly after: number;
  /** What is stored later is not taken. */
  readonly upTo: number;
}

/** A replay as it is ordered. */
export interface ReplayOrder extends ReplayChoice {
  /** Deliveries or events a second; null = as fast as they are taken. */
  readonly ratePerSecond: number | null;
  /** What was counted. */
  readonly total: number;
  readonly upTo: number;
  readonly nowMs: number;
}

/** A stored replay. Times in ms. */
export interface Replay extends ReplayChoice, ReplayProgress, KeyWindow {
  readonly id: number;
  readonly ratePerSecond: number | null;
  readonly status: ReplayStatus;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

/** A count over a part of what is stored. */
export interface ReplayCount {
  /** Deliveries or events that would be taken. */
  readonly chosen: number;
  /** Of a `redeliver`: those among them that have no request. */
  readonly refused: number;
  /** Where to go on counting; null = it was all. */
  readonly rest: KeyWindow | null;
}

/** An event to be reprocessed, with all that earlier runs made of it. */
export interface ReplayedEvent {
  readonly event: StoredEvent;
  readonly status: EventStatus;
  /** Why it could not be routed; null for nearly all. */
  readonly code: ErrorCode | null;
  /** Oldest first. */
  readonly earlier: readonly EarlierDelivery[];
}

/** The next events of a choice, oldest first. */
export interface ReplayedEvents {
  readonly events: readonly ReplayedEvent[];
  /** Where to go on; null = it was all. */
  readonly rest: KeyWindow | null;
}

/** What reprocessing made of one event. */
export interface ReprocessedEvent {
  readonly eventId: number;
  /** Null = it cannot be reprocessed, or need not. */
  readonly routed: Pick<RoutedEvent, 'status' | 'deliveries'> | null;
  readonly isRefused: boolean;
}

/** What one step did. */
export interface ReplayStep {
  readonly replay: Replay;
  /** Whether a delivery in flight holds it up: the same step is to be tried again soon. */
  readonly isHeldUp: boolean;
}

/**
 * Replays are stored jobs: each step and how far it got share a commit, so a kill loses and repeats nothing. A step of
 * one that is not `running` does nothing and resolves with null.
 */
export interface ReplayStore {
  /** The newest key that a replay ordered now may take. */
  replayEnd(mode: ReplayMode): Promise<number>;
  /** Counts what a choice is about in the first part of the window; storing nothing, and short. */
  countReplay(choice: ReplayChoice, window: KeyWindow): Promise<ReplayCount>;
  /** What a `reprocess` would take first, at most `limit` events; storing nothing. */
  replayedEvents(choice: ReplayChoice, window: KeyWindow, limit: number): Promise<ReplayedEvents>;
  createReplay(order: ReplayOrder): Promise<Replay>;
  replay(id: number): Promise<Replay | null>;
  /** Newest first. */
  replays(page: PageRequest): Promise<Page<Replay>>;
  /** Those that are `running`, oldest first. */
  runningReplays(): Promise<readonly Replay[]>;
  /** Null when there is none such, or it ended. */
  changeReplay(id: number, action: ReplayAction, nowMs: number): Promise<Replay | null>;
  /**
   * Puts the next `limit` deliveries of a `redeliver` back to pending, in their old order: at their lanes' tails, with
   * their bytes, behind live ones.
   */
  redeliverStep(id: number, limit: number, nowMs: number): Promise<ReplayStep | null>;
  /**
   * Writes what reprocessing made of these events, in order, as `reprocessing` decides; `rest` as `replayedEvents` gave
   * it. Stops before the first event that is held up.
   */
  reprocessStep(
    id: number,
    made: readonly ReprocessedEvent[],
    rest: KeyWindow | null,
    nowMs: number,
  ): Promise<ReplayStep | null>;
}
