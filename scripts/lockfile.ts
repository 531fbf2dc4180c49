// Completes package-lock.json after npm wrote it; `npm run lockfile` does both:
//   npm install --package-lock-only && node scripts/lockfile.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Lock = { readonly packages: Record<string, Record<string, unknown>> };

const PACKAGE = 'node_modules/better-sqlite3';

/**
 * Says that better-sqlite3 has nothing to compile: it ships its binaries and a binding.gyp. Its own manifest says so,
 * but npm leaves a false value out of the lockfile, and then an install from the lockfile starts node-gyp.
 */
function restoreGypfile(path: string): void {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock;
  const entry = lock.packages[PACKAGE];
  if (!entry) throw new Error(`${path} has no ${PACKAGE}`);
  entry['gypfile'] = false;
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}

restoreGypfile(fileURLToPath(new URL('../package-lock.json', import.meta.url)));
