import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { acceptRouted, claim, deliveryDraft, T0 } from '../../conformance/store/drafts.ts';

// A process of its own that claims a delivery, says so, and then never ends by itself.
const store = openSqliteStore({ path: process.argv[2] ?? '', nowMs: T0 });
await acceptRouted(store, 'm-1', [deliveryDraft()]);
await claim(store);
process.stdout.write('claimed\n');
setInterval(() => {}, 1_000);
