import { join } from 'node:path';
import { storeConformance } from '../../conformance/store/store-conformance.ts';
import { openForTest, temporaryFolder } from './temporary.ts';

storeConformance('SQLite in memory', async () => ({ store: openForTest(':memory:') }));

storeConformance('SQLite on disk', async () => {
  const path = join(temporaryFolder(), 'data', 'pointsman.db');
  const store = openForTest(path);
  const reopen = async () => {
    await store.close();
    return openForTest(path);
  };
  return { store, reopen };
});
