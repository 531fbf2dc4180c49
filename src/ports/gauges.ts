/** Open rows of one kind. */
export interface OpenRows {
  readonly count: number;
  /**
   * Since when the one that stands there longest does, in ms; null when there is none. Sought among the oldest rows and
   * the heads of lanes: one that came to stand there again a moment ago never hides those.
   */
  readonly oldestMs: number | null;
}

/** Lanes of one destination whose head is in retry, so that nothing behind it moves. */
export interface HeldLanes {
  readonly destination: string;
  /** At most 100,000: beyond, they are not counted. */
  readonly count: number;
  /** Since when the head that is pending longest is, in ms. */
  readonly oldestMs: number;
}

/** What the store takes on disk. */
export interface StoreBytes {
  readonly database: number;
  /** Of the database: what the next rows will take before it grows. */
  readonly free: number;
  /** The write-ahead log beside it. */
  readonly wal: number;
}

/** What is open now, and what it stands on: read at once, and cheap however much of it there is. */
export interface Gauges {
  readonly pending: OpenRows;
  readonly waiting: OpenRows;
  /** Events not yet routed; since when = received. */
  readonly unrouted: OpenRows;
  /** Only destinations with a lane that is held, by name. */
  readonly heldLanes: readonly HeldLanes[];
  /** The destinations that anything is pending to, configured or not. */
  readonly pendingTo: readonly string[];
  readonly bytes: StoreBytes;
  /** The newest load of the mappings; null before the first. */
  readonly lastLoad: { readonly atMs: number; readonly outcome: string } | null;
}
