import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { PointsmanError } from '../../core/errors.ts';

/**
 * Refuses commits that could not be trusted. SQLite goes on writing to a file that was deleted or replaced under it, and
 * all of it would be lost; and writing to a damaged file damages more of it.
 */
export class FileGuard {
  readonly #db: Database;
  readonly #file: string | null;
  #corruption: PointsmanError | null = null;

  constructor(db: Database) {
    this.#db = db;
    this.#file = fileOf(db);
  }

  /** One look at the folder's entry. Throws `STORE_UNWRITABLE` or `STORE_CORRUPT`. */
  assertSound(): void {
    if (this.#corruption !== null) throw this.#corruption;
    if (this.#file === null || fileOf(this.#db) === this.#file) return;
    throw new PointsmanError(
      'STORE_UNWRITABLE',
      `The database ${this.#db.name} was deleted, moved or replaced while in use: move it back, or restart on what is there`,
    );
  }

  /** A commit failed. What is damaged stays so until a person has seen to it. */
  failed(reason: PointsmanError): void {
    if (reason.code === 'STORE_CORRUPT') this.#corruption ??= reason;
  }
}

/** Which file the path leads to; null when there is none. */
function fileOf(db: Database): string | null {
  if (db.memory) return null;
  const stats = statSync(db.name, { throwIfNoEntry: false });
  return stats ? `${stats.dev}:${stats.ino}` : null;
}
