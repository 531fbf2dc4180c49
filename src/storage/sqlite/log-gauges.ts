import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Gauges, HeldLanes, OpenRows, StoreBytes } from '../../ports/gauges.ts';
import type { Wanted } from './block-walk.ts';
import { BLOCK, statusNumber } from './blocks.ts';
import { pendingDestinations } from './claims.ts';
import { sumOf } from './list-plan.ts';

/** Lanes that are counted of one destination. */
const MOST_HELD = 100_000;

/** Blocks in which the oldest open delivery is sought. */
const OLDEST_BLOCKS = 16;

type OpenStatus = 'pending' | 'waiting';

/** Prepares the reading of what is open, as of one moment. */
export function gaugesReader(db: Database): () => Gauges {
  const sum = sumOf(db);
  const held = heldLanes(db);
  const oldest = oldestOpen(db);
  const bytes = storeBytes(db);
  const pendingTo = pendingDestinations(db);
  const accepted = db
    .prepare<[], number>(
      `SELECT received_ms FROM event INDEXED BY event_accepted WHERE status = 'accepted' ORDER BY id LIMIT 1`,
    )
    .pluck();
  const load = db.prepare<[], NonNullable<Gauges['lastLoad']>>(
    'SELECT at_ms AS atMs, outcome FROM receipt ORDER BY id DESC LIMIT 1',
  );
  const open = (status: OpenStatus): OpenRows => {
    const count = sum('delivery', wantedOf(status));
    return { count, oldestMs: count === 0 ? null : oldest(status) };
  };
  return db.transaction((): Gauges => {
    const heldNow = held();
    const pending = open('pending');
    return {
      pending: { ...pending, oldestMs: earliest([pending.oldestMs, ...heldNow.map(({ oldestMs }) => oldestMs)]) },
      waiting: open('waiting'),
      unrouted: { count: sum('event', wantedOf('accepted')), oldestMs: accepted.get() ?? null },
      heldLanes: heldNow,
      pendingTo: pendingTo(),
      bytes: bytes(),
      lastLoad: load.get() ?? null,
    };
  });
}

function wantedOf(status: OpenStatus | 'accepted'): Wanted {
  return { what: 'status', value: statusNumber(status) };
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Of the oldest rows only: what came back to pending a moment ago may lie before what has been so for long. */
function oldestOpen(db: Database): (status: OpenStatus) => number | null {
  const blocks = db
    .prepare<[number], number>(
      `SELECT block FROM block_count WHERE log = 'delivery' AND what = 'status' AND value = ? AND n > 0
       ORDER BY block LIMIT ${OLDEST_BLOCKS}`,
    )
    .pluck();
  const since = db
    .prepare<[OpenStatus, number, number], number | null>(
      'SELECT min(since_ms) FROM delivery NOT INDEXED WHERE status = ? AND id >= ? AND id < ?',
    )
    .pluck();
  return (status) => {
    const found = blocks.all(statusNumber(status));
    return earliest(found.map((block) => since.get(status, block * BLOCK, (block + 1) * BLOCK) ?? null));
  };
}

/** From one destination of the index to the next; the first entry of each is its oldest. */
const HELD_LANES = `WITH RECURSIVE found (id) AS (
    SELECT (SELECT min(destination) FROM delivery INDEXED BY delivery_holding
            WHERE status = 'pending' AND head = 1 AND pos IS NOT NULL AND retries > 0)
    UNION ALL
    SELECT (SELECT min(destination) FROM delivery INDEXED BY delivery_holding
            WHERE status = 'pending' AND head = 1 AND pos IS NOT NULL AND retries > 0 AND destination > found.id)
    FROM found WHERE found.id IS NOT NULL
  )
  SELECT n.text AS destination,
    (SELECT count(*) FROM (
      SELECT 1 FROM delivery d INDEXED BY delivery_holding
      WHERE d.status = 'pending' AND d.head = 1 AND d.pos IS NOT NULL AND d.retries > 0 AND d.destination = found.id
      LIMIT ${MOST_HELD})) AS count,
    (SELECT min(d.since_ms) FROM delivery d INDEXED BY delivery_holding
     WHERE d.status = 'pending' AND d.head = 1 AND d.pos IS NOT NULL AND d.retries > 0
       AND d.destination = found.id) AS oldestMs
  FROM found JOIN name n ON n.id = found.id ORDER BY destination`;

function heldLanes(db: Database): () => readonly HeldLanes[] {
  const all = db.prepare<[], HeldLanes>(HELD_LANES);
  return () => all.all();
}

function storeBytes(db: Database): () => StoreBytes {
  const pages = db
    .prepare<[], [size: number, pages: number, free: number]>(
      `SELECT s.page_size, c.page_count, f.freelist_count
       FROM pragma_page_size s, pragma_page_count c, pragma_freelist_count f`,
    )
    .raw();
  return () => {
    const [size = 0, count = 0, free = 0] = pages.get() ?? [];
    const wal = db.memory ? 0 : (statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0);
    return { database: size * count, free: size * free, wal };
  };
}
