import type { ClaimedDelivery, RoutedEvent } from '../../core/delivery.ts';
import type { EventStatus } from '../../core/event.ts';
import type { ClaimOffer, SettledRoute } from '../../ports/store.ts';
import type { Deliveries } from './deliveries.ts';
import { moveEvent } from './row-counts.ts';
import type { Tables } from './tables.ts';

interface RoutableEvent {
  readonly id: number;
  readonly name: number;
  readonly source: number;
  readonly status: EventStatus;
  readonly received_ms: number;
}

/** The second transition: an accepted event gets its deliveries. Routing it twice writes nothing twice. */
export type Route = (routed: RoutedEvent, nowMs: number, offers: readonly ClaimOffer[]) => SettledRoute;

/** Prepares the second transition. */
export function routing(tables: Tables, deliveries: Deliveries): Route {
  const { db, blocks, counters, unmatched } = tables;
  const find = db.prepare<[number], RoutableEvent>(
    'SELECT id, name, source, status, received_ms FROM event WHERE id = ?',
  );
  const settle = db.prepare<[string, string | null, number]>('UPDATE event SET status = ?, code = ? WHERE id = ?');
  const countFirst = ({ name, source, received_ms }: RoutableEvent, status: RoutedEvent['status'], nowMs: number) => {
    if (status !== 'routed') counters.count(status, nowMs, 0);
    if (status === 'unmatched') unmatched.note(source, name, received_ms);
  };
  return ({ eventId, status, code, deliveries: drafts }, nowMs, offers) => {
    const claimed: ClaimedDelivery[] = [];
    const event = find.get(eventId);
    if (!event) return { applied: 'repeated', claimed };
    const making = { nowMs, offers, claimed };
    let added = 0;
    for (const draft of drafts) if (deliveries.add(event, draft, making)) added += 1;
    const isFirst = event.status === 'accepted';
    if (!isFirst && added === 0) return { applied: 'repeated', claimed };
    settle.run(status, code, eventId);
    moveEvent(blocks, eventId, event.status, status);
    if (isFirst) countFirst(event, status, nowMs);
    return { applied: 'applied', claimed };
  };
}
