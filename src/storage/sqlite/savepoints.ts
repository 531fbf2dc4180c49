import type { Database } from 'better-sqlite3';

/** What memory holds of a transaction. */
export interface Unwritten {
  /** Writes what was gathered in memory: before the commit, and before an item's savepoint is released. */
  flush(): void;
  /** Drops what was gathered, and whatever memory learned from rows that are gone again. */
  reset(): void;
}

/** Runs something so that its failure leaves no trace in the transaction. */
export class Savepoints {
  readonly #db: Database;
  readonly #unwritten: Unwritten;
  readonly #open;
  readonly #release;
  readonly #rollback;

  constructor(db: Database, unwritten: Unwritten) {
    this.#db = db;
    this.#unwritten = unwritten;
    this.#open = db.prepare('SAVEPOINT item');
    this.#release = db.prepare('RELEASE item');
    this.#rollback = db.prepare('ROLLBACK TO item');
  }

  guard<Value>(act: () => Value): Value {
    this.#open.run();
    try {
      const value = act();
      this.#unwritten.flush();
      this.#release.run();
      return value;
    } catch (error) {
      if (this.#db.inTransaction) {
        this.#rollback.run();
        this.#release.run();
      }
      this.#unwritten.reset();
      throw error;
    }
  }
}
