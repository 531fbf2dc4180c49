import { openSqliteReplays, type StoredReplays } from '../storage/sqlite/sqlite-replays.ts';

/** Opens the replays of a store for reading, whether or not a server runs. Throws `STORE_MISSING` or `STORE_NEWER`. */
export function openReplays(path: string): StoredReplays {
  return openSqliteReplays(path);
}
