import Database from 'better-sqlite3';
import { miscounts, rowTexts } from '../support/miscounts.ts';

/** What is wrong with a database that rests, one line each. */
export function faultsOf(path: string, hasDeleted: boolean): readonly string[] {
  const db = new Database(path, { readonly: true });
  try {
    return [
      ...integrity(db),
      ...miscounts(db),
      ...rowTexts(db, STUCK).map((row) => `a final delivery looks open: ${row}`),
      ...rowTexts(db, UNANSWERED).map((row) => `a delivery is delivered, and no attempt says so: ${row}`),
      ...rowTexts(db, ORPHANS).map((row) => `a row has lost what it belongs to: ${row}`),
      ...rowTexts(db, LEFT_OVER).map((row) => `something was begun and not ended: ${row}`),
      ...counters(db, hasDeleted),
    ];
  } finally {
    db.close();
  }
}

function integrity(db: Database.Database): readonly string[] {
  const found = [...rowTexts(db, 'PRAGMA integrity_check'), ...rowTexts(db, 'PRAGMA foreign_key_check')];
  return found.filter((line) => line !== 'ok').map((line) => `integrity: ${line}`);
}

const STUCK = `SELECT id, status, head, due_ms, owner FROM delivery
  WHERE status NOT IN ('pending', 'waiting') AND (head = 1 OR due_ms IS NOT NULL OR owner IS NOT NULL)`;

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
