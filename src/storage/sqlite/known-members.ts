import type { Database } from 'better-sqlite3';
import type { KnownMember } from '../../ports/upkeep.ts';
import { identifierText, splitIdentifier } from './identifier.ts';
import { knownAs, memberFinder } from './identifier-search.ts';
import { type Packed, pack } from './packed.ts';

/** An identifier as it is stored. */
interface StoredIdentifier {
  readonly prefix: string;
  readonly value: Packed;
}

/** Who is behind identifiers. */
export interface KnownMembers {
  /** Whom an identifier, with or without its tenant, leads to. */
  find(identifier: string): readonly KnownMember[];
  /** The row of the member with exactly this key; null when there is none. */
  idOf(key: string): number | null;
  /** Everything she is known by, her own key included. */
  identifiersOf(id: number): readonly StoredIdentifier[];
}

/** Opens the members of this database to be found. */
export function openKnownMembers(db: Database): KnownMembers {
  const findMembers = memberFinder(db);
  const own = db.prepare<[number], StoredIdentifier>(
    'SELECT n.text AS prefix, m.value FROM member m JOIN name n ON n.id = m.prefix WHERE m.id = ?',
  );
  const all = db.prepare<[number], StoredIdentifier>(
    'SELECT n.text AS prefix, i.value FROM identifier i JOIN name n ON n.id = i.prefix WHERE i.member = ?',
  );
  const sharing = db
    .prepare<[number, number], number>(
      `SELECT DISTINCT o.member FROM identifier i CROSS JOIN identifier o ON o.value = i.value AND o.prefix = i.prefix
       WHERE i.member = ? AND o.member <> ?`,
    )
    .pluck();
  const exact = db
    .prepare<[Packed, string], number>(
      'SELECT m.id FROM member m JOIN name n ON n.id = m.prefix WHERE m.value = ? AND n.text = ?',
    )
    .pluck();
  const keyOf = (id: number): string => {
    const row = own.get(id);
    return row ? identifierText(row.prefix, row.value) : '';
  };
  return {
    find: (identifier) =>
      (findMembers(knownAs(identifier)) ?? []).map((id) => {
        return { member: keyOf(id), sharedWith: sharing.all(id, id).map(keyOf) };
      }),
    idOf(key) {
      const { prefix, value } = splitIdentifier(key);
      return exact.get(pack(value), prefix) ?? null;
    },
    identifiersOf: (id) => all.all(id),
  };
}
