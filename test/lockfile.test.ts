import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const HOW = 'Run `npm run lockfile`: it writes package-lock.json anew and completes it.';

/** What may run a script at an install: `node` fetches the platform's own, `fsevents` is never installed but on macOS. */
const WITH_INSTALL_SCRIPT = ['node_modules/node', 'node_modules/fsevents'];

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
const packages = Object.entries(lock.packages);

describe('the lockfile', () => {
  it('says that better-sqlite3 has nothing to compile, or npm starts node-gyp at every install from it', () => {
    expect(lock.packages['node_modules/better-sqlite3']?.['gypfile'], HOW).toBe(false);
  });

  it('lets no package run a script but those that must', () => {
    const running = packages.filter(([, entry]) => entry['hasInstallScript'] === true).map(([path]) => path);
    const strangers = running.filter((path) => !WITH_INSTALL_SCRIPT.includes(path));
    const how = 'Replace the package, or deny its script in allowScripts of package.json and name it in this test.';
    expect(strangers, how).toEqual([]);
  });

  it('names no registry, so that it installs from whichever the reader uses', () => {
    const resolved = packages.filter(([, entry]) => 'resolved' in entry).map(([path]) => path);
    expect(resolved, HOW).toEqual([]);
  });
});
