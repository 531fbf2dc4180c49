import type { Database, Statement } from 'better-sqlite3';
import type { KeyWindow, ReplayChoice, ReplaySelection } from '../../ports/replays.ts';
import { BLOCK } from './blocks.ts';
import { DELIVERY_LIST } from './delivery-list.ts';
import { EVENT_LIST } from './event-list.ts';
import { listPlanner } from './list-plan.ts';
import type { Access, Condition, ListQuery, Param } from './list-query.ts';
import { oldestBlock } from './oldest-block.ts';

/** Keys of deliveries to redeliver, or of events to reprocess. */
interface ChosenKeys {
  /** Ascending. */
  readonly keys: readonly number[];
  /** Where to go on; null = it was all. */
  readonly rest: KeyWindow | null;
}

/** Finds the next keys of a choice, oldest first: at most `limit` of them, and looking at a few blocks at most. */
export type FindKeys = (choice: ReplayChoice, window: KeyWindow, limit: number) => ChosenKeys;

/** Blocks that one look may go through: a few ms. */
const MOST_BLOCKS = 4;

/** What is met oldest first: rows by their key, or the events of deliveries. */
interface Walked {
  readonly key: string;
  readonly via: string;
  /** Whether blocks of the list tell where the keys are. */
  readonly isOwnKey: boolean;
}

const DELIVERIES: Walked = { key: 'd.id', via: 'NOT INDEXED', isOwnKey: true };
const EVENTS: Walked = { key: 'e.id', via: 'NOT INDEXED', isOwnKey: true };
const EVENTS_OF_DELIVERIES: Walked = { key: 'd.event', via: 'INDEXED BY delivery_once', isOwnKey: false };

/** Prepares the finding of keys. */
export function replayKeys(db: Database): FindKeys {
  const deliveries = listPlanner(db, DELIVERY_LIST);
  const events = listPlanner(db, EVENT_LIST);
  const ids = listedKeys(db);
  const walk = walker(db);
  return ({ selection, mode }, window, limit) => {
    if (selection.kind === 'deliveries' || selection.kind === 'events') return ids(selection, mode, window, limit);
    const query = selection.kind === 'event-filter' ? events(selection.filter) : deliveries(selection.filter);
    if (!query) return { keys: [], rest: null };
    if (selection.kind === 'event-filter') return walk(EVENTS, query, window, limit);
    return walk(mode === 'redeliver' ? DELIVERIES : EVENTS_OF_DELIVERIES, query, window, limit);
  };
}

type Listed = Extract<ReplaySelection, { readonly ids: readonly number[] }>;

function listedKeys(
  db: Database,
): (selection: Listed, mode: ReplayChoice['mode'], window: KeyWindow, limit: number) => ChosenKeys {
  // CROSS keeps the order of the tables: from the few ids to their rows.
  const find = (key: string, table: string) =>
    db
      .prepare<[ids: string, after: number, upTo: number, limit: number], number>(
        `SELECT DISTINCT ${key} FROM json_each(?) u CROSS JOIN ${table} t ON t.id = u.value
         WHERE ${key} > ? AND ${key} <= ? ORDER BY ${key} LIMIT ?`,
      )
      .pluck();
  const deliveries = find('t.id', 'delivery');
  const events = find('t.id', 'event');
  const eventsOf = find('t.event', 'delivery');
  return ({ kind, ids }, mode, { after, upTo }, limit) => {
    const ofDeliveries = mode === 'redeliver' ? deliveries : eventsOf;
    const keys = (kind === 'events' ? events : ofDeliveries).all(JSON.stringify(ids), after, upTo, limit);
    return endingAt(keys, limit, upTo);
  };
}

type Walk = (walked: Walked, query: ListQuery, window: KeyWindow, limit: number) => ChosenKeys;

function walker(db: Database): Walk {
  const find = keyFinder(db);
  const block = oldestBlock(db);
  return (walked, query, window, limit) => {
    const { lead, sought } = query;
    const { upTo } = window;
    if (lead.by === 'accesses') {
      const found = lead.accesses.flatMap((access) => find(walked, query, access, window, limit));
      return endingAt([...new Set(found)].sort((left, right) => left - right).slice(0, limit), limit, upTo);
    }
    const keys: number[] = [];
    let { after } = window;
    for (let looked = 0; looked < MOST_BLOCKS && keys.length < limit && after < upTo; looked++) {
      const from = Math.floor((after + 1) / BLOCK);
      const next = walked.isOwnKey && sought ? block(sought, from) : from;
      if (next === null || next * BLOCK > upTo) return { keys, rest: null };
      const range = { after: Math.max(after, next * BLOCK - 1), upTo: Math.min(upTo, (next + 1) * BLOCK - 1) };
      const left = limit - keys.length;
      const found = find(walked, query, { via: walked.via, where: [] }, range, left);
      keys.push(...found);
      after = found.length < left ? range.upTo : (found.at(-1) ?? range.upTo);
    }
    return { keys, rest: after < upTo ? { after, upTo } : null };
  };
}

function endingAt(keys: readonly number[], limit: number, upTo: number): ChosenKeys {
  const after = keys.at(-1) ?? upTo;
  return { keys, rest: keys.length < limit || after >= upTo ? null : { after, upTo } };
}

type FindInRange = (walked: Walked, query: ListQuery, access: Access, range: KeyWindow, limit: number) => number[];

const MOST_STATEMENTS = 50;

function keyFinder(db: Database): FindInRange {
  const statements = new Map<string, Statement<Param[], number>>();
  const prepared = (sql: string): Statement<Param[], number> => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    const statement = db.prepare<Param[], number>(sql).pluck();
    statements.set(sql, statement);
    return statement;
  };
  return ({ key }, { listing: { table, alias }, conditions }, { via, where }, { after, upTo }, limit) => {
    const all: readonly Condition[] = [...conditions, ...where];
    const filter = all.map(({ sql }) => ` AND ${sql}`).join('');
    const sql = `SELECT DISTINCT ${key} FROM ${table} ${alias} ${via}
      WHERE ${key} > ? AND ${key} <= ?${filter} ORDER BY ${key} LIMIT ?`;
    return prepared(sql).all(after, upTo, ...all.flatMap(({ params }) => params), limit);
  };
}
