/** `redeliver`: the same bytes again; `reprocess`: the event through today's rule set. */
export type ReplayMode = 'redeliver' | 'reprocess';

/** Where a replay stands; `canceled` and `done` are final. */
export type ReplayStatus = 'running' | 'paused' | 'canceled' | 'done';

/** How far a replay got: what it looks at are deliveries to redeliver, or events to reprocess. */
export interface ReplayProgress {
  /** What it was to look at when it was counted. */
  readonly total: number;
  readonly looked: number;
  /** Deliveries that were made or put back to pending. */
  readonly replayed: number;
  /** What needed nothing: equal bytes were delivered already, or it is open anyway. */
  readonly unchanged: number;
}
