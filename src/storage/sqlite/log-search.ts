import type { Database } from 'better-sqlite3';
import { type IdKind, rowKey } from '../../core/id.ts';
import { type FindMembers, MOST_LISTED, memberFinder, memberIsOneOf, startingWith } from './identifier-search.ts';
import type { Access, Condition, Param } from './list-query.ts';
import { packedRanges } from './packed.ts';

/** Where a list keeps what a search looks for. */
export interface Searched {
  /** The column of the row's own key, of its event's key, and of its member. */
  readonly key: string;
  readonly event: string;
  readonly member: string;
  readonly kind: Extract<IdKind, 'dlv' | 'evt'>;
  /** The ways to the rows of one event, and of one member. */
  readonly viaEvent: string;
  readonly viaMember: string;
}

/** The ways to everything that `q` starts, empty when it can start nothing; or, where it starts too much, how a row is asked. */
type Found =
  | { readonly accesses: readonly Access[] }
  | { readonly accesses: null; readonly conditions: readonly Condition[]; readonly isCostly: boolean };

/** Finds what a text starts: an id, a message id, an alias. */
export type Search = (q: string, searched: Searched) => Found;

/** The ways to what was found, null when it is too much, and the condition that says the same. */
interface Part {
  readonly accesses: readonly Access[] | null;
  readonly condition: Condition;
  /** Whether the condition looks into other tables. */
  readonly isCostly: boolean;
}

/** A range of keys, both included. */
interface KeyRange {
  readonly from: number;
  readonly to: number;
}

const ID_DIGITS = 11;

/** Prepares searches: few finds are fetched one by one through their index, many are met soon by asking every row. */
export function searcher(db: Database): Search {
  const findMembers = memberFinder(db);
  const findEvents = eventsByMessage(db);
  return (q, searched) => {
    if (q === '') return { accesses: [] };
    const viaEvents = searched.kind === 'evt' ? [] : idRanges('evt', q).map((range) => eventRange(searched, range));
    const parts = [
      ...idRanges(searched.kind, q).map((range) => keyRange(searched.key, range)),
      ...viaEvents,
      messages(q, searched, findEvents),
      members(q, searched, findMembers),
    ];
    const accesses = parts.flatMap((part) => part.accesses ?? []);
    if (parts.every((part) => part.accesses !== null)) return { accesses };
    const finding = parts.filter((part) => part.accesses === null || part.accesses.length > 0);
    const conditions = [anyOf(finding.map((part) => part.condition))];
    return { accesses: null, conditions, isCostly: finding.some((part) => part.isCostly) };
  };
}

function messages(q: string, searched: Searched, find: FindEvents): Part {
  const ranges = spellings(q).flatMap(packedRanges);
  const any = anyOf(ranges.map((params) => ({ sql: 'm.message_id BETWEEN ? AND ?', params })));
  const sql = `EXISTS (SELECT 1 FROM event m WHERE m.id = ${searched.event} AND ${any.sql})`;
  const accesses = find(ranges)?.map((event) => eventAccess(searched, event)) ?? null;
  return { accesses, condition: { sql, params: any.params }, isCostly: true };
}

function members(q: string, { member, viaMember }: Searched, find: FindMembers): Part {
  const identifiers = startingWith(q);
  const accesses = find(identifiers)?.map((id) => ({ via: viaMember, where: [equals(member, id)] })) ?? null;
  return { accesses, condition: memberIsOneOf(member, identifiers), isCostly: true };
}

function eventRange(searched: Searched, range: KeyRange): Part {
  const size = range.to - range.from + 1;
  const events = size > MOST_LISTED ? null : Array.from({ length: size }, (_, index) => range.from + index);
  const accesses = events?.map((event) => eventAccess(searched, event)) ?? null;
  return { accesses, condition: within(searched.event, range), isCostly: false };
}

function keyRange(column: string, range: KeyRange): Part {
  const condition = within(column, range);
  return { accesses: [{ via: 'NOT INDEXED', where: [condition] }], condition, isCostly: false };
}

function eventAccess({ event, viaEvent }: Searched, id: number): Access {
  return { via: viaEvent, where: [equals(event, id)] };
}

function within(column: string, { from, to }: KeyRange): Condition {
  return { sql: `${column} BETWEEN ? AND ?`, params: [from, to] };
}

function equals(column: string, value: number): Condition {
  return { sql: `${column} = ?`, params: [value] };
}

function anyOf(conditions: readonly Condition[]): Condition {
  const sql = `(${conditions.map((one) => one.sql).join(' OR ')})`;
  return { sql, params: conditions.flatMap(({ params }) => params) };
}

/** The keys whose public ids start with `q`, and the key it is when its padding was left out. */
function idRanges(kind: IdKind, q: string): readonly KeyRange[] {
  const key = rowKey(kind, q);
  if (key === null) return [];
  const span = 32 ** (ID_DIGITS - (q.length - kind.length - 1));
  const whole = { from: key, to: key };
  return span === 1 ? [whole] : [whole, { from: key * span, to: (key + 1) * span - 1 }];
}

type FindEvents = (ranges: readonly (readonly Param[])[]) => readonly number[] | null;

/** The statement that finds events by the start of their message id; its last parameter is the most wanted. */
const EVENTS_BY_MESSAGE = 'SELECT id FROM event INDEXED BY event_message WHERE message_id BETWEEN ? AND ? LIMIT ?';

function eventsByMessage(db: Database): FindEvents {
  const find = db.prepare<Param[], number>(EVENTS_BY_MESSAGE).pluck();
  return (ranges) => {
    const found = new Set(ranges.flatMap((range) => find.all(...range, MOST_LISTED + 1)));
    return found.size > MOST_LISTED ? null : [...found];
  };
}

function spellings(q: string): readonly string[] {
  return [...new Set([q, q.toLowerCase()])];
}
