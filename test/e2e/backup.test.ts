import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { type Running, startRunning } from './running.ts';
import { arrivals, post, TIER_MAPPING, tierChange } from './trouble.ts';

let running: Running;
afterEach(() => running.stop());

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

const WAYS: readonly (readonly [string, (db: Database.Database, to: string) => Promise<unknown>])[] = [
  ['.backup', (db, to) => db.backup(to)],
  ['VACUUM INTO', async (db, to) => db.prepare('VACUUM INTO ?').run(to)],
];

it.each(WAYS)('%s, while it runs, makes a backup that a server goes on from', async (_, backUp) => {
  running = await startRunning({ mappings: { 'tier.yaml': TIER_MAPPING } });
  const path = join(running.dir, 'data', 'pointsman.db');
  const send = async (all: readonly string[]) => {
    for (const id of all) expect((await post(running.server.url, tierChange(id))).status).toBe(202);
  };
  await send(ids('before', 20));
  await running.settled();
  const db = new Database(path, { readonly: true });
  const [backup] = await Promise.all([backUp(db, join(running.dir, 'backup.db')), send(ids('meanwhile', 20))]);
  expect(backup).toBeDefined();
  db.close();
  await running.server.stop();
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  copyFileSync(join(running.dir, 'backup.db'), path);
  await running.restart();
  await send(ids('after', 20));
  await running.settled();
  expect(arrivals(running, ids('after', 20)).every((count) => count === 1)).toBe(true);
  const repeat = await running.send(tierChange('before-3'));
  expect(repeat).toMatchObject({ status: 202, body: { duplicate: true } });
  const stored = new Database(path, { readonly: true });
  expect(stored.pragma('auto_vacuum', { simple: true })).toBe(2);
  expect(stored.pragma('integrity_check', { simple: true })).toBe('ok');
  stored.close();
});
