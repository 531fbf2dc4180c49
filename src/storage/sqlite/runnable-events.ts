import type { Database } from 'better-sqlite3';
import type { Lookup } from '../../core/delivery.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { EventFilter, MadeDelivery, Page, PageRequest, RunnableEvent } from '../../ports/log.ts';
import { EVENT_COLUMNS, type EventColumns, storedEvent } from './event-columns.ts';
import { EVENT_LIST } from './event-list.ts';
import type { ReadPage } from './keyset-page.ts';
import { listPlanner } from './list-plan.ts';
import { type Packed, unpack } from './packed.ts';

/** The list of events, each with its body. */
const LISTING = { ...EVENT_LIST.listing, columns: `${EVENT_COLUMNS}, e.code AS code` };

interface MadeRow extends Omit<MadeDelivery, 'mappingVersion' | 'lookups'> {
  readonly event: number;
  readonly version: Packed;
  readonly lookups: string | null;
}

/** Prepares the reading of events with what was made of them: two statements a page, as of one moment. */
export function runnableEvents(
  db: Database,
  read: ReadPage,
): (filter: EventFilter, page: PageRequest) => Page<RunnableEvent> {
  const plan = listPlanner(db, EVENT_LIST);
  const madeOf = madeReader(db);
  return db.transaction((filter: EventFilter, page: PageRequest): Page<RunnableEvent> => {
    const query = plan(filter);
    if (!query) return { items: [], nextBefore: null };
    const rows = read<EventColumns & { readonly code: ErrorCode | null }>({ ...query, listing: LISTING }, page);
    const made = madeOf(rows.items.map(({ id }) => id));
    const items = rows.items.map(({ code, ...row }) => {
      return { id: row.id, event: storedEvent(row), code, deliveries: made.get(row.id) ?? [] };
    });
    return { items, nextBefore: rows.nextBefore };
  });
}

function madeReader(db: Database): (events: readonly number[]) => ReadonlyMap<number, readonly MadeDelivery[]> {
  // CROSS keeps the order of the tables: from the few events to their deliveries.
  const find = db.prepare<[string], MadeRow>(
    `SELECT d.event, (SELECT text FROM name WHERE id = d.mapping) AS mapping,
       (SELECT version FROM mapping_version WHERE id = d.version) AS version,
       d.part, d.run, d.status, d.reason, f.request, f.lookups
     FROM json_each(?) u CROSS JOIN delivery d INDEXED BY delivery_once ON d.event = u.value
       LEFT JOIN frozen f ON f.delivery = d.id
     ORDER BY d.id`,
  );
  return (events) => {
    const byEvent = Map.groupBy(find.all(JSON.stringify(events)), ({ event }) => event);
    return new Map([...byEvent].map(([event, own]) => [event, own.map(madeDelivery)]));
  };
}

function madeDelivery({ event: _, version, lookups, ...row }: MadeRow): MadeDelivery {
  const recalled = lookups === null ? [] : (JSON.parse(lookups) as readonly Lookup[]);
  return { ...row, mappingVersion: unpack(version), lookups: recalled };
}
