import type { Database } from 'better-sqlite3';
import { type IdKind, rowKey } from '../../core/id.ts';
import { type FindMembers, MOST_LISTED, memberFinder, memberIsOneOf, startingWith } from './identifier-search.ts';
import type { Access, Condition, Param } from './keyset-page.ts';
import { packedRanges } from './packed.ts';
import type { KeyRange } from './time-blocks.ts';

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

/** The ways to everything that `q` starts: an id, a message id, an alias. Empty when it can start nothing. */
export type Search = (q: string, searched: Searched) => readonly Access[];

const ID_DIGITS = 11;
const NO_INDEX = 'NOT INDEXED';

/** Prepares searches: few finds are fetched one by one through their index, many are met soon by going backwards. */
export function searcher(db: Database): Search {
  const findMembers = memberFinder(db);
  const findEvents = eventsByMessage(db);
  return (q, searched) => {
    if (q === '') return [];
    const ids = idRanges(searched.kind, q).map((range) => keyAccess(searched.key, range));
    const viaEvents = searched.kind === 'evt' ? [] : idRanges('evt', q).flatMap((range) => eventRange(searched, range));
    return [...ids, ...viaEvents, ...messages(q, searched, findEvents), ...members(q, searched, findMembers)];
  };
}

function messages(q: string, searched: Searched, find: FindEvents): readonly Access[] {
  const events = find(q);
  if (events) return events.map((event) => eventAccess(searched, event));
  const ranges = spellings(q).flatMap(packedRanges);
  const any = ranges.map(() => 'm.message_id BETWEEN ? AND ?').join(' OR ');
  const sql = `EXISTS (SELECT 1 FROM event m WHERE m.id = ${searched.event} AND (${any}))`;
  return [{ via: NO_INDEX, where: [{ sql, params: ranges.flat() }] }];
}

function members(q: string, { member, viaMember }: Searched, find: FindMembers): readonly Access[] {
  const conditions = startingWith(q);
  const found = find(conditions);
  if (!found) return [{ via: NO_INDEX, where: [memberIsOneOf(member, conditions)] }];
  return found.map((id) => ({ via: viaMember, where: [equals(member, id)] }));
}

function eventRange(searched: Searched, range: KeyRange): readonly Access[] {
  const size = range.to - range.from + 1;
  if (size > MOST_LISTED) return [keyAccess(searched.event, range)];
  return Array.from({ length: size }, (_, index) => eventAccess(searched, range.from + index));
}

function eventAccess({ event, viaEvent }: Searched, id: number): Access {
  return { via: viaEvent, where: [equals(event, id)] };
}

function keyAccess(column: string, { from, to }: KeyRange): Access {
  return { via: NO_INDEX, where: [{ sql: `${column} BETWEEN ? AND ?`, params: [from, to] }] };
}

function equals(column: string, value: number): Condition {
  return { sql: `${column} = ?`, params: [value] };
}

/** The keys whose public ids start with `q`, and the key it is when its padding was left out. */
function idRanges(kind: IdKind, q: string): readonly KeyRange[] {
  const key = rowKey(kind, q);
  if (key === null) return [];
  const span = 32 ** (ID_DIGITS - (q.length - kind.length - 1));
  const whole = { from: key, to: key };
  return span === 1 ? [whole] : [whole, { from: key * span, to: (key + 1) * span - 1 }];
}

type FindEvents = (q: string) => readonly number[] | null;

/** The statement that finds events by the start of their message id; its last parameter is the most wanted. */
const EVENTS_BY_MESSAGE = 'SELECT id FROM event INDEXED BY event_message WHERE message_id BETWEEN ? AND ? LIMIT ?';

function eventsByMessage(db: Database): FindEvents {
  const find = db.prepare<Param[], number>(EVENTS_BY_MESSAGE).pluck();
  return (q) => {
    const ranges = spellings(q).flatMap(packedRanges);
    const found = new Set(ranges.flatMap((range) => find.all(...range, MOST_LISTED + 1)));
    return found.size > MOST_LISTED ? null : [...found];
  };
}

function spellings(q: string): readonly string[] {
  return [...new Set([q, q.toLowerCase()])];
}
