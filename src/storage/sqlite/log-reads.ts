import type { Database } from 'better-sqlite3';
import type { DeliveryFilter, EventFilter, Log, Page, PageRequest, ReceiptRow } from '../../ports/log.ts';
import { DELIVERY_LIST, type DeliveryColumns, deliveryRow } from './delivery-list.ts';
import { EVENT_LIST, type EventRowColumns, eventRow } from './event-list.ts';
import { factLister } from './fact-list.ts';
import { factReader } from './facts.ts';
import { pageReader, preparedOnce, type ReadPage } from './keyset-page.ts';
import { type CommonFilter, type ListShape, listPlanner } from './list-plan.ts';
import type { ListQuery } from './list-query.ts';
import { lastGoodFiles } from './loads.ts';
import { deadCauses } from './log-causes.ts';
import { deliveryDetails, eventDetails } from './log-details.ts';
import { gaugesReader } from './log-gauges.ts';
import { namesReader, pausesReader } from './log-names.ts';
import { totals, unmatchedNames } from './log-totals.ts';
import { runnableEvents } from './runnable-events.ts';
import { readError } from './store-error.ts';

/** The log's reads as SQLite does them: at once. */
export type LogReads = {
  readonly [Name in keyof Log]: (...args: Parameters<Log[Name]>) => Awaited<ReturnType<Log[Name]>>;
};

/** Prepares every read of the log on one connection: short statements, keyed, never a count over history. */
export function logReads(db: Database, mostEffort?: number): LogReads {
  const prepared = preparedOnce(db);
  const read = pageReader(db, prepared, mostEffort);
  const fact = factReader(db);
  return {
    deliveries: lister<DeliveryFilter, DeliveryColumns, ReturnType<typeof deliveryRow>>(
      db,
      read,
      DELIVERY_LIST,
      deliveryRow,
    ),
    deadCauses: deadCauses(db, prepared),
    delivery: deliveryDetails(db),
    events: lister<EventFilter, EventRowColumns, ReturnType<typeof eventRow>>(db, read, EVENT_LIST, eventRow),
    event: eventDetails(db),
    runnableEvents: runnableEvents(db, read),
    facts: (keys) => keys.map(fact),
    factRows: factLister(db, read),
    names: namesReader(db),
    unmatchedNames: unmatchedNames(db),
    receipts: (page) => read<ReceiptRow>(RECEIPTS, page),
    lastGoodFiles: lastGoodFiles(db),
    stats: totals(db),
    gauges: gaugesReader(db),
    pauses: pausesReader(db),
  };
}

/** The reads as the port has them; failures come as `STORE_FAILED`. */
export function asLog(reads: LogReads, path: string): Log {
  return {
    deliveries: promised(reads.deliveries, path),
    deadCauses: promised(reads.deadCauses, path),
    delivery: promised(reads.delivery, path),
    events: promised(reads.events, path),
    event: promised(reads.event, path),
    runnableEvents: promised(reads.runnableEvents, path),
    facts: promised(reads.facts, path),
    factRows: promised(reads.factRows, path),
    names: promised(reads.names, path),
    unmatchedNames: promised(reads.unmatchedNames, path),
    receipts: promised(reads.receipts, path),
    lastGoodFiles: promised(reads.lastGoodFiles, path),
    stats: promised(reads.stats, path),
    gauges: promised(reads.gauges, path),
    pauses: promised(reads.pauses, path),
  };
}

/** A synchronous read as a promise; failures come under our catalogue. */
export function promised<Args extends readonly unknown[], Value>(
  read: (...args: Args) => Value,
  path: string,
): (...args: Args) => Promise<Value> {
  return async (...args) => {
    try {
      return read(...args);
    } catch (error) {
      throw readError(error, path);
    }
  };
}

const RECEIPTS: ListQuery = {
  listing: {
    columns: 'r.id AS id, r.at_ms AS atMs, r.outcome, r.duration_ms AS durationMs, r.detail',
    table: 'receipt',
    alias: 'r',
  },
  conditions: [],
  isCostly: false,
  lead: { by: 'blocks' },
  sought: null,
};

function lister<Filter extends CommonFilter, Columns extends { readonly id: number }, Row>(
  db: Database,
  read: ReadPage,
  shape: ListShape<Filter>,
  rowOf: (columns: Columns) => Row,
): (filter: Filter, page: PageRequest) => Page<Row> {
  const plan = listPlanner(db, shape);
  return (filter, page) => {
    const query = plan(filter);
    if (!query) return { items: [], nextBefore: null };
    const { items, nextBefore } = read<Columns>(query, page);
    return { items: items.map(rowOf), nextBefore };
  };
}
