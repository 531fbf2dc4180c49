import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openToWrite } from '../../../src/storage/sqlite/open-database.ts';
import { openSqliteLog } from '../../../src/storage/sqlite/sqlite-log.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { acceptOne, claim, eventDraft, NEWEST, T0 } from '../../conformance/store/drafts.ts';
import { openForTest, temporaryFolder } from './temporary.ts';

const databasePath = (): string => join(temporaryFolder(), 'pointsman.db');

function refusal(path: string): unknown {
  try {
    openSqliteStore({ path, nowMs: T0 });
  } catch (error) {
    return error;
  }
  throw new Error('it opened');
}

/** A database of some other shape. */
function otherDatabase(sql: string): string {
  const path = databasePath();
  const db = new Database(path);
  db.exec(sql);
  db.close();
  return path;
}

describe('opening the store', () => {
  it('creates the folder and the file', () => {
    const path = join(temporaryFolder(), 'a', 'b', 'pointsman.db');
    openForTest(path);
    expect(existsSync(path)).toBe(true);
  });

  it('chooses what durability and pruning need', () => {
    const db = openToWrite(databasePath());
    onTestFinished(() => void db.close());
    const setting = (name: string): unknown => db.pragma(name, { simple: true });
    expect(['journal_mode', 'synchronous', 'auto_vacuum', 'foreign_keys'].map(setting)).toEqual(['wal', 2, 2, 1]);
  });

  it('refuses a second open in this process, by whatever path, and again after the first closed', async () => {
    const path = databasePath();
    const store = openForTest(path);
    expect(refusal(path)).toMatchObject({ code: 'STORE_IN_USE', message: expect.stringContaining(path) });
    const link = join(temporaryFolder(), 'link.db');
    symlinkSync(path, link);
    expect(refusal(link)).toMatchObject({ code: 'STORE_IN_USE' });
    await store.close();
    await store.close();
    await acceptOne(openForTest(path), eventDraft('m-1'));
  });

  it('lets two stores in memory live side by side', async () => {
    const [one, other] = [openForTest(':memory:'), openForTest(':memory:')];
    await acceptOne(one, eventDraft('m-1'));
    expect((await other.events({}, NEWEST)).items).toEqual([]);
  });

  it('refuses a second process, and takes over what a killed one left', async () => {
    const path = databasePath();
    const holder = fileURLToPath(new URL('./lock-holder.ts', import.meta.url));
    const child = spawn(process.execPath, [holder, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    expect(refusal(path)).toMatchObject({ code: 'STORE_IN_USE' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = openForTest(path);
    expect(await claim(store, { nowMs: T0 + 99_000 })).toEqual([]);
    expect(await store.expiredClaims(T0, 10, true)).toMatchObject([{ id: 1, claimNo: 1 }]);
  });

  it('refuses a database of a newer version, and leaves it unlocked', () => {
    const path = otherDatabase('CREATE TABLE x (y); PRAGMA user_version = 99');
    const newer = { code: 'STORE_NEWER', message: expect.stringContaining('99') };
    expect(refusal(path)).toMatchObject(newer);
    expect(refusal(path)).toMatchObject(newer);
    expect(() => openSqliteLog(path)).toThrow(expect.objectContaining(newer));
  });

  it('refuses the database of another program', () => {
    const path = otherDatabase('CREATE TABLE x (y)');
    const other = { code: 'STORE_FAILED', message: expect.stringContaining('another program') };
    expect(refusal(path)).toMatchObject(other);
    expect(() => openSqliteLog(path)).toThrow(expect.objectContaining(other));
  });

  it('refuses a file that is no database', () => {
    const path = databasePath();
    writeFileSync(path, 'not a database, but long enough to be looked at as one '.repeat(50));
    expect(refusal(path)).toMatchObject({ code: 'STORE_CORRUPT', message: expect.stringContaining(path) });
  });

  it('says which path it cannot write: a folder under a file, a folder in the way, a place nobody may write', () => {
    const file = databasePath();
    writeFileSync(file, '');
    const folder = databasePath();
    mkdirSync(folder);
    for (const path of [join(file, 'sub', 'pointsman.db'), folder, '/proc/pointsman/pointsman.db']) {
      expect(refusal(path)).toMatchObject({ code: 'STORE_UNWRITABLE', message: expect.stringContaining(path) });
    }
  });
});

describe('opening the log alone', () => {
  it('needs a database', () => {
    const path = databasePath();
    expect(() => openSqliteLog(path)).toThrow(expect.objectContaining({ code: 'STORE_MISSING' }));
    expect(existsSync(path)).toBe(false);
  });

  it('reads what a running store commits, and what a closed one left', async () => {
    const path = databasePath();
    const store = openForTest(path);
    const log = openSqliteLog(path);
    await acceptOne(store, eventDraft('m-1'));
    expect((await log.events({}, NEWEST)).items).toHaveLength(1);
    await acceptOne(store, eventDraft('m-2'));
    expect(await log.stats(T0)).toMatchObject({ received: 2 });
    await log.close();
    await store.close();
    const later = openSqliteLog(path);
    expect((await later.event(2))?.messageId).toBe('m-2');
    await later.close();
  });

  it('refuses a database that was never migrated', () => {
    const path = databasePath();
    new Database(path).close();
    writeFileSync(path, '');
    expect(() => openSqliteLog(path)).toThrow(expect.objectContaining({ code: 'STORE_FAILED' }));
  });
});
