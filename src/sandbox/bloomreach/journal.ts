import type { Json } from '../../core/json.ts';
import type { FaultKind } from './fault.ts';
import type { Outcome } from './stats.ts';

/** One attempt to write, as it arrived. Names in snake_case are Bloomreach's own. */
export interface JournalEntry {
  /** Rises by one per entry from 1, also across the bound. */
  readonly seq: number;
  readonly receivedAtMs: number;
  readonly route: 'customers' | 'customers/events' | 'batch';
  /** The command's name; null when the body could not be read as far as that. */
  readonly command: string | null;
  readonly command_id: string | null;
  readonly customer_ids: Json;
  readonly event_type: string | null;
  /** The command's `data`: the exact body text of a single route, re-serialised for a batch. */
  readonly data: string;
  /** The exact text of the whole request body; empty when it was not read. */
  readonly body: string;
  readonly outcome: Outcome;
  /** The error texts the caller was given, or would have been but for a fault. */
  readonly errors: readonly string[];
  /** The fault that hit the request. With outcome `stored` the write was kept although the answer may be lost. */
  readonly fault: FaultKind | null;
}

/** Which entries to read: those with a higher `seq` than `after`, oldest first, at most `limit`. */
export interface JournalPage {
  readonly after?: number;
  readonly limit?: number;
}

/** The write attempts in the order they were run: a ring that forgets the oldest. */
export class Journal {
  readonly #limit: number;
  readonly #ring: JournalEntry[] = [];
  #last = 0;

  /** @param limit entries remembered; 0 remembers none. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when adding would be in vain: then the caller need not build entries. */
  get on(): boolean {
    return this.#limit > 0;
  }

  add(entry: Omit<JournalEntry, 'seq'>): void {
    if (!this.on) return;
    this.#ring[this.#last % this.#limit] = { seq: this.#last + 1, ...entry };
    this.#last += 1;
  }

  read({ after = 0, limit = Number.POSITIVE_INFINITY }: JournalPage): readonly JournalEntry[] {
    const oldest = Math.max(after, this.#last - this.#ring.length);
    const entries: JournalEntry[] = [];
    for (let seq = oldest; seq < this.#last && entries.length < limit; seq++) {
      const entry = this.#ring[seq % this.#limit];
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  clear(): void {
    this.#ring.length = 0;
    this.#last = 0;
  }
}
