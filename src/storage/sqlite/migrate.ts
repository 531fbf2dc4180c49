import type { Database } from 'better-sqlite3';
import { PointsmanError } from '../../core/errors.ts';
import { INITIAL } from './migrations/001-initial.ts';

/** Every migration, in order: the database's version is how many of them it has seen. */
const MIGRATIONS: readonly string[] = [INITIAL];

/** Marks a SQLite file as Pointsman's: "PtMn". https://www.sqlite.org/pragma.html#pragma_application_id */
const APPLICATION_ID = 0x50744d6e;

/**
 * Brings the database to this version's shape, in one transaction. Throws `STORE_NEWER`, or `STORE_FAILED` for another
 * program's file.
 */
export function migrate(db: Database, path: string): void {
  const version = versionOf(db, path);
  if (version === MIGRATIONS.length) return;
  db.transaction(() => {
    for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  }).immediate();
}

/** Refuses a database that this version cannot read. Throws `STORE_NEWER`, or `STORE_FAILED` when it is older. */
export function assertReadable(db: Database, path: string): void {
  const version = versionOf(db, path);
  if (version === MIGRATIONS.length) return;
  throw new PointsmanError(
    'STORE_FAILED',
    `${path} has database version ${version}, not ${MIGRATIONS.length}: start pointsman serve once to migrate it`,
  );
}

function versionOf(db: Database, path: string): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    throw new PointsmanError(
      'STORE_NEWER',
      `${path} was written by a newer pointsman: database version ${version}, this one knows ${MIGRATIONS.length}`,
    );
  }
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  const isOurs = Number(db.pragma('application_id', { simple: true })) === APPLICATION_ID;
  if (!isOurs && !isEmpty) throw new PointsmanError('STORE_FAILED', `${path} is a database of another program`);
  return version;
}
