import type Database from 'better-sqlite3';
import { BLOCK, mappingStatus, statusNumber } from '../../src/storage/sqlite/blocks.ts';

/** What the store keeps about blocks of rows and the rows do not bear out, one line each. */
export function miscounts(db: Database.Database): readonly string[] {
  return [
    ...miscounted(countsKept(db), countsOfRows(db)),
    ...rowTexts(db, OUT_OF_TIME).map((row) => `a row is outside the times of its block: ${row}`),
  ];
}

/** The rows of a query as text, their columns parted by commas. */
export function rowTexts(db: Database.Database, sql: string): readonly string[] {
  return db
    .prepare(sql)
    .raw()
    .all()
    .map((row) => (row as readonly unknown[]).join());
}

const OUT_OF_TIME = `SELECT 'event', id FROM event WHERE NOT EXISTS (SELECT 1 FROM time_block
    WHERE log = 'event' AND block = id / ${BLOCK} AND received_ms BETWEEN min_ms AND max_ms)
  UNION ALL SELECT 'delivery', id FROM delivery WHERE NOT EXISTS (SELECT 1 FROM time_block
    WHERE log = 'delivery' AND block = id / ${BLOCK} AND created_ms BETWEEN min_ms AND max_ms)`;

function countsKept(db: Database.Database): readonly string[] {
  return rowTexts(db, 'SELECT log, what, value, block, n FROM block_count WHERE n <> 0').toSorted();
}

function countsOfRows(db: Database.Database): readonly string[] {
  const counts = new Map<string, number>();
  const count = (log: string, what: string, value: unknown, id: number): void => {
    const key = [log, what, value, Math.floor(id / BLOCK)].join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { id, status, name, source } of db.prepare<[], Row>('SELECT * FROM event').iterate()) {
    count('event', 'status', statusNumber(status), id);
    count('event', 'name', name, id);
    count('event', 'source', source, id);
  }
  for (const row of db.prepare<[], Row>('SELECT * FROM delivery').iterate()) {
    const { id, status, mapping } = row;
    count('delivery', 'status', statusNumber(status), id);
    count('delivery', 'mapping status', mappingStatus(mapping, status), id);
    count('delivery', 'name', row.event_name, id);
    for (const what of ['mapping', 'destination', 'endpoint'] as const) count('delivery', what, row[what], id);
  }
  return [...counts].map(([key, n]) => `${key},${n}`).toSorted();
}

interface Row {
  readonly id: number;
  readonly status: Parameters<typeof mappingStatus>[1];
  readonly name: number;
  readonly source: number;
  readonly event_name: number;
  readonly mapping: number;
  readonly destination: number;
  readonly endpoint: number;
}

/** Statuses are counted exactly; of everything else a block knows at least what its rows have. */
function miscounted(kept: readonly string[], found: readonly string[]): readonly string[] {
  const [left, right] = [new Set(kept), new Set(found.map(noted))];
  return [
    ...kept
      .filter((line) => isTally(line) && !right.has(line))
      .map((line) => `block_count says ${line}, the rows do not`),
    ...[...right].filter((line) => !left.has(line)).map((line) => `the rows say ${line}, block_count does not`),
  ];
}

function noted(line: string): string {
  return isTally(line) ? line : line.replace(/\d+$/, '1');
}

function isTally(line: string): boolean {
  return line.includes('status');
}
