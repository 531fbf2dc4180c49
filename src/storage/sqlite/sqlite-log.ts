import type { Log } from '../../ports/log.ts';
import { asLog, logReads } from './log-reads.ts';
import { openToRead } from './open-database.ts';

/**
 * Opens the log of a database to read it, whether or not a server runs. Throws `STORE_MISSING` when there is no file,
 * `STORE_NEWER` or `STORE_FAILED` when this version cannot read it.
 */
export function openSqliteLog(path: string): Log & { close(): Promise<void> } {
  const db = openToRead(path);
  return { ...asLog(logReads(db), path), close: async () => void db.close() };
}
