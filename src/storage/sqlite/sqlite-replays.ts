import type { ReplayStore } from '../../ports/replays.ts';
import { promised } from './log-reads.ts';
import { openToRead } from './open-database.ts';
import { openReplayRows } from './replay-rows.ts';

/** The replays of a database, to be read. */
export interface StoredReplays extends Pick<ReplayStore, 'replay' | 'replays'> {
  close(): Promise<void>;
}

/** Opens the replays of a database to read them, whether or not a server runs. Throws as `openSqliteLog` does. */
export function openSqliteReplays(path: string): StoredReplays {
  const db = openToRead(path);
  const rows = openReplayRows(db);
  return {
    replay: promised(rows.find, path),
    replays: promised(rows.list, path),
    close: async () => void db.close(),
  };
}
