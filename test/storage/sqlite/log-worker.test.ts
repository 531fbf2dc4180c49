import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Log } from '../../../src/ports/log.ts';
import { openSqliteLogInWorker } from '../../../src/storage/sqlite/log-worker-client.ts';
import {
  acceptOne,
  acceptRouted,
  deliveryDraft,
  eventDraft,
  NEWEST,
  T0,
  walletFact,
} from '../../conformance/store/drafts.ts';
import { openForTest, temporaryFolder } from './temporary.ts';

function openLog(path: string): Log & { close(): Promise<void> } {
  const log = openSqliteLogInWorker(path);
  onTestFinished(() => log.close());
  return log;
}

describe('the log on a worker thread', () => {
  it('answers every read as the store itself does', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    const store = openForTest(path);
    const log = openLog(path);
    await acceptRouted(store, 'm-1', [deliveryDraft()]);
    await store.recordLoad([], { atMs: T0, outcome: 'accepted', durationMs: 1, detail: '{}' });
    const reads: readonly ((from: Log) => Promise<unknown>)[] = [
      (from) => from.deliveries({ member: 'ann' }, NEWEST),
      (from) => from.delivery(1),
      (from) => from.delivery(2),
      (from) => from.events({}, NEWEST),
      (from) => from.event(1),
      (from) => from.runnableEvents({}, NEWEST),
      (from) => from.facts([walletFact()]),
      (from) => from.lastGoodFiles(),
      (from) => from.factRows({}, NEWEST),
      (from) => from.unmatchedNames(5),
      (from) => from.receipts(NEWEST),
      (from) => from.stats(T0),
      (from) => from.gauges(),
      (from) => from.names('mapping'),
      (from) => from.pauses(T0),
      (from) => from.deadCauses({}),
    ];
    for (const read of reads) expect(await read(log)).toEqual(await read(store));
  });

  it('rejects while there is no database, and finds it once there is one', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    const log = openLog(path);
    await expect(log.stats(T0)).rejects.toMatchObject({ name: 'PointsmanError', code: 'STORE_MISSING' });
    await acceptOne(openForTest(path), eventDraft('m-1'));
    expect(await log.stats(T0)).toMatchObject({ received: 1 });
  });

  it('fails the reads of a thread that crashed, and starts another for the next', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    openForTest(path);
    const log = openLog(path);
    const starting = once(process, 'worker');
    const reads = [log.stats(T0), log.event(1)];
    const [thread] = await starting;
    if (!(thread instanceof Worker)) throw new Error('no thread was started');
    const lost = Promise.allSettled(reads);
    await thread.terminate();
    for (const read of await lost) expect(read).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FAILED' } });
    expect(await log.event(1)).toBeNull();
  });

  it('rejects what it is asked for after it closed, and what it was asked before', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    openForTest(path);
    const log = openLog(path);
    const asked = expect(log.stats(T0)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await log.close();
    await asked;
    await expect(log.stats(T0)).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });
});
