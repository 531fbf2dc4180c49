import type { Database } from 'better-sqlite3';
import type { CountedLog } from './blocks.ts';

/**
 * Gives out the keys of a log's rows, ascending: without asking the table for each, and never one that a row had before,
 * even when that row was deleted since (`high_water` tells then).
 */
export class Keys {
  readonly #read;
  #next: number | null = null;

  constructor(db: Database, log: CountedLog) {
    this.#read = db
      .prepare<[], number>(
        `SELECT max(coalesce((SELECT max(id) FROM ${log}), 0) + 1,
           coalesce((SELECT next FROM high_water WHERE log = '${log}'), 1))`,
      )
      .pluck();
  }

  /** The key of the next row, until it is used. */
  get next(): number {
    this.#next ??= this.#read.get() ?? 1;
    return this.#next;
  }

  /** Notes that the next key has its row. */
  use(): void {
    this.#next = this.next + 1;
  }

  /** Reads the next key now: before rows go that tell it. */
  hold(): void {
    this.#next = this.next;
  }

  /** Looks again: the rows of the last keys may be gone again. */
  reset(): void {
    this.#next = null;
  }
}
