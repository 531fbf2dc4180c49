import type { Database } from 'better-sqlite3';
import type { StoredEvent } from '../../core/event.ts';
import { EVENT_COLUMNS, type EventColumns, storedEvent } from './event-columns.ts';

/**
 * Prepares the handing out of accepted events, in acceptance order, each once. How far it got lives in memory only: it
 * reads committed rows, and after a restart every event still accepted is handed out again.
 */
export function eventClaims(db: Database): (limit: number) => readonly StoredEvent[] {
  const next = db.prepare<[number, number], EventColumns>(
    `SELECT ${EVENT_COLUMNS} FROM event e INDEXED BY event_accepted
     WHERE e.status = 'accepted' AND e.id > +? ORDER BY e.id LIMIT +?`,
  );
  let last = 0;
  return (limit) => {
    const events = next.all(last, limit).map(storedEvent);
    last = events.at(-1)?.id ?? last;
    return events;
  };
}
