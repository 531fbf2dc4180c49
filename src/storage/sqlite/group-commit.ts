import type { Database } from 'better-sqlite3';
import { PointsmanError } from '../../core/errors.ts';
import { FileGuard } from './file-guard.ts';
import { Savepoints, type Unwritten } from './savepoints.ts';
import { isDatabaseFault, storeError } from './store-error.ts';

/** One call's share of a commit. */
export interface Work<Item, Result> {
  readonly items: readonly Item[];
  /** `isGuarded` = some item failed, and this one is applied apart: what it returns may never reach the caller. */
  readonly apply: (item: Item, isGuarded: boolean) => Result;
  /** Makes an item's failure its result; without it a failed item rejects the whole call, its neighbours stand. */
  readonly refuse?: (error: Error) => Result;
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
  readonly #unwritten: Unwritten;
  readonly #guard: FileGuard;
  readonly #begin;
  readonly #commit;
  readonly #rollback;
  readonly #savepoints: Savepoints;
  #queue: AnyEntry[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(db: Database, path: string, unwritten: Unwritten) {
    this.#db = db;
    this.#path = path;
    this.#unwritten = unwritten;
    this.#guard = new FileGuard(db);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#savepoints = new Savepoints(db, unwritten);
  }

  /**
   * Results in the items' order, once they are on disk. Rejects with `STORE_UNWRITABLE` or `STORE_FAILED`, and with an
   * item's own error as it is.
   */
  submit<Item, Result>(work: Work<Item, Result>): Promise<readonly Result[]> {
    if (this.#isClosed) return Promise.reject(new PointsmanError('STORE_FAILED', 'The store is closed'));
    if (work.items.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#queue.push(new Entry(work, resolve, reject));
      this.#schedule();
    });
  }

  /** The result of one item, which fails by itself; otherwise as above. */
  async submitOne<Item, Result>(item: Item, apply: (item: Item) => Result): Promise<Result> {
    const [result] = await this.submit({ items: [item], apply });
    return result as Result;
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
      this.#guard.assertSound();
      this.#commitGroup(group);
    } catch (error) {
      const reason = storeError(error, this.#path);
      this.#guard.failed(reason);
      for (const entry of group) entry.fail(reason);
      return;
    }
    for (const entry of group) entry.settle();
  }

  #takeGroup(): readonly AnyEntry[] {
    let items = 0;
    let taken = 0;
    for (const { size } of this.#queue) {
      if (taken > 0 && items + size > MOST_ITEMS) break;
      items += size;
      taken += 1;
    }
    return this.#queue.splice(0, taken);
  }

  #commitGroup(group: readonly AnyEntry[]): void {
    try {
      this.#transact(group, null);
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      this.#transact(group, this.#savepoints);
    }
  }

  #transact(group: readonly AnyEntry[], savepoints: Savepoints | null): void {
    this.#begin.run();
    try {
      for (const entry of group) entry.run(savepoints);
      this.#unwritten.flush();
      this.#commit.run();
    } catch (error) {
      this.#undo();
      throw error;
    }
  }

  /** Some failures, such as a full disk, have ended the transaction already. */
  #undo(): void {
    if (this.#db.inTransaction) this.#rollback.run();
    this.#unwritten.reset();
  }
}

type AnyEntry = Pick<Entry<never, never>, 'size' | 'run' | 'settle' | 'fail'>;

/** One call that waits for its commit. */
class Entry<Item, Result> {
  readonly #work: Work<Item, Result>;
  readonly #resolve: (results: readonly Result[]) => void;
  readonly #reject: (error: Error) => void;
  #results: Result[] = [];
  #failure: Error | null = null;

  constructor(work: Work<Item, Result>, resolve: (results: readonly Result[]) => void, reject: (error: Error) => void) {
    this.#work = work;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get size(): number {
    return this.#work.items.length;
  }

  run(savepoints: Savepoints | null): void {
    this.#results = [];
    this.#failure = null;
    const { items, apply } = this.#work;
    for (const item of items) {
      if (savepoints) this.#runGuarded(item, savepoints);
      else this.#results.push(apply(item, false));
    }
  }

  /** Answers the caller, after the commit. */
  settle(): void {
    if (this.#failure) this.#reject(this.#failure);
    else this.#resolve(this.#results);
  }

  fail(error: Error): void {
    this.#reject(error);
  }

  #runGuarded(item: Item, savepoints: Savepoints): void {
    const { apply, refuse } = this.#work;
    try {
      this.#results.push(savepoints.guard(() => apply(item, true)));
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      // An item's own failure is a bug, not the store's refusal: nobody should try it again.
      const reason = error instanceof Error ? error : new Error(String(error));
      if (refuse) this.#results.push(refuse(reason));
      else this.#failure ??= reason;
    }
  }
}
