import type { Database } from 'better-sqlite3';
import type { EventDraft, Fact, FactKey } from '../../core/event.ts';
import type { Json } from '../../core/json.ts';
import type { Applied } from '../../ports/store.ts';
import type { Names } from './names.ts';
import { type Packed, pack } from './packed.ts';

/** What events taught, and who waits for it. */
export interface Facts {
  /** Keeps a fact unless a newer one is known, and makes what awaits it due. Only inside a transaction. */
  learn(fact: Fact, member: number | null, nowMs: number): void;
  /** Lays what an event says of its member over the facts about her that are not newer. Only inside a transaction. */
  correct(member: number, draft: Pick<EventDraft, 'source' | 'storeCode' | 'correction' | 'clockMs'>): void;
  /** `stale` when a newer fact is known, `repeated` when just this one is, else null. Only inside a transaction. */
  isKnown(fact: Fact): Extract<Applied, 'stale' | 'repeated'> | null;
  /** Replaces what a delivery waits for. Only inside a transaction. */
  await(delivery: number, keys: readonly FactKey[]): void;
  /** Whether one of these facts is there and says something. Only inside a transaction. */
  someArrived(keys: readonly FactKey[]): boolean;
}

type KeyColumns = [source: number, storeCode: number, kind: number, key: Packed];

/** Opens the facts of this database. */
export function openFacts(db: Database, names: Names): Facts {
  const learn = db.prepare<[...KeyColumns, string, number, number | null]>(
    `INSERT INTO fact (source, store_code, kind, key, value, learned_ms, member) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (source, store_code, kind, key) DO UPDATE SET value = excluded.value, learned_ms = excluded.learned_ms, member = excluded.member
     WHERE excluded.learned_ms >= learned_ms`,
  );
  const correct = db.prepare<[string, number, number, number, number, number]>(
    `UPDATE fact SET value = json_patch(value, ?), learned_ms = ?
     WHERE member = ? AND source = ? AND store_code = ? AND learned_ms <= ? AND json_type(value) = 'object'`,
  );
  const wake = db.prepare<[number, number, ...KeyColumns]>(
    `UPDATE delivery SET due_ms = ? WHERE status = 'waiting' AND due_ms > ? AND id IN (
       SELECT delivery FROM awaited WHERE source = ? AND store_code = ? AND kind = ? AND key = ?)`,
  );
  const find = db.prepare<KeyColumns, FactRow>(
    'SELECT value, learned_ms FROM fact WHERE source = ? AND store_code = ? AND kind = ? AND key = ?',
  );
  const forget = db.prepare<[number]>('DELETE FROM awaited WHERE delivery = ?');
  const expect = db.prepare<[...KeyColumns, number]>(
    'INSERT INTO awaited (source, store_code, kind, key, delivery) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const arrived = db.prepare<KeyColumns>(
    `SELECT 1 FROM fact WHERE source = ? AND store_code = ? AND kind = ? AND key = ? AND value <> 'null'`,
  );
  const columns = ({ source, storeCode, kind, key }: FactKey): KeyColumns => [
    names.idOf(source),
    names.idOf(storeCode),
    names.idOf(kind),
    pack(key),
  ];
  return {
    learn(fact, member, nowMs) {
      const key = columns(fact);
      const { changes } = learn.run(...key, JSON.stringify(fact.value), fact.learnedAtMs, member);
      if (changes > 0) wake.run(nowMs, nowMs, ...key);
    },
    correct(member, { source, storeCode, correction, clockMs }) {
      if (correction === undefined) return;
      correct.run(JSON.stringify(correction), clockMs, member, names.idOf(source), names.idOf(storeCode), clockMs);
    },
    isKnown(fact) {
      const known = find.get(...columns(fact));
      if (!known || known.learned_ms < fact.learnedAtMs) return null;
      if (known.learned_ms > fact.learnedAtMs) return 'stale';
      return known.value === JSON.stringify(fact.value) ? 'repeated' : null;
    },
    await(delivery, keys) {
      forget.run(delivery);
      for (const key of keys) expect.run(...columns(key), delivery);
    },
    someArrived: (keys) => keys.some((key) => arrived.get(...columns(key)) !== undefined),
  };
}

interface FactRow {
  readonly value: string;
  readonly learned_ms: number;
}

/** Prepares the look-up of facts; null where there is none. */
export function factReader(db: Database): (key: FactKey) => Fact | null {
  const find = db.prepare<[string, string, string, Packed], FactRow>(
    `SELECT value, learned_ms FROM fact
     WHERE source = (SELECT id FROM name WHERE text = ?) AND store_code = (SELECT id FROM name WHERE text = ?)
       AND kind = (SELECT id FROM name WHERE text = ?) AND key = ?`,
  );
  return ({ source, storeCode, kind, key }) => {
    const row = find.get(source, storeCode, kind, pack(key));
    if (!row) return null;
    return { source, storeCode, kind, key, value: JSON.parse(row.value) as Json, learnedAtMs: row.learned_ms };
  };
}
