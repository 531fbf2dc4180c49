import type { Database } from 'better-sqlite3';
import { PointsmanError } from '../../core/errors.ts';
import { isDatabaseFault, storeError } from './store-error.ts';

/** One call's share of a commit. */
export interface Work<Item, Result> {
  readonly items: readonly Item[];
  readonly apply: (item: Item) => Result;
  /** Makes an item's failure its result; without it a failed item rejects the whole call, its neighbours stand. */
  readonly refuse?: (error: Error) => Result;
}

/** Runs something so that its failure leaves no trace in the transaction. */
type Guard = <Value>(act: () => Value) => Value;

interface Entry {
  readonly size: number;
  run(guard: Guard | null): void;
  /** Answers the caller, after the commit. */
  settle(): void;
  fail(error: Error): void;
}

/** Items one commit takes: the rest waits for the next, so that reads and sockets get their turn. */
const MOST_ITEMS = 2_000;

/**
 * Shares commits without a timer: whatever is submitted in one turn of the event loop is one transaction, and its
 * promises resolve after it. Nobody pays for savepoints until an item fails; then the group runs again with one each.
 */
export class GroupCommit {
  readonly #db: Database;
  readonly #path: string;
  readonly #onRollback: () => void;
  readonly #begin;
  readonly #commit;
  readonly #rollback;
  readonly #guard: Guard;
  #queue: Entry[] = [];
  #isScheduled = false;
  #isClosed = false;

  /** @param onRollback drops whatever memory learned from rows that are gone again. */
  constructor(db: Database, path: string, onRollback: () => void) {
    this.#db = db;
    this.#path = path;
    this.#onRollback = onRollback;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#guard = savepoints(db, onRollback);
  }

  /**
   * Results in the items' order, once they are on disk. Rejects with `STORE_UNWRITABLE` or `STORE_FAILED`, and with an
   * item's own error as it is.
   */
  submit<Item, Result>(work: Work<Item, Result>): Promise<readonly Result[]> {
    if (this.#isClosed) return Promise.reject(new PointsmanError('STORE_FAILED', 'The store is closed'));
    if (work.items.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#queue.push(entryOf(work, resolve, reject));
      this.#schedule();
    });
  }

  /** Commits what is queued and takes nothing more. */
  close(): void {
    this.#isClosed = true;
    while (this.#queue.length > 0) this.#flush();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const group = this.#takeGroup();
    if (group.length === 0) return;
    try {
      this.#commitGroup(group);
    } catch (error) {
      const reason = storeError(error, this.#path);
      for (const entry of group) entry.fail(reason);
      return;
    }
    for (const entry of group) entry.settle();
  }

  #takeGroup(): readonly Entry[] {
    let items = 0;
    let taken = 0;
    for (const { size } of this.#queue) {
      if (taken > 0 && items + size > MOST_ITEMS) break;
      items += size;
      taken += 1;
    }
    return this.#queue.splice(0, taken);
  }

  #commitGroup(group: readonly Entry[]): void {
    try {
      this.#transact(group, null);
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      this.#transact(group, this.#guard);
    }
  }

  #transact(group: readonly Entry[], guard: Guard | null): void {
    this.#begin.run();
    try {
      for (const entry of group) entry.run(guard);
      this.#commit.run();
    } catch (error) {
      this.#undo();
      throw error;
    }
  }

  /** Some failures, such as a full disk, have ended the transaction already. */
  #undo(): void {
    this.#onRollback();
    if (this.#db.inTransaction) this.#rollback.run();
  }
}

function entryOf<Item, Result>(
  { items, apply, refuse }: Work<Item, Result>,
  resolve: (results: readonly Result[]) => void,
  reject: (error: Error) => void,
): Entry {
  let results: Result[] = [];
  let failure: Error | null = null;
  const applyGuarded = (item: Item, guard: Guard): void => {
    try {
      results.push(guard(() => apply(item)));
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      // An item's own failure is a bug, not the store's refusal: nobody should try it again.
      const reason = error instanceof Error ? error : new Error(String(error));
      if (refuse) results.push(refuse(reason));
      else failure ??= reason;
    }
  };
  return {
    size: items.length,
    run: (guard) => {
      results = [];
      failure = null;
      for (const item of items) {
        if (guard) applyGuarded(item, guard);
        else results.push(apply(item));
      }
    },
    settle: () => (failure ? reject(failure) : resolve(results)),
    fail: reject,
  };
}

function savepoints(db: Database, onRollback: () => void): Guard {
  const open = db.prepare('SAVEPOINT item');
  const release = db.prepare('RELEASE item');
  const rollback = db.prepare('ROLLBACK TO item');
  return (act) => {
    open.run();
    try {
      const value = act();
      release.run();
      return value;
    } catch (error) {
      onRollback();
      if (db.inTransaction) {
        rollback.run();
        release.run();
      }
      throw error;
    }
  };
}
