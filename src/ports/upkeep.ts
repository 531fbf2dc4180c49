/** What pruning did. */
export interface Pruned {
  readonly events: number;
  /** The event to go on after; null = nothing older is left to look at. */
  readonly cursor: number | null;
}

/** Whom to forget. */
export interface ForgetOrder {
  /** Any identifier of the member, with or without its tenant. */
  readonly member: string;
  readonly nowMs: number;
}

/** What forgetting erased. */
export interface Forgotten {
  readonly members: number;
  readonly events: number;
  readonly deliveries: number;
  readonly attempts: number;
  readonly facts: number;
  readonly aliases: number;
}

/** What keeps the store small and lawful. */
export interface Upkeep {
  /**
   * Looks at up to `limit` events after the cursor (null = from the oldest) and deletes those received before `beforeMs`
   * whose deliveries are all final and in no running replay.
   */
  prune(beforeMs: number, limit: number, cursor: number | null): Promise<Pruned>;
  /** Gives up to `pages` free pages back to the file system; how many are left. */
  compact(pages: number): Promise<number>;
  /** Erases a member, whatever identifier names it; zeros when nobody is known by it. */
  forget(order: ForgetOrder): Promise<Forgotten>;
}
