import type { Database } from 'better-sqlite3';
import type { Mapping } from '../../core/mapping.ts';
import { Memo } from './memo.ts';
import type { Names } from './names.ts';
import { type Packed, pack } from './packed.ts';

/** A mapping and its version, by number. */
interface VersionId {
  readonly mapping: number;
  readonly version: number;
}

/** The versions of mappings, each under a number. Only inside a transaction. */
export interface Versions {
  /** The number of a version, given to it when it has none. */
  idOf(mapping: string, version: string): VersionId;
  /** Keeps the text of a mapping, once per version. */
  remember(mapping: Pick<Mapping, 'id' | 'version' | 'text' | 'file'>, nowMs: number): void;
  /** Drops what was learned from rows that are gone again. */
  reset(): void;
}

/** Opens the versions of this database. */
export function openVersions(db: Database, names: Names): Versions {
  const find = db
    .prepare<[number, Packed], number>('SELECT id FROM mapping_version WHERE mapping = ? AND version = ?')
    .pluck();
  const add = db
    .prepare<[number, Packed], number>('INSERT INTO mapping_version (mapping, version) VALUES (?, ?) RETURNING id')
    .pluck();
  const fill = db.prepare<[string, string, number, number]>(
    'UPDATE mapping_version SET text = ?, file = ?, seen_ms = ? WHERE id = ? AND text IS NULL',
  );
  const findVersion = (mapping: string, version: string): VersionId => {
    const [mappingId, packed] = [names.idOf(mapping), pack(version)];
    return { mapping: mappingId, version: find.get(mappingId, packed) ?? Number(add.get(mappingId, packed)) };
  };
  // By mapping, then by version: no key has to be put together for a look.
  const ids = new Memo((mapping: string) => new Memo((version: string) => findVersion(mapping, version)));
  const idOf = (mapping: string, version: string): VersionId => ids.of(mapping).of(version);
  return {
    idOf,
    reset: () => ids.reset(),
    remember: ({ id, version, text, file }, nowMs) => void fill.run(text, file, nowMs, idOf(id, version).version),
  };
}
