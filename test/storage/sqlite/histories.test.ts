import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { claimProperties } from '../../conformance/store/claim-properties.ts';
import { T0 } from '../../conformance/store/drafts.ts';
import { laneProperties } from '../../conformance/store/lane-properties.ts';

const open = async () => ({ store: openSqliteStore({ path: ':memory:', nowMs: T0 }) });

laneProperties('SQLite', open, 100);
claimProperties('SQLite', open, 100);
