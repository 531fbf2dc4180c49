import type { Database } from 'better-sqlite3';
import { Memo } from './memo.ts';
import type { Names } from './names.ts';
import { type Packed, pack, unpack } from './packed.ts';

/** An identifier `tenant/kind:value` in two pieces: `tenant/kind:` repeats, the value does not. */
export interface Identifier {
  readonly prefix: string;
  readonly value: string;
}

/**
 * Splits an identifier. The tenant ends at the first slash, the kind at the first colon after it; a slash behind a
 * colon is no tenant's.
 */
export function splitIdentifier(text: string): Identifier {
  const prefix = /^(?:[^/:]*\/)?(?:[^:]*:)?/.exec(text)?.[0] ?? '';
  return { prefix, value: text.slice(prefix.length) };
}

/** Puts the pieces together as they are stored. */
export function identifierText(prefix: string, value: Packed): string {
  return prefix + unpack(value);
}

/** One of the people events are about. */
export interface Member {
  readonly id: number;
  readonly key: string;
}

/** The people events are about, each under a number. Only inside a transaction. */
export interface Members {
  /** The member of this key, given a number when there is none. */
  of(key: string): Member;
  /** Makes other identifiers lead to the member. */
  know(member: Member, aliases: readonly string[]): void;
  /** Drops what was learned from rows that are gone again. */
  reset(): void;
}

class KnownMember implements Member {
  readonly id: number;
  readonly key: string;
  /** Identifiers that are known to lead to her; not all that there are. */
  aliases: readonly string[] = [];

  constructor(id: number, key: string) {
    this.id = id;
    this.key = key;
  }
}

/** A member with more aliases than these is asked about again. */
const MOST_ALIASES = 16;

/** Opens the members of this database. */
export function openMembers(db: Database, names: Names): Members {
  const find = db.prepare<[Packed, number], number>('SELECT id FROM member WHERE value = ? AND prefix = ?').pluck();
  const add = db
    .prepare<[Packed, number], number>('INSERT INTO member (value, prefix) VALUES (?, ?) RETURNING id')
    .pluck();
  const insertAlias = db.prepare<[number, Packed, number]>(
    'INSERT INTO alias (member, value, prefix) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const known = new Memo((key: string): KnownMember => {
    const { prefix, value } = splitIdentifier(key);
    const [packed, prefixId] = [pack(value), names.idOf(prefix)];
    return new KnownMember(find.get(packed, prefixId) ?? Number(add.get(packed, prefixId)), key);
  });
  const addAlias = (member: KnownMember, alias: string): void => {
    const { prefix, value } = splitIdentifier(alias);
    insertAlias.run(member.id, pack(value), names.idOf(prefix));
    member.aliases = [...(member.aliases.length < MOST_ALIASES ? member.aliases : []), alias];
  };
  return {
    of: (key) => known.of(key),
    know({ key }, aliases) {
      const member = known.of(key);
      for (const alias of aliases) {
        if (alias !== key && !member.aliases.includes(alias)) addAlias(member, alias);
      }
    },
    reset: () => known.reset(),
  };
}
