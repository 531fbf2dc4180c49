/** `redeliver`: the same bytes again; `reprocess`: the event through today's rule set. */
export type ReplayMode = 'redeliver' | 'reprocess';

/** Where a replay stands; `canceled` and `done` are final. */
export type ReplayStatus = 'running' | 'paused' | 'canceled' | 'done';

/** What people may order of a replay that has begun. */
export type ReplayAction = 'pause' | 'resume' | 'cancel';

/** What looking at some of a replay came to. */
export interface ReplayCounts {
  /** Deliveries to redeliver or events to reprocess that were looked at. */
  readonly looked: number;
  /** Deliveries that were made or put back to pending. */
  readonly replayed: number;
  /** Of them, those whose event and mapping were delivered before, with other bytes. */
  readonly changed: number;
  /** What needed nothing: equal bytes were delivered already, or it is open anyway. */
  readonly unchanged: number;
  /** Open deliveries of older runs that were taken back. */
  readonly canceled: number;
  /** What cannot be replayed: a delivery without a request, an event that is nested too deep. */
  readonly refused: number;
}

/** How far a replay got. */
export interface ReplayProgress extends ReplayCounts {
  /** What it was to look at when it was counted. */
  readonly total: number;
}

/** Nothing was looked at yet. */
export const NOTHING_REPLAYED: ReplayCounts = {
  looked: 0,
  replayed: 0,
  changed: 0,
  unchanged: 0,
  canceled: 0,
  refused: 0,
};

/** Both together. */
export function sumOfCounts(left: ReplayCounts, right: ReplayCounts): ReplayCounts {
  return {
    looked: left.looked + right.looked,
    replayed: left.replayed + right.replayed,
    changed: left.changed + right.changed,
    unchanged: left.unchanged + right.unchanged,
    canceled: left.canceled + right.canceled,
    refused: left.refused + right.refused,
  };
}

/** Where an action leads; null when it cannot be taken there. What stands there already may be ordered again. */
export function statusAfter(status: ReplayStatus, action: ReplayAction): ReplayStatus | null {
  if (status === 'done') return null;
  if (status === 'canceled') return action === 'cancel' ? 'canceled' : null;
  if (action === 'cancel') return 'canceled';
  return action === 'pause' ? 'paused' : 'running';
}

/** Stands in a stored replay where its filter named somebody who was forgotten since. */
export const FORGOTTEN = '(forgotten)';
