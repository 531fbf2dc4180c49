import type { Database } from 'better-sqlite3';
import type { Json } from '../../core/json.ts';
import type { FactFilter, FactRow, Page, PageRequest } from '../../ports/log.ts';
import { memberText } from './event-columns.ts';
import { knownAs, memberFinder, memberIsOneOf } from './identifier-search.ts';
import type { Condition, ListQuery, Param, ReadPage } from './keyset-page.ts';
import { type Packed, pack, unpack } from './packed.ts';

const LISTING = {
  columns: `f.id AS id,
  (SELECT text FROM name WHERE id = f.source) AS source,
  (SELECT text FROM name WHERE id = f.store_code) AS storeCode,
  (SELECT text FROM name WHERE id = f.kind) AS kind,
  (SELECT text FROM name WHERE id = (SELECT prefix FROM member WHERE id = f.member)) AS memberPrefix,
  (SELECT value FROM member WHERE id = f.member) AS memberValue,
  f.key, f.value, f.learned_ms AS learnedAtMs`,
  table: 'fact',
  alias: 'f',
};

interface FactColumns extends Omit<FactRow, 'key' | 'value' | 'member'> {
  readonly key: Packed;
  /** JSON. */
  readonly value: string;
  readonly memberPrefix: string | null;
  readonly memberValue: Packed | null;
}

/** Prepares the list of facts. */
export function factLister(db: Database, read: ReadPage): (filter: FactFilter, page: PageRequest) => Page<FactRow> {
  const plan = factPlanner(db);
  return (filter, page) => {
    const { items, nextBefore } = read<FactColumns>(plan(filter), page);
    return { items: items.map(factRow), nextBefore };
  };
}

/** Prepares the choice of ways to facts: the most selective filter leads, the rest is checked row by row. */
export function factPlanner(db: Database): (filter: FactFilter) => ListQuery {
  const findMembers = memberFinder(db);
  return (filter) => {
    const conditions = conditionsOf(filter);
    const via = leadingIndex(filter);
    if (filter.member === undefined) return { listing: LISTING, conditions, accesses: [{ via, where: [] }] };
    const identifiers = knownAs(filter.member);
    const members = findMembers(identifiers);
    if (!members) {
      const checked = [...conditions, memberIsOneOf('f.member', identifiers)];
      return { listing: LISTING, conditions: checked, accesses: [{ via, where: [] }] };
    }
    const accesses = members.map((id) => ({ via: 'INDEXED BY fact_member', where: equals('f.member = ?', id) }));
    return { listing: LISTING, conditions, accesses };
  };
}

function conditionsOf({ source, storeCode, kind, key }: FactFilter): readonly Condition[] {
  return [
    ...equals('f.source = (SELECT id FROM name WHERE text = ?)', source),
    ...equals('f.store_code = (SELECT id FROM name WHERE text = ?)', storeCode),
    ...equals('f.kind = (SELECT id FROM name WHERE text = ?)', kind),
    ...equals('f.key = ?', key === undefined ? key : pack(key)),
  ];
}

function equals(sql: string, value: Param | undefined): readonly Condition[] {
  return value === undefined ? [] : [{ sql, params: [value] }];
}

/** Keys are nearly unique; sources and kinds are few. */
function leadingIndex({ source, storeCode, kind, key }: FactFilter): string {
  if (key !== undefined) return 'INDEXED BY fact_key';
  if (storeCode !== undefined) return 'INDEXED BY fact_store_code';
  if (kind !== undefined) return 'INDEXED BY fact_kind';
  return source === undefined ? 'NOT INDEXED' : 'INDEXED BY fact_source';
}

function factRow({ memberPrefix, memberValue, key, value, ...row }: FactColumns): FactRow {
  const member = memberText({ memberPrefix, memberValue });
  return { ...row, key: unpack(key), value: JSON.parse(value) as Json, member };
}
