import type { Store } from '../src/ports/store.ts';
import { openToWrite } from '../src/storage/sqlite/open-database.ts';
import { takeOwnerLock } from '../src/storage/sqlite/owner-lock.ts';
import { storeOn } from '../src/storage/sqlite/sqlite-store.ts';

/** Rows that one commit takes while a database is filled. */
const FILL_CHUNK = 2_000;

/**
 * The real store on a connection that does not wait for the disk: for filling a database, never for measuring it. What
 * it writes is what a server writes.
 */
export function openStoreToFill(path: string, nowMs: number): Store {
  const lock = takeOwnerLock(path);
  const db = openToWrite(path);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -1000000');
  db.pragma('wal_autocheckpoint = 50000');
  return storeOn(db, { path, nowMs, lock });
}

/** The parts of a range that one commit takes each. Pure. */
export function* chunksOf(first: number, end: number): Generator<readonly number[]> {
  for (let from = first; from < end; from += FILL_CHUNK) {
    yield Array.from({ length: Math.min(FILL_CHUNK, end - from) }, (_, index) => from + index);
  }
}
