/** What is old enough to go. */
export interface PruneOrder {
  /** Events received before this go, once all their deliveries are final. */
  readonly beforeMs: number;
  /** Look at events after this key; 0 = from the oldest. */
  readonly after: number;
  /** At most so many events. */
  readonly limit: number;
}

/** What pruning did. */
export interface Pruned {
  readonly looked: number;
  readonly events: number;
  /** The event to go on after; null = nothing old enough lies beyond. */
  readonly next: number | null;
}

/** A person whom an identifier leads to. */
export interface KnownMember {
  /** Her key, such as `Germany/c-1`. */
  readonly member: string;
  /** Other members who share an identifier with her: perhaps the same person under another key. */
  readonly sharedWith: readonly string[];
}

/** What forgetting erased so far. */
export interface ForgetCounts {
  readonly events: number;
  readonly deliveries: number;
  readonly attempts: number;
  readonly facts: number;
  readonly aliases: number;
}

/** What became of a member who was to be forgotten. */
export interface Forgotten extends KnownMember, ForgetCounts {
  /** Whether nothing of hers is left; otherwise it goes on by itself. */
  readonly isDone: boolean;
}

/** A forgetting that was ordered; it goes on until nothing is left, whatever happens to the process. */
export interface Forgetting extends ForgetCounts {
  /** Says nothing of whom it is about. */
  readonly id: number;
  /** `erasing`: rows go; `purging`: they are gone, and their bytes are to leave the files; `done`. */
  readonly stage: 'erasing' | 'purging' | 'done';
  /** Whether deliveries in flight hold it up: the same step is to be tried again soon. */
  readonly isHeldUp: boolean;
}

/** What keeps the store small and lawful. Each call is one short commit. */
export interface Upkeep {
  /**
   * Deletes old events with all that was made of them, unless a delivery is open or an unfinished replay is about them.
   * Counters stay.
   */
  prune(order: PruneOrder): Promise<Pruned>;
  /** Forgets counts of nothing that others left behind, a part at a time; false when it was the last part. */
  tidy(part: number): Promise<boolean>;
  /** Gives up to `pages` free pages back to the file system; how many are left. */
  compact(pages: number): Promise<number>;
  /**
   * Lets what is open and not in flight be tried, or looked at, at `nowMs` where its time lies later, a part at a time
   * beyond the delivery `after`: for a clock that was set back. Where to go on; null = it was all.
   */
  hasten(after: number, nowMs: number): Promise<number | null>;
  /** Whom an identifier, with or without its tenant, leads to. */
  knownMembers(identifier: string): Promise<readonly KnownMember[]>;
  /** Stores the intention to erase the members with these keys; nothing is erased yet. Those unknown are left out. */
  beginForgetting(members: readonly string[], nowMs: number): Promise<readonly Forgetting[]>;
  /** The forgettings that are not done, oldest first. */
  forgettings(): Promise<readonly Forgetting[]>;
  /** Goes on erasing: up to `limit` events. Null when there is no such forgetting. */
  forgetStep(id: number, limit: number, nowMs: number): Promise<Forgetting | null>;
}
