import type { Database } from 'better-sqlite3';
import { memo } from './memo.ts';
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

/** The people events are about, each under a number. */
export interface Members {
  /** The number of a member, given to it when it has none. Only inside a transaction. */
  idOf(key: string): number;
  /** Makes another identifier lead to the member. */
  know(member: number, alias: string): void;
  /** Drops what was learned from rows that are gone again. */
  reset(): void;
}

/** Opens the members of this database. */
export function openMembers(db: Database, names: Names): Members {
  const find = db.prepare<[Packed, number], number>('SELECT id FROM member WHERE value = ? AND prefix = ?').pluck();
  const add = db
    .prepare<[Packed, number], number>('INSERT INTO member (value, prefix) VALUES (?, ?) RETURNING id')
    .pluck();
  const know = db.prepare<[number, Packed, number]>(
    'INSERT INTO alias (member, value, prefix) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const addAlias = (member: number, alias: string): true => {
    const { prefix, value } = splitIdentifier(alias);
    know.run(member, pack(value), names.idOf(prefix));
    return true;
  };
  const findMember = (key: string): number => {
    const { prefix, value } = splitIdentifier(key);
    const [packed, prefixId] = [pack(value), names.idOf(prefix)];
    return find.get(packed, prefixId) ?? Number(add.get(packed, prefixId));
  };
  const ids = memo<number>();
  const aliases = memo<true>();
  return {
    idOf: (key) => ids.of(key, () => findMember(key)),
    know: (member, alias) => void aliases.of(`${member} ${alias}`, () => addAlias(member, alias)),
    reset() {
      ids.reset();
      aliases.reset();
    },
  };
}
