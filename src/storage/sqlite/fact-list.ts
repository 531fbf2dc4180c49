import type { Database } from 'better-sqlite3';
import type { Json } from '../../core/json.ts';
import type { FactFilter, FactRow, Page, PageRequest } from '../../ports/log.ts';
import { memberText } from './event-columns.ts';
import { knownAs, memberFinder, memberIsOneOf } from './identifier-search.ts';
import type { ReadPage } from './keyset-page.ts';
import type { Access, Condition, ListQuery, Param } from './list-query.ts';
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
function factPlanner(db: Database): (filter: FactFilter) => ListQuery {
  const findMembers = memberFinder(db);
  return (filter) => {
    const conditions = conditionsOf(filter);
    const led = (accesses: readonly Access[], checked: readonly Condition[] = []): ListQuery => ({
      listing: LISTING,
      conditions: [...conditions, ...checked],
      isCostly: checked.length > 0,
      lead: { by: 'accesses', accesses },
      sought: null,
    });
    const widely = leadingWay(filter);
    if (filter.member === undefined) return led([widely]);
    const identifiers = knownAs(filter.member);
    const members = findMembers(identifiers);
    if (!members) return led([widely], [memberIsOneOf('f.member', identifiers)]);
    return led(members.map((id) => ({ via: 'INDEXED BY fact_member', where: equals('f.member = ?', id) })));
  };
}

function conditionsOf({ source, storeCode, kind, key }: FactFilter): readonly Condition[] {
  return [...ofSource(source), ...ofStore(storeCode), ...ofKind(kind), ...ofKey(key)];
}

/** Keys are nearly unique; sources and kinds are few. */
function leadingWay({ source, storeCode, kind, key }: FactFilter): Access {
  if (key !== undefined) return { via: 'INDEXED BY fact_key', where: ofKey(key) };
  if (storeCode !== undefined) return { via: 'INDEXED BY fact_store_code', where: ofStore(storeCode) };
  if (kind !== undefined) return { via: 'INDEXED BY fact_kind', where: ofKind(kind) };
  return { via: source === undefined ? 'NOT INDEXED' : 'INDEXED BY fact_source', where: ofSource(source) };
}

const ofSource = named('f.source');
const ofStore = named('f.store_code');
const ofKind = named('f.kind');

function named(column: string): (text: string | undefined) => readonly Condition[] {
  return (text) => equals(`${column} = (SELECT id FROM name WHERE text = ?)`, text);
}

function ofKey(key: string | undefined): readonly Condition[] {
  return equals('f.key = ?', key === undefined ? key : pack(key));
}

function equals(sql: string, value: Param | undefined): readonly Condition[] {
  return value === undefined ? [] : [{ sql, params: [value] }];
}

function factRow({ memberPrefix, memberValue, key, value, ...row }: FactColumns): FactRow {
  const member = memberText({ memberPrefix, memberValue });
  return { ...row, key: unpack(key), value: JSON.parse(value) as Json, member };
}
