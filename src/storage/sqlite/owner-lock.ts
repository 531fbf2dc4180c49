import Database from 'better-sqlite3';
import { PointsmanError } from '../../core/errors.ts';
import { storeError } from './store-error.ts';

/** The right to write one database, held for a process's life. */
export interface OwnerLock {
  release(): void;
}

/**
 * Takes the right to write the database at `path`, or throws `STORE_IN_USE`. The lock is the operating system's, on a
 * sibling file that SQLite opens exclusively, so it ends with the process however that ends, and it also refuses a
 * second open inside this process.
 */
export function takeOwnerLock(path: string): OwnerLock {
  const lock = open(path);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw storeError(error, path);
    throw new PointsmanError('STORE_IN_USE', `Another pointsman uses the database ${path}`, { cause: error });
  }
  return { release: () => void lock.close() };
}

function open(path: string): Database.Database {
  try {
    return new Database(`${path}.lock`, { timeout: 0 });
  } catch (error) {
    throw storeError(error, path);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}
