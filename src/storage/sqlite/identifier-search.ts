import type { Database, Statement } from 'better-sqlite3';
import { splitIdentifier } from './identifier.ts';
import type { Condition, Param } from './list-query.ts';
import { pack, packedRanges } from './packed.ts';

/** The members behind a text; null when they are too many to list. */
export type FindMembers = (conditions: readonly Condition[]) => readonly number[] | null;

/** Members that are each looked up on their own; beyond, rows are asked one by one whether they match. */
export const MOST_LISTED = 300;

/** The prefix whole, or without its tenant: few names are one. They are found once for all identifiers, or none is asked. */
const PREFIXES = `SELECT n.id FROM name n WHERE n.text = ? OR substr(n.text, instr(n.text, '/') + 1) = ?`;
const PREFIX_FITS = `EXISTS (${PREFIXES}) AND i.prefix IN (${PREFIXES})`;

/** What identifies exactly `text`: whole, without its tenant, or without tenant and kind; one condition per reading. */
export function knownAs(text: string): readonly Condition[] {
  return readings(text, (value) => [{ sql: 'i.value = ?', params: [pack(value)] }]);
}

/** What starts with `text` in any of those forms and reaches into the value: a tenant alone finds nobody. */
export function startingWith(text: string): readonly Condition[] {
  return readings(text, (value) => {
    const ranges = value === '' ? [] : packedRanges(value);
    return ranges.map((range) => ({ sql: 'i.value BETWEEN ? AND ?', params: range }));
  });
}

/** The condition that the member of a row has an identifier like one of these. */
export function memberIsOneOf(memberColumn: string, conditions: readonly Condition[]): Condition {
  const any = conditions.map(({ sql }) => `(${sql})`).join(' OR ');
  return {
    sql: `EXISTS (SELECT 1 FROM identifier i WHERE i.member = ${memberColumn} AND (${any}))`,
    params: conditions.flatMap(({ params }) => params),
  };
}

/** The statement that finds members by one condition; its last parameter is the most wanted. */
function membersSql({ sql }: Condition): string {
  return `SELECT DISTINCT i.member FROM identifier i WHERE ${sql} LIMIT ?`;
}

/** Prepares the look-up of members. */
export function memberFinder(db: Database): FindMembers {
  const statements = new Map<string, Statement<Param[], number>>();
  const finding = (condition: Condition): Statement<Param[], number> => {
    const sql = membersSql(condition);
    const known = statements.get(sql) ?? db.prepare<Param[], number>(sql).pluck();
    statements.set(sql, known);
    return known;
  };
  return (conditions) => {
    const found = new Set<number>();
    for (const condition of conditions) {
      const members = finding(condition);
      for (const member of members.all(...condition.params, MOST_LISTED + 1)) found.add(member);
      if (found.size > MOST_LISTED) return null;
    }
    return [...found];
  };
}

/** Every way to read a text: its value alone, or after the tenant and kind it names; as written, and in lower case. */
function readings(text: string, match: (value: string) => readonly Condition[]): readonly Condition[] {
  return [...new Set([text, text.toLowerCase()])].flatMap((spelling) => {
    const { prefix, value } = splitIdentifier(spelling);
    if (prefix === '') return match(spelling);
    const named = match(value).map(({ sql, params }) => {
      return { sql: `${sql} AND ${PREFIX_FITS}`, params: [...params, prefix, prefix, prefix, prefix] };
    });
    return [...match(spelling), ...named];
  });
}
