import type { Log } from '../ports/log.ts';
import { openSqliteLog } from '../storage/sqlite/sqlite-log.ts';

/** Opens the log of a store for reading. Throws `STORE_MISSING` or `STORE_NEWER`. */
export function openLog(path: string): Log & { close(): Promise<void> } {
  return openSqliteLog(path);
}
