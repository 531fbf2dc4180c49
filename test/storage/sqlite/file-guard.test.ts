import { closeSync, copyFileSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { acceptOne, eventDraft, T0 } from '../../conformance/store/drafts.ts';
import { openForTest, temporaryFolder } from './temporary.ts';

const databasePath = (): string => join(temporaryFolder(), 'pointsman.db');

const refusalOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error) => error,
  );

/** Writes nonsense over the pages beyond the first ones. */
function damage(path: string): void {
  const file = openSync(path, 'r+');
  const nonsense = Buffer.alloc(fstatSync(file).size - 8_192, 0x5a);
  writeSync(file, nonsense, 0, nonsense.length, 8_192);
  closeSync(file);
}

async function filled(path: string): Promise<Store> {
  const store = openForTest(path);
  for (let n = 0; n < 50; n++)
    await acceptOne(store, eventDraft(`m-${n}`, { body: `{"text":"${'x'.repeat(2_000)}"}` }));
  return store;
}

describe('a database file that goes away under a running store', () => {
  it('is noticed by the next commit: nothing is acknowledged into a file that nobody will find', async () => {
    const path = databasePath();
    const store = openForTest(path);
    await acceptOne(store, eventDraft('m-1'));
    rmSync(path);
    const deleted = { code: 'STORE_UNWRITABLE', message: expect.stringContaining('was deleted, moved or replaced') };
    expect(await refusalOf(acceptOne(store, eventDraft('m-2')))).toMatchObject(deleted);
    expect(await refusalOf(store.probe(T0))).toMatchObject(deleted);
  });

  it('is written again once it was moved back', async () => {
    const path = databasePath();
    const store = openForTest(path);
    renameSync(path, `${path}.away`);
    expect(await refusalOf(store.probe(T0))).toMatchObject({ code: 'STORE_UNWRITABLE' });
    renameSync(`${path}.away`, path);
    expect(await acceptOne(store, eventDraft('m-1'))).toBe(1);
  });

  it('is not taken for a copy that was put in its place', async () => {
    const path = databasePath();
    const store = openForTest(path);
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
    expect(await refusalOf(store.probe(T0))).toMatchObject({ code: 'STORE_UNWRITABLE' });
  });
});

describe('a damaged database', () => {
  it('is not opened, or not written to any more once a commit has met the damage', async () => {
    const path = databasePath();
    await (await filled(path)).close();
    damage(path);
    const refused = await refusalOf(reopened(path));
    expect(refused).toMatchObject({ code: 'STORE_CORRUPT', message: expect.stringContaining(path) });
  });

  it('stays refused: further commits do not even try', async () => {
    const path = databasePath();
    const store = await filled(path);
    const other = new Database(path);
    other.pragma('wal_checkpoint(TRUNCATE)');
    other.close();
    damage(path);
    const first = await refusalOf(manyAccepted(store));
    expect(first).toMatchObject({ code: 'STORE_CORRUPT' });
    expect(await refusalOf(store.probe(T0))).toBe(first);
  });
});

async function reopened(path: string): Promise<void> {
  const store = openSqliteStore({ path, nowMs: T0 });
  try {
    await manyAccepted(store);
  } finally {
    await store.close();
  }
}

/** Touches every index. */
async function manyAccepted(store: Store): Promise<void> {
  for (let n = 100; n < 200; n++) await acceptOne(store, eventDraft(`m-${n}`));
}
