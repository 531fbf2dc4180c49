/** What became of one command. `dropped` only happens under the setting `overLimit: 'drop'`. */
export type Outcome = 'stored' | 'duplicate' | 'rejected' | 'dropped' | 'faulted';

/** Counters since the start or the last reset. */
export interface SandboxStats {
  /** API requests, faulted and refused ones included; control requests are not counted. */
  readonly requests: number;
  /** Commands that were run: one for a single route, each one of a batch. */
  readonly commands: number;
  readonly stored: number;
  readonly duplicates: number;
  /** Refused commands, and write requests refused as a whole, each as one. */
  readonly rejected: number;
  readonly dropped: number;
  /** Requests that a fault has hit. */
  readonly faulted: number;
  /** Scenario triggers by event type: Bloomreach fires them before it looks for duplicates. */
  readonly triggers: Readonly<Record<string, number>>;
}

/** The counters while they count. */
export class Stats {
  #requests = 0;
  #commands = 0;
  #faulted = 0;
  readonly #outcomes = new Map<Outcome, number>();
  readonly #triggers = new Map<string, number>();

  request(): void {
    this.#requests += 1;
  }

  fault(): void {
    this.#faulted += 1;
  }

  command(outcome: Outcome): void {
    this.#commands += 1;
    increment(this.#outcomes, outcome);
  }

  /** A write request that was refused before any command was run. */
  refusedRequest(): void {
    increment(this.#outcomes, 'rejected');
  }

  trigger(eventType: string): void {
    increment(this.#triggers, eventType);
  }

  snapshot(): SandboxStats {
    const count = (outcome: Outcome) => this.#outcomes.get(outcome) ?? 0;
    return {
      requests: this.#requests,
      commands: this.#commands,
      stored: count('stored'),
      duplicates: count('duplicate'),
      rejected: count('rejected'),
      dropped: count('dropped'),
      faulted: this.#faulted,
      triggers: Object.fromEntries(this.#triggers),
    };
  }

  clear(): void {
    this.#requests = 0;
    this.#commands = 0;
    this.#faulted = 0;
    this.#outcomes.clear();
    this.#triggers.clear();
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
