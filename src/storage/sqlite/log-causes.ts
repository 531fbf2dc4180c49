import type { Database } from 'better-sqlite3';
import type { DeadCause, DeliveryFilter } from '../../ports/log.ts';
import { DELIVERY_LIST } from './delivery-list.ts';
import { listPlanner } from './list-plan.ts';
import type { Access, Condition, ListQuery, Prepared } from './list-query.ts';
import { allOf, keysSql } from './list-sql.ts';

/** The tables that dead deliveries are grouped from, and what binds their parameters before the conditions. */
type From = Condition;

/** Keys of a member or a search that are looked at one by one. */
const MOST_KEYS = 10_000;

/** The range of keys that can hold rows of a time range; both null when there are none. */
type TimeRange = [from: number | null, to: number | null];

/** Prepares the grouping of dead deliveries: their own index alone where the filters are about its columns. */
export function deadCauses(db: Database, prepared: Prepared): (filter: DeliveryFilter) => readonly DeadCause[] {
  const plan = listPlanner(db, DELIVERY_LIST);
  const range = keyRanges(db);
  const read = (filter: DeliveryFilter): readonly DeadCause[] => {
    if (filter.status !== undefined && filter.status !== 'dead') return [];
    const query = plan({ ...filter, status: 'dead' });
    if (query === null) return [];
    const { lead } = query;
    const keys = lead.by === 'accesses' ? fewKeys(query, lead.accesses, prepared) : null;
    const from = keys ? fromKeys(keys) : fromIndex(range(filter));
    const led = keys === null && lead.by === 'accesses' ? [anyOf(lead.accesses.map(({ where }) => allOf(where)))] : [];
    const { sql, params } = allOf([...query.conditions, ...led]);
    return prepared(causesSql(from, sql)).all(...from.params, ...params) as DeadCause[];
  };
  return db.transaction(read);
}

/** Prepares the look for blocks of a time. */
function keyRanges(db: Database): (filter: DeliveryFilter) => TimeRange {
  const find = db
    .prepare<[number, number], TimeRange>(
      `SELECT min(block) * 1024, max(block) * 1024 + 1023 FROM time_block
       WHERE log = 'delivery' AND max_ms >= ? AND min_ms < ?`,
    )
    .raw();
  return ({ sinceMs, untilMs }) => {
    if (sinceMs === undefined && untilMs === undefined) return [0, Number.MAX_SAFE_INTEGER];
    return find.get(sinceMs ?? Number.MIN_SAFE_INTEGER, untilMs ?? Number.MAX_SAFE_INTEGER) ?? [null, null];
  };
}

/** A key outside the range is passed over without its row. */
function fromIndex([from, to]: TimeRange): From {
  const sql = `delivery d INDEXED BY delivery_dead WHERE d.status = 'dead' AND d.id BETWEEN ? AND ? AND`;
  return { sql, params: [from ?? 0, to ?? -1] };
}

function fromKeys(keys: readonly number[]): From {
  return { sql: 'json_each(?) u CROSS JOIN delivery d ON d.id = u.value WHERE', params: [JSON.stringify(keys)] };
}

/** What the ways find, each once; null when it is more than the dead deliveries are likely to be. */
function fewKeys({ listing }: ListQuery, accesses: readonly Access[], prepared: Prepared): readonly number[] | null {
  const keys = new Set<number>();
  for (const access of accesses) {
    const { sql, params } = keysSql(listing, access);
    const found = prepared(sql)
      .pluck()
      .all(...params, Number.MAX_SAFE_INTEGER, MOST_KEYS) as number[];
    for (const key of found) keys.add(key);
    if (found.length === MOST_KEYS || keys.size > MOST_KEYS) return null;
  }
  return [...keys];
}

/** One of several, each of which ends in AND; never true when there are none. */
function anyOf(all: readonly Condition[]): Condition {
  return {
    sql: `(${all.map(({ sql }) => `(${sql}1) OR `).join('')}0)`,
    params: all.flatMap(({ params }) => params),
  };
}

function causesSql(from: From, conditions: string): string {
  return `WITH cause AS (
      SELECT d.code, d.mapping, d.destination, d.endpoint, count(*) AS n, min(d.id) AS oldest, max(d.id) AS newest
      FROM ${from.sql} ${conditions}1 GROUP BY d.code, d.mapping, d.destination, d.endpoint
    )
    SELECT c.code,
      (SELECT text FROM name WHERE id = c.mapping) AS mapping,
      (SELECT text FROM name WHERE id = c.destination) AS destination,
      (SELECT text FROM name WHERE id = c.endpoint) AS endpoint,
      c.n AS count,
      (SELECT created_ms FROM delivery WHERE id = c.oldest) AS oldestMs,
      (SELECT created_ms FROM delivery WHERE id = c.newest) AS newestMs,
      c.newest AS exampleId,
      (SELECT detail FROM delivery WHERE id = c.newest) AS detail
    FROM cause c ORDER BY count DESC, exampleId DESC`;
}
