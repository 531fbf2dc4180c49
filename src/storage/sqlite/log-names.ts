import type { Database } from 'better-sqlite3';
import type { Pause } from '../../core/pause.ts';
import type { NamedBy } from '../../ports/log.ts';
import type { Counted, CountedLog } from './blocks.ts';

/** Under what rows are counted by their names. */
const COUNTED: Readonly<Record<NamedBy, readonly (readonly [CountedLog, Counted])[]>> = {
  mapping: [['delivery', 'mapping']],
  event: [
    ['delivery', 'name'],
    ['event', 'name'],
  ],
  source: [['event', 'source']],
  destination: [['delivery', 'destination']],
  endpoint: [['delivery', 'endpoint']],
};

/** From one value to the next, whatever lies between. */
const VALUES = `WITH RECURSIVE found (log, what, value) AS (
    SELECT a.log, a.what, (SELECT min(value) FROM block_count WHERE log = a.log AND what = a.what)
    FROM (SELECT ? AS log, ? AS what) a
    UNION ALL
    SELECT log, what,
      (SELECT min(b.value) FROM block_count b WHERE b.log = found.log AND b.what = found.what AND b.value > found.value)
    FROM found WHERE found.value IS NOT NULL
  ) SELECT n.text FROM found JOIN name n ON n.id = found.value`;

/** Prepares the list of names that rows are counted by. */
export function namesReader(db: Database): (by: NamedBy) => readonly string[] {
  const values = db.prepare<[CountedLog, Counted], string>(VALUES).pluck();
  return (by) => [...new Set(COUNTED[by].flatMap(([log, what]) => values.all(log, what)))].sort();
}

/** Prepares the list of pauses that go on, or ended since then; oldest first. */
export function pausesReader(db: Database): (sinceMs: number) => readonly Pause[] {
  const list = db.prepare<[number], Pause>(
    `SELECT destination, endpoint, cause, detail, since_ms AS sinceMs, until_ms AS untilMs FROM pause
     WHERE until_ms IS NULL OR until_ms >= ? ORDER BY id`,
  );
  return (sinceMs) => list.all(sinceMs);
}
