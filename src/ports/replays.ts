import type { RoutedEvent } from '../core/delivery.ts';
import type { ReplayMode, ReplayProgress, ReplayStatus } from '../core/replay.ts';
import type { DeliveryFilter, EventFilter, Page, PageRequest, RunnableEvent } from './log.ts';

/** What a replay is about. */
export type ReplaySelection =
  | { readonly kind: 'deliveries'; readonly ids: readonly number[] }
  | { readonly kind: 'delivery-filter'; readonly filter: DeliveryFilter }
  | { readonly kind: 'events'; readonly ids: readonly number[] }
  | { readonly kind: 'event-filter'; readonly filter: EventFilter };

/** A replay as it is ordered. */
export interface ReplayOrder {
  readonly mode: ReplayMode;
  readonly selection: ReplaySelection;
  /** Deliveries or events a second; null = as fast as live ones leave room. */
  readonly ratePerSecond: number | null;
  readonly nowMs: number;
}

/** A stored replay. Times in ms. */
export interface Replay extends ReplayOrder, ReplayProgress {
  readonly id: number;
  readonly status: ReplayStatus;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

/** What one step did. */
export interface ReplayStep {
  readonly progress: ReplayProgress;
  readonly status: ReplayStatus;
}

/** Replays are stored jobs: each step and how far it got share a commit, so a kill loses and repeats nothing. */
export interface ReplayStore {
  /** Counts what the order is about, without storing anything. */
  countReplay(order: ReplayOrder): Promise<number>;
  createReplay(order: ReplayOrder, total: number): Promise<Replay>;
  replay(id: number): Promise<Replay | null>;
  replays(page: PageRequest): Promise<Page<Replay>>;
  /** Those that are `running`, oldest first. */
  runningReplays(): Promise<readonly Replay[]>;
  /** Null when there is none such, or it ended. */
  changeReplay(id: number, status: Exclude<ReplayStatus, 'done'>, nowMs: number): Promise<Replay | null>;
  /** Puts the next `limit` deliveries of a `redeliver` back to pending, at their lanes' tails, in their old order. */
  redeliverStep(id: number, limit: number, nowMs: number): Promise<ReplayStep | null>;
  /** The next events of a `reprocess`, oldest first, and where they end. */
  reprocessNext(
    id: number,
    limit: number,
  ): Promise<{ readonly events: readonly RunnableEvent[]; readonly cursor: number }>;
  /**
   * Writes what reprocessing made of those events, as run n + 1 of each: open deliveries of older runs become
   * `canceled`; a mapping whose bytes equal delivered ones writes nothing.
   */
  settleReprocess(
    id: number,
    routed: readonly RoutedEvent[],
    cursor: number,
    nowMs: number,
  ): Promise<ReplayStep | null>;
}
