import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { GroupCommit } from '../../../src/storage/sqlite/group-commit.ts';
import {
  acceptOne,
  acceptRouted,
  claim,
  deliveryDraft,
  eventDraft,
  NEWEST,
  routed,
  T0,
} from '../../conformance/store/drafts.ts';
import { openForTest, openWatched, temporaryFolder } from './temporary.ts';

const UNWRITABLE = { name: 'PointsmanError', code: 'STORE_UNWRITABLE' };

describe('group commit', () => {
  it('shares one transaction among everything that arrives in one turn', async () => {
    const { store, ran } = openWatched();
    await Promise.all([
      store.accept([eventDraft('m-1'), eventDraft('m-2')], []),
      store.accept([eventDraft('m-3')], []),
      claim(store),
      store.settleRoutes([routed(1, [deliveryDraft()])], T0, []),
      store.probe(T0),
    ]);
    expect([ran('BEGIN IMMEDIATE'), ran('COMMIT'), ran('SAVEPOINT'), ran('ROLLBACK')]).toEqual([1, 1, 0, 0]);
    await store.accept([eventDraft('m-4')], []);
    expect(ran('COMMIT')).toBe(2);
  });

  it('costs nothing on disk when nothing was written', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    const store = openForTest(path);
    const wal = (): number => statSync(`${path}-wal`).size;
    const before = wal();
    await claim(store);
    await store.settleAttempts([]);
    expect(wal()).toBe(before);
    await store.probe(T0 + 1);
    expect(wal()).toBeGreaterThan(before);
  });

  it('fails a bad item alone: the group runs again with a savepoint each', async () => {
    const { store, ran } = openWatched();
    const [first, second] = await Promise.all([
      store.accept([eventDraft('m-1', { name: 'New' }), eventDraft('m-2', { name: 'Newer', clockMs: Number.NaN })], []),
      store.accept([eventDraft('m-3', { name: 'Newer' })], []),
    ]);
    expect([...first, ...second].map((one) => one.ok)).toEqual([true, false, true]);
    expect(first[1]).toMatchObject({ error: { code: 'SQLITE_CONSTRAINT_NOTNULL' } });
    expect([ran('COMMIT'), ran('ROLLBACK TO')]).toEqual([1, 1]);
    expect((await store.events({}, NEWEST)).items.map(({ name }) => name)).toEqual(['Newer', 'New']);
  });

  it('answers everybody that nothing was stored when the disk is full, and goes on once it is not', async () => {
    const { store, db } = openWatched();
    await acceptOne(store, eventDraft('m-0'));
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
    const body = 'x'.repeat(100_000);
    const name = 'Seen only in vain';
    const calls = [
      store.accept([eventDraft('m-1', { body, name })], []),
      store.accept([eventDraft('m-2')], []),
      store.probe(T0),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: UNWRITABLE });
    }
    expect((await store.claimEvents(10)).map(({ messageId }) => messageId)).toEqual(['m-0']);
    db.pragma('max_page_count = 100000');
    expect(await acceptOne(store, eventDraft('m-1', { body, name }))).toBe(2);
    expect((await store.claimEvents(10)).map((event) => event.name)).toEqual([name]);
    expect(await store.stats(T0)).toMatchObject({ received: 2, duplicates: 0 });
  });

  it('rejects transitions while the database is read-only; what was claimed before can still be settled after', async () => {
    const { store, db } = openWatched();
    await acceptRouted(store, 'm-1', [deliveryDraft()]);
    db.pragma('query_only = 1');
    await expect(claim(store)).rejects.toMatchObject(UNWRITABLE);
    await expect(store.accept([eventDraft('m-2')], [])).rejects.toMatchObject(UNWRITABLE);
    await expect(store.probe(T0)).rejects.toThrow(':memory:');
    expect((await store.deliveries({}, NEWEST)).items).toHaveLength(1);
    db.pragma('query_only = 0');
    expect(await claim(store)).toMatchObject([{ id: 1, claimNo: 1 }]);
  });

  it('answers everybody when the commit itself fails, and leaves no transaction behind', async () => {
    const { db, group } = countingGroup();
    // A deferred reference is checked by COMMIT only.
    db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, n REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)');
    const dangling = db.prepare('INSERT INTO note (n) VALUES (99)');
    const calls = [1, 2].map(() => group.submit({ items: [0], apply: () => dangling.run().changes }));
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FAILED' } });
    }
    expect(db.inTransaction).toBe(false);
    expect(db.prepare('SELECT count(*) FROM note').pluck().get()).toBe(0);
    expect(await group.submit({ items: [7], apply: (item) => item })).toEqual([7]);
  });

  it('leaves what exceeds one commit to the next', async () => {
    const { group, commits } = countingGroup();
    const items = Array.from({ length: 900 }, (_, index) => index);
    const calls = [1, 2, 3].map(() => group.submit({ items, apply: (item) => item }));
    expect((await Promise.all(calls)).map(({ length }) => length)).toEqual([900, 900, 900]);
    expect(commits()).toBe(2);
  });

  it('runs one call whole, however large', async () => {
    const { group, commits } = countingGroup();
    const items = Array.from({ length: 5_000 }, (_, index) => index);
    expect(await group.submit({ items, apply: (item) => item })).toHaveLength(5_000);
    expect(commits()).toBe(1);
  });

  it('commits what is queued when it closes, and takes nothing more', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    const store = openForTest(path);
    const accepting = store.accept([eventDraft('m-1')], []);
    await store.close();
    expect(await accepting).toMatchObject([{ ok: true }]);
    await expect(store.accept([eventDraft('m-2')], [])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(store.events({}, NEWEST)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect((await openForTest(path).events({}, NEWEST)).items).toHaveLength(1);
  });
});

function countingGroup(): { db: Database.Database; group: GroupCommit; commits: () => number } {
  let commits = 0;
  const verbose = (sql: unknown): void => {
    if (sql === 'COMMIT') commits += 1;
  };
  const db = new Database(':memory:', { verbose });
  return { db, group: new GroupCommit(db, ':memory:', { flush() {}, reset() {} }), commits: () => commits };
}
