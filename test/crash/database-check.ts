import Database from 'better-sqlite3';
import { BLOCK, mappingStatus, statusNumber } from '../../src/storage/sqlite/blocks.ts';

/** What is wrong with a database that rests, one line each. */
export function faultsOf(path: string, hasDeleted: boolean): readonly string[] {
  const db = new Database(path, { readonly: true });
  try {
    return [
      ...integrity(db),
      ...miscounted(countsKept(db), countsOfRows(db)),
      ...rows(db, STUCK).map((row) => `a final delivery looks open: ${row}`),
      ...rows(db, OUT_OF_TIME).map((row) => `a row is outside the times of its block: ${row}`),
      ...rows(db, UNANSWERED).map((row) => `a delivery is delivered, and no attempt says so: ${row}`),
      ...rows(db, ORPHANS).map((row) => `a row has lost what it belongs to: ${row}`),
      ...rows(db, LEFT_OVER).map((row) => `something was begun and not ended: ${row}`),
      ...counters(db, hasDeleted),
    ];
  } finally {
    db.close();
  }
}

function integrity(db: Database.Database): readonly string[] {
  const found = [...rows(db, 'PRAGMA integrity_check'), ...rows(db, 'PRAGMA foreign_key_check')];
  return found.filter((line) => line !== 'ok').map((line) => `integrity: ${line}`);
}

const STUCK = `SELECT id, status, head, due_ms, owner FROM delivery
  WHERE status NOT IN ('pending', 'waiting') AND (head = 1 OR due_ms IS NOT NULL OR owner IS NOT NULL)`;

const OUT_OF_TIME = `SELECT 'event', id FROM event WHERE NOT EXISTS (SELECT 1 FROM time_block
    WHERE log = 'event' AND block = id / ${BLOCK} AND received_ms BETWEEN min_ms AND max_ms)
  UNION ALL SELECT 'delivery', id FROM delivery WHERE NOT EXISTS (SELECT 1 FROM time_block
    WHERE log = 'delivery' AND block = id / ${BLOCK} AND created_ms BETWEEN min_ms AND max_ms)`;

const UNANSWERED = `SELECT id FROM delivery d WHERE status = 'delivered'
  AND NOT EXISTS (SELECT 1 FROM attempt WHERE delivery = d.id AND verdict = 'delivered')`;

const ORPHANS = `SELECT 'delivery', id FROM delivery WHERE event NOT IN (SELECT id FROM event)
  UNION ALL SELECT 'attempt', id FROM attempt WHERE delivery NOT IN (SELECT id FROM delivery)
  UNION ALL SELECT 'frozen', delivery FROM frozen WHERE delivery NOT IN (SELECT id FROM delivery)
  UNION ALL SELECT 'event_body', event FROM event_body WHERE event NOT IN (SELECT id FROM event)
  UNION ALL SELECT 'awaited', delivery FROM awaited WHERE delivery NOT IN (SELECT id FROM delivery WHERE status = 'waiting')`;

const LEFT_OVER = `SELECT 'replay', id, status FROM replay WHERE status IN ('running', 'paused')
  UNION ALL SELECT 'pause', destination, endpoint FROM pause WHERE until_ms IS NULL AND cause = 'by_hand'
  UNION ALL SELECT 'checkpoint', name, value FROM checkpoint WHERE name LIKE 'forget%'`;

/** Every row came with a key of its own, and every key was given out once. */
function counters(db: Database.Database, hasDeleted: boolean): readonly string[] {
  const [issued, received, attempts, tries] = [
    `SELECT max(coalesce((SELECT max(id) FROM event), 0),
       coalesce((SELECT next - 1 FROM high_water WHERE log = 'event'), 0))`,
    `SELECT sum(n) FROM counter WHERE what = 'received'`,
    'SELECT count(*) FROM attempt',
    `SELECT sum(n) FROM counter WHERE what LIKE 'attempt %'`,
  ].map((sql) => Number(db.prepare(sql).pluck().get()));
  const wrong: string[] = [];
  if (issued !== received) wrong.push(`${received} events are counted, ${issued} were stored`);
  if (hasDeleted ? Number(attempts) > Number(tries) : attempts !== tries)
    wrong.push(`${tries} attempts are counted, ${attempts} are logged`);
  return hasDeleted ? wrong : [...wrong, ...finals(db)];
}

/** Without replays that put them back, every final delivery was counted once. Replays only ever add. */
function finals(db: Database.Database): readonly string[] {
  const found = db
    .prepare<[], { what: string; kept: number; counted: number }>(
      `SELECT what, sum(n) AS counted, (SELECT count(*) FROM delivery WHERE 'delivery ' || status = what) AS kept
       FROM counter WHERE what LIKE 'delivery %' GROUP BY what HAVING kept > counted`,
    )
    .all();
  return found.map(({ what, kept, counted }) => `${what}: ${counted} are counted, ${kept} are there`);
}

function countsKept(db: Database.Database): readonly string[] {
  return rows(db, 'SELECT log, what, value, block, n FROM block_count WHERE n <> 0').toSorted();
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

function rows(db: Database.Database, sql: string): readonly string[] {
  return db
    .prepare(sql)
    .raw()
    .all()
    .map((row) => (row as readonly unknown[]).join());
}
