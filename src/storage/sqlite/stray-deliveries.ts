import type { Database } from 'better-sqlite3';
import { BLOCK } from './blocks.ts';
import { type Packed, unpack } from './packed.ts';

/** Events about nobody that a part of the deliveries was made of, with facts about a member. */
export interface Strays {
  readonly events: readonly number[];
  /** The delivery to go on after; null = it was all. */
  readonly next: number | null;
}

/** Deliveries that one look goes through: a few ms. */
const MOST_LOOKED = 4 * BLOCK;

/**
 * Prepares the search, key by key from `after` on, for deliveries to nobody that recalled a fact about the member: their
 * requests may name her although nothing leads from her to them.
 */
export function strayDeliveries(db: Database): (member: number, after: number) => Strays {
  const last = db.prepare<[], number | null>('SELECT max(id) FROM delivery').pluck();
  const facts = db.prepare<[number], Packed>('SELECT key FROM fact INDEXED BY fact_member WHERE member = ?').pluck();
  const find = db
    .prepare<[number, number, string], number>(
      `SELECT DISTINCT d.event FROM delivery d NOT INDEXED CROSS JOIN frozen f ON f.delivery = d.id
         CROSS JOIN event e ON e.id = d.event
       WHERE d.id > ? AND d.id <= ? AND d.member IS NULL AND e.member IS NULL AND f.lookups IS NOT NULL AND EXISTS (
         SELECT 1 FROM json_each(f.lookups) l JOIN json_each(?) k ON k.value = l.value ->> 'key')`,
    )
    .pluck();
  return (member, after) => {
    const keys = facts.all(member).map(unpack);
    if (keys.length === 0) return { events: [], next: null };
    const upTo = after + MOST_LOOKED;
    const events = find.all(after, upTo, JSON.stringify(keys));
    return { events, next: upTo >= (last.get() ?? 0) ? null : upTo };
  };
}
