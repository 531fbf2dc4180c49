import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import { migrate } from '../../../src/storage/sqlite/migrate.ts';
import { openSqliteStore, storeOn } from '../../../src/storage/sqlite/sqlite-store.ts';
import { T0 } from '../../conformance/store/drafts.ts';

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a store that closes with the test. */
export function openForTest(path: string): Store {
  const store = openSqliteStore({ path, nowMs: T0 });
  onTestFinished(() => store.close());
  return store;
}

/** A store in memory, its connection, and every statement it ran. */
export interface WatchedStore {
  readonly store: Store;
  readonly db: Database.Database;
  readonly statements: string[];
  /** How many statements began with this word. */
  ran(word: string): number;
}

/** Opens a store in memory that lets the test look at, and meddle with, its connection. */
export function openWatched(): WatchedStore {
  const statements: string[] = [];
  const db = new Database(':memory:', { verbose: (sql) => void statements.push(String(sql)) });
  migrate(db, ':memory:');
  const store = storeOn(db, { path: ':memory:', nowMs: T0, lock: null });
  onTestFinished(() => store.close());
  statements.length = 0;
  return { store, db, statements, ran: (word) => statements.filter((sql) => sql.startsWith(word)).length };
}
