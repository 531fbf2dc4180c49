import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { PointsmanError } from '../../core/errors.ts';
import { assertReadable, migrate } from './migrate.ts';
import { readError, storeError } from './store-error.ts';

/** The path of a database that lives in memory and dies with its connection. */
export const IN_MEMORY = ':memory:';

/** How long a statement waits for another process's lock, in ms: the writer holds up intake, a reader only itself. */
const WRITER_WAIT_MS = 250;
const READER_WAIT_MS = 2_000;

/** The one name a database has, whatever links lead to it; creates its folder. Throws `STORE_UNWRITABLE`. */
export function resolvedPath(path: string): string {
  if (path === IN_MEMORY) return path;
  try {
    makeFolder(dirname(path));
    return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PointsmanError('STORE_UNWRITABLE', `Cannot create the folder of the database ${path}: ${why}`, {
      cause: error,
    });
  }
}

/**
 * Opens the database to write, created and migrated where needed. Throws `STORE_NEWER`, `STORE_UNWRITABLE` or
 * `STORE_FAILED`.
 */
export function openToWrite(path: string): Database.Database {
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { timeout: WRITER_WAIT_MS });
    // Only before the first table exists can this be chosen; pruning gives pages back later.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    // The build's default under WAL is NORMAL, which may lose the last commits with the power.
    db.pragma('synchronous = FULL');
    db.pragma('journal_size_limit = 67108864');
    // Pages between two checkpoints (64 MB): commits rewrite many of the same pages, and whoever commits then waits for the disk.
    db.pragma('wal_autocheckpoint = 16000');
    db.pragma('temp_store = MEMORY');
    // Half of SQLite's default here: the operating system keeps the file's pages anyway, and more gained nothing measurable.
    db.pragma('cache_size = -8000');
    // Always: what a page split or an update left behind while it was off would outlive a forgotten member.
    db.pragma('secure_delete = ON');
    migrate(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw storeError(error, path);
  }
}

/** Opens an existing database to read. Throws `STORE_MISSING`, `STORE_NEWER` or `STORE_FAILED`. */
export function openToRead(path: string): Database.Database {
  if (!existsSync(path)) throw new PointsmanError('STORE_MISSING', `There is no database at ${path}`);
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true, timeout: READER_WAIT_MS });
    db.pragma('cache_size = -4000');
    assertReadable(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw readError(error, path);
  }
}

/** One level at a time: Node's recursive mkdir never returns where a folder refuses children, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(folder)) throw error;
  }
}
