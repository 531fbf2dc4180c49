import type { Database } from 'better-sqlite3';
import type { Lookup } from '../../core/delivery.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { EventFilter, Page, PageRequest, RunnableEvent } from '../../ports/log.ts';
import { EVENT_COLUMNS, type EventColumns, storedEvent } from './event-columns.ts';
import { EVENT_LIST } from './event-list.ts';
import type { ReadPage } from './keyset-page.ts';
import { listPlanner } from './list-plan.ts';

/** The list of events, each with its body. */
const LISTING = { ...EVENT_LIST.listing, columns: `${EVENT_COLUMNS}, e.code AS code` };

interface RecalledRow {
  readonly event: number;
  readonly mapping: string;
  readonly lookups: string;
}

type Recalled = RunnableEvent['recalled'];

/** Prepares the reading of events with what was recalled for them: two statements a page, as of one moment. */
export function runnableEvents(
  db: Database,
  read: ReadPage,
): (filter: EventFilter, page: PageRequest) => Page<RunnableEvent> {
  const plan = listPlanner(db, EVENT_LIST);
  const recalledFor = recalledReader(db);
  return db.transaction((filter: EventFilter, page: PageRequest): Page<RunnableEvent> => {
    const query = plan(filter);
    if (!query) return { items: [], nextBefore: null };
    const rows = read<EventColumns & { readonly code: ErrorCode | null }>({ ...query, listing: LISTING }, page);
    const recalled = recalledFor(rows.items.map(({ id }) => id));
    const items = rows.items.map(({ code, ...row }) => {
      return { id: row.id, event: storedEvent(row), code, recalled: recalled.get(row.id) ?? [] };
    });
    return { items, nextBefore: rows.nextBefore };
  });
}

function recalledReader(db: Database): (events: readonly number[]) => ReadonlyMap<number, Recalled> {
  // CROSS keeps the order of the tables: from the few events to their deliveries.
  const find = db.prepare<[string], RecalledRow>(
    `SELECT d.event, (SELECT text FROM name WHERE id = d.mapping) AS mapping, f.lookups
     FROM json_each(?) u CROSS JOIN delivery d INDEXED BY delivery_once ON d.event = u.value
       CROSS JOIN frozen f ON f.delivery = d.id
     WHERE f.lookups IS NOT NULL ORDER BY d.id`,
  );
  return (events) => {
    const rows = find.all(JSON.stringify(events));
    const byEvent = Map.groupBy(rows, ({ event }) => event);
    return new Map([...byEvent].map(([event, own]) => [event, own.map(recalledOf)]));
  };
}

function recalledOf({ mapping, lookups }: RecalledRow): Recalled[number] {
  return { mapping, lookups: JSON.parse(lookups) as readonly Lookup[] };
}
