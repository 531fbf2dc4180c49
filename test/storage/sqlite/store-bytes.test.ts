import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acceptRouted, deliveryDraft } from '../../conformance/store/drafts.ts';
import { openForTest, temporaryFolder } from './temporary.ts';

test('the bytes of a database are those of its file and its write-ahead log', async () => {
  const path = join(temporaryFolder(), 'pointsman.db');
  const store = openForTest(path);
  await acceptRouted(store, 'm-1', [deliveryDraft()]);
  const { bytes } = await store.gauges();
  expect(bytes.wal).toBe(statSync(`${path}-wal`).size);
  expect(bytes.wal).toBeGreaterThan(0);
  expect(bytes.database).toBeGreaterThanOrEqual(statSync(path).size);
  expect(bytes.free).toBe(0);
});

test('a database in memory has no write-ahead log', async () => {
  const { bytes } = await openForTest(':memory:').gauges();
  expect(bytes).toMatchObject({ wal: 0, free: 0 });
});
