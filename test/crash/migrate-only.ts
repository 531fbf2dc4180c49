import { dirname, join } from 'node:path';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';

// Started as `serve -c CONFIG` is: it does the first thing that serve does, and no more.
const config = process.argv[process.argv.indexOf('-c') + 1] ?? '';
openSqliteStore({ path: join(dirname(config), 'pointsman.db'), nowMs: Date.now() });
process.kill(process.pid, 'SIGKILL');
