import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
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
