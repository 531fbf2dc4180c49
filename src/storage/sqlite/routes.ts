import type { RoutedEvent } from '../../core/delivery.ts';
import type { EventStatus } from '../../core/event.ts';
import type { Applied } from '../../ports/store.ts';
import type { Deliveries } from './deliveries.ts';
import type { Tables } from './tables.ts';

interface RoutableEvent {
  readonly id: number;
  readonly name: number;
  readonly source: number;
  readonly status: EventStatus;
  readonly received_ms: number;
}

/** Prepares the second transition: an event gets its deliveries. Routing it twice writes nothing twice. */
export function routing(tables: Tables, deliveries: Deliveries): (routed: RoutedEvent, nowMs: number) => Applied {
  const { db, count } = tables;
  const find = db.prepare<[number], RoutableEvent>(
    'SELECT id, name, source, status, received_ms FROM event WHERE id = ?',
  );
  const settle = db.prepare<[string, string | null, number]>('UPDATE event SET status = ?, code = ? WHERE id = ?');
  const noteUnmatched = db.prepare<[number, number, number, number]>(
    `INSERT INTO unmatched (source, name, n, first_seen_ms, last_seen_ms) VALUES (?, ?, 1, ?, ?)
     ON CONFLICT DO UPDATE SET n = n + 1, first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),
       last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)`,
  );
  return ({ eventId, status, code, deliveries: drafts }, nowMs) => {
    const event = find.get(eventId);
    if (!event) return 'repeated';
    const isFirst = event.status === 'accepted';
    const added = drafts.filter((draft) => deliveries.add(event, draft, nowMs)).length;
    if (!isFirst && added === 0) return 'repeated';
    settle.run(status, code, eventId);
    if (isFirst && status !== 'routed') count(status, nowMs, 0);
    if (isFirst && status === 'unmatched') {
      noteUnmatched.run(event.source, event.name, event.received_ms, event.received_ms);
    }
    return 'applied';
  };
}
