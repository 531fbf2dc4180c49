import type { Database } from 'better-sqlite3';
import type { Pause, PauseCause } from '../../core/pause.ts';
import type { Applied } from '../../ports/store.ts';

/** What a pause is of. */
export type Paused = Pick<Pause, 'destination' | 'endpoint'>;

/** Prepares the beginning of pauses. Only inside a transaction. */
export function pausing(db: Database): (pause: Omit<Pause, 'untilMs'>) => Applied {
  const goesOn = db.prepare<[string, string | null, PauseCause]>(
    'SELECT 1 FROM pause WHERE until_ms IS NULL AND destination = ? AND endpoint IS ? AND cause = ?',
  );
  const begin = db.prepare<[string, string | null, PauseCause, string, number]>(
    'INSERT INTO pause (destination, endpoint, cause, detail, since_ms) VALUES (?, ?, ?, ?, ?)',
  );
  return ({ destination, endpoint, cause, detail, sinceMs }) => {
    if (goesOn.get(destination, endpoint, cause)) return 'repeated';
    begin.run(destination, endpoint, cause, detail, sinceMs);
    return 'applied';
  };
}

/** Prepares the ending of pauses. Only inside a transaction. */
export function resuming(db: Database): (of: Paused, cause: PauseCause | null, nowMs: number) => Applied {
  const end = db.prepare<[number, string, string | null, PauseCause | null]>(
    `UPDATE pause SET until_ms = ?
     WHERE until_ms IS NULL AND destination = ? AND endpoint IS ? AND cause = coalesce(?, cause)`,
  );
  return ({ destination, endpoint }, cause, nowMs) =>
    end.run(nowMs, destination, endpoint, cause).changes > 0 ? 'applied' : 'repeated';
}
