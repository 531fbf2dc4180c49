import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Running, type RunningOptions, startRunning } from './running.ts';
import { measured, scrape } from './scraped.ts';
import { arrivals, HEALTHY, outside, post, REFUSING, TIER_MAPPING, tierChange, until } from './trouble.ts';

const { opened } = vi.hoisted(() => ({ opened: [] as Database.Database[] }));

// The only way to the server's own connection: some trouble can be made nowhere else.
vi.mock(import('../../src/storage/sqlite/open-database.ts'), async (original) => {
  const actual = await original();
  return {
    ...actual,
    openToWrite: (path: string) => {
      const db = actual.openToWrite(path);
      opened.push(db);
      return db;
    },
  };
});

const PADDING = 20_000;

let running: Running;
afterEach(() => running.stop());

async function open(options: RunningOptions = {}): Promise<void> {
  running = await startRunning({ mappings: { 'tier.yaml': TIER_MAPPING }, ...options });
}

function connection(): Database.Database {
  const db = opened.at(-1);
  if (!db) throw new Error('nothing was opened');
  return db;
}

/** Sends until the store refuses; which were acknowledged. */
async function sendUntilRefused(prefix: string): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (let n = 0; n < 2_000; n++) {
    const id = `${prefix}-${n}`;
    const { status, retryAfter } = await post(running.server.url, tierChange(id, PADDING));
    if (status === 503) {
      expect(retryAfter).toBe('5');
      return acknowledged;
    }
    expect(status).toBe(202);
    acknowledged.push(id);
  }
  throw new Error('the disk never filled up');
}

/** What follows when it can write again: everything that was acknowledged arrives once, and new webhooks are taken. */
async function expectRecovery(acknowledged: readonly string[]): Promise<void> {
  await until(async () => (await outside(running.server.url)).readyz === 200, 'ready again');
  expect(await post(running.server.url, tierChange('after'))).toEqual({ status: 202, retryAfter: null });
  await running.settled();
  const all = [...acknowledged, 'after'];
  expect(arrivals(running, all)).toEqual(all.map(() => 1));
  expect(await outside(running.server.url)).toEqual(HEALTHY);
}

describe('a store that cannot grow', () => {
  it('refuses webhooks, says so, and goes on by itself when there is room: nothing lost, nothing sent twice', async () => {
    await open();
    const pages = Number(connection().pragma('page_count', { simple: true }));
    connection().pragma(`max_page_count = ${pages + 100}`);
    const acknowledged = await sendUntilRefused('full');
    expect(acknowledged.length).toBeGreaterThan(3);
    await until(async () => (await scrape(running.server.url)).length > 0, 'metrics');
    connection().pragma('max_page_count = 1073741823');
    await expectRecovery(acknowledged);
  });
});

describe('a store that may not be written', () => {
  it('is not ready, is seen in the metrics, and goes on by itself', async () => {
    await open();
    running.sandbox.faults.add({ kind: 'latency', ms: 300, count: 1 });
    expect((await post(running.server.url, tierChange('before'))).status).toBe(202);
    connection().pragma('query_only = ON');
    expect(await post(running.server.url, tierChange('refused'))).toEqual({ status: 503, retryAfter: '5' });
    expect(await outside(running.server.url)).toEqual(REFUSING);
    await until(
      async () => measured(await scrape(running.server.url), 'pointsman_store_writable') === 0,
      'seen as unwritable',
    );
    expect(measured(await scrape(running.server.url), 'pointsman_store_readable')).toBe(1);
    connection().pragma('query_only = OFF');
    await expectRecovery(['before']);
    expect(arrivals(running, ['refused'])).toEqual([0]);
    const told = (level: string) => running.lines.some((line) => line['stage'] === 'store' && line['level'] === level);
    expect(told('error')).toBe(true);
    await until(() => told('warn'), 'the recovery is told');
  });
});

describe('a database file that is moved away', () => {
  it('makes the server refuse until it is back: nothing is acknowledged into a file that nobody will find', async () => {
    await open();
    const path = join(running.dir, 'data', 'pointsman.db');
    renameSync(path, `${path}.away`);
    expect(await post(running.server.url, tierChange('lost'))).toEqual({ status: 503, retryAfter: '5' });
    expect(await outside(running.server.url)).toEqual(REFUSING);
    renameSync(`${path}.away`, path);
    await expectRecovery([]);
  });
});

/** Writes nonsense over all but the first pages. */
function damage(path: string): void {
  const file = openSync(path, 'r+');
  const nonsense = Buffer.alloc(fstatSync(file).size - 8_192, 0x5a);
  writeSync(file, nonsense, 0, nonsense.length, 8_192);
  closeSync(file);
}

describe('a damaged database', () => {
  it('stops the start, with its path and the way out', async () => {
    await open();
    await running.server.stop();
    const path = join(running.dir, 'data', 'pointsman.db');
    writeFileSync(path, 'damaged '.repeat(2_000));
    await expect(running.restart()).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining(path),
    });
  });

  it('that is found damaged while it runs leaves the server alive, refusing, and quiet', async () => {
    await open();
    for (let n = 0; n < 20; n++) await post(running.server.url, tierChange(`m-${n}`, PADDING));
    await running.settled();
    connection().pragma('wal_checkpoint(TRUNCATE)');
    damage(join(running.dir, 'data', 'pointsman.db'));
    connection().pragma('shrink_memory');
    await until(async () => (await post(running.server.url, tierChange('damaged'))).status === 503, 'refused');
    expect(await outside(running.server.url)).toEqual(REFUSING);
    const before = running.lines.filter(({ level }) => level === 'error').length;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await outside(running.server.url)).toEqual(REFUSING);
    const after = running.lines.filter(({ level }) => level === 'error').length;
    expect(after - before).toBeLessThan(12);
  });
});

describe('a reader that never ends', () => {
  it('lets the write-ahead log grow, which is seen, and holds up nothing; it shrinks back when the reader ends', async () => {
    await open();
    const reader = new Database(join(running.dir, 'data', 'pointsman.db'), { readonly: true });
    onTestFinished(() => void reader.close());
    const walBytes = async () => measured(await scrape(running.server.url), 'pointsman_store_wal_bytes') ?? 0;
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM event').get();
    const ids = Array.from({ length: 400 }, (_, n) => `held-${n}`);
    await Promise.all(ids.map((id) => post(running.server.url, tierChange(id, PADDING))));
    await running.settled();
    const grown = await walBytes();
    expect(grown).toBeGreaterThan(8_000_000);
    reader.exec('COMMIT');
    const more = Array.from({ length: 400 }, (_, n) => `free-${n}`);
    await Promise.all(more.map((id) => post(running.server.url, tierChange(id, PADDING))));
    await running.settled();
    expect(await walBytes()).toBeLessThan(grown * 1.5);
    expect(arrivals(running, [...ids, ...more]).every((count) => count === 1)).toBe(true);
  });
});

const mounted: string[] = [];

/** A small disk of its own; null where mounting is not allowed. */
function mountSmallDisk(): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dir], { stdio: 'ignore' });
    mounted.push(dir);
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return null;
  }
}

function canMount(): boolean {
  const dir = mountSmallDisk();
  if (dir !== null) unmount(dir);
  return dir !== null;
}

function unmount(dir: string): void {
  execFileSync('umount', ['--lazy', dir]);
  rmSync(dir, { recursive: true });
}

// Mounting needs the rights of root: elsewhere what stands above has to do.
describe.skipIf(!canMount())('a real disk (skipped where nothing may be mounted)', () => {
  it('that is full makes the server refuse until there is room', async () => {
    const disk = mountSmallDisk() ?? '';
    onTestFinished(() => unmount(disk));
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(3_000_000));
    await open({ store: join(disk, 'pointsman.db') });
    const acknowledged = await sendUntilRefused('disk');
    expect(acknowledged.length).toBeGreaterThan(3);
    const { healthz, metrics } = await outside(running.server.url);
    expect({ healthz, metrics }).toEqual({ healthz: 200, metrics: 200 });
    rmSync(join(disk, 'ballast'));
    await expectRecovery(acknowledged);
  });

  it('that is read-only stops the start, with its path', async () => {
    const disk = mountSmallDisk() ?? '';
    onTestFinished(() => unmount(disk));
    const store = join(disk, 'pointsman.db');
    await open({ store });
    await running.server.stop();
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await expect(running.restart()).rejects.toMatchObject({
      code: 'STORE_UNWRITABLE',
      message: expect.stringContaining(store),
    });
  });
});
