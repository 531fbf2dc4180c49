import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK, mappingStatus, statusNumber } from '../../../src/storage/sqlite/blocks.ts';
import { migrate } from '../../../src/storage/sqlite/migrate.ts';
import { storeOn } from '../../../src/storage/sqlite/sqlite-store.ts';
import { T0 } from '../../conformance/store/drafts.ts';
import { Player } from '../../conformance/store/history-player.ts';
import { anyStep } from '../../conformance/store/history-steps.ts';

const anyHistory = fc.array(anyStep, { minLength: 5, maxLength: 30 });

describe('what is counted while rows are written', () => {
  it('is what counting the rows gives, and every lane has its first pending delivery at its head', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (steps) => {
        const db = new Database(':memory:');
        migrate(db, ':memory:');
        const store = storeOn(db, { path: ':memory:', nowMs: T0, lock: null });
        const player = new Player(store);
        for (const step of steps) await player.play(step);
        const [kept, counted] = [countsKept(db), countsOfRows(db)];
        expect(kept.filter(isTally)).toEqual(counted.filter(isTally));
        expect(kept).toEqual(expect.arrayContaining(counted.map((line) => (isTally(line) ? line : marked(line)))));
        expect(all(db, OUT_OF_TIME)).toEqual([]);
        expect(all(db, WRONG_HEADS)).toEqual([]);
        await store.close();
      }),
      { numRuns: 150 },
    );
  });
});

/** Rows whose time their block does not know of. */
const OUT_OF_TIME = `SELECT 'event', id FROM event WHERE NOT EXISTS (SELECT 1 FROM time_block
    WHERE log = 'event' AND block = id / ${BLOCK} AND received_ms BETWEEN min_ms AND max_ms)
  UNION ALL SELECT 'delivery', id FROM delivery WHERE NOT EXISTS (SELECT 1 FROM time_block
    WHERE log = 'delivery' AND block = id / ${BLOCK} AND created_ms BETWEEN min_ms AND max_ms)`;

/** Deliveries that are a head and should not be, or the other way round; and final ones that look open. */
const WRONG_HEADS = `SELECT id, status, head, pos, due_ms, owner FROM delivery d
  WHERE head <> (status = 'pending' AND NOT EXISTS (
      SELECT 1 FROM delivery o WHERE o.member = d.member AND o.destination = d.destination AND o.status = 'pending'
        AND o.pos IS NOT NULL AND d.pos IS NOT NULL AND o.pos < d.pos))
    OR (due_ms IS NULL) <> (status NOT IN ('pending', 'waiting'))
    OR (owner IS NOT NULL AND status <> 'pending')`;

/** Statuses are counted; of everything else a block only knows that some row has or had it. */
function isTally(line: string): boolean {
  return line.includes('status');
}

function marked(line: string): string {
  return line.replace(/\d+$/, '1');
}

function countsKept(db: Database.Database): readonly string[] {
  return all(db, 'SELECT log, what, value, block, n FROM block_count WHERE n <> 0').map(String).sort();
}

function countsOfRows(db: Database.Database): readonly string[] {
  const counts = new Map<string, number>();
  const count = (log: string, what: string, value: unknown, id: number): void => {
    const key = [log, what, value, Math.floor(id / BLOCK)].join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { id, status, name, source } of db.prepare<[], Row>('SELECT * FROM event').all()) {
    count('event', 'status', statusNumber(status), id);
    count('event', 'name', name, id);
    count('event', 'source', source, id);
  }
  for (const row of db.prepare<[], Row>('SELECT * FROM delivery').all()) {
    const { id, status, mapping } = row;
    count('delivery', 'status', statusNumber(status), id);
    count('delivery', 'mapping status', mappingStatus(mapping, status), id);
    count('delivery', 'name', row.event_name, id);
    for (const what of ['mapping', 'destination', 'endpoint'] as const) count('delivery', what, row[what], id);
  }
  return [...counts].map(([key, n]) => `${key},${n}`).sort();
}

type Status = Parameters<typeof mappingStatus>[1];

interface Row {
  readonly id: number;
  readonly status: Status;
  readonly name: number;
  readonly source: number;
  readonly event_name: number;
  readonly mapping: number;
  readonly destination: number;
  readonly endpoint: number;
}

function all(db: Database.Database, sql: string): readonly unknown[] {
  return db.prepare(sql).raw().all();
}
