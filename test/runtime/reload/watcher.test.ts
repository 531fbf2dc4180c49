import {
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Reloader } from '../../../src/runtime/reload/reloader.ts';
import { startWatcher, type Watcher } from '../../../src/runtime/reload/watcher.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { createSilentLogger } from '../../support/silent-logger.ts';
import { mappingText, openReloadSite, type ReloadSite, running } from './reload-site.ts';

let site: ReloadSite;
let reloader: Reloader;
let watcher: Watcher | null;
beforeEach(() => {
  site = openReloadSite('mappings');
  watcher = null;
});
afterEach(async () => {
  await watcher?.stop();
  await site.close();
});

async function watch(): Promise<void> {
  reloader = await site.start();
  watcher = startWatcher({
    reloader,
    storePath: '/nowhere/pointsman.db',
    clock: systemClock,
    log: createSilentLogger(),
  });
  // The first step of the loop arms the watches.
  await systemClock.sleep(150);
}

/** Waits until the mapping `tier` runs with this text; how long it took, in ms. */
async function live(eventType: string): Promise<number> {
  const startedAtMs = performance.now();
  while (running(reloader)['tier'] !== eventType) {
    if (performance.now() - startedAtMs > 5_000) throw new Error(`${eventType} is not live after 5 s`);
    await systemClock.sleep(5);
  }
  return performance.now() - startedAtMs;
}

const tier = () => join(site.dir, 'tier.yaml');

describe('a change is seen', () => {
  test.each<[string, (text: string) => void]>([
    ['written in place', (text) => writeFileSync(tier(), text)],
    [
      'renamed over',
      (text) => {
        writeFileSync(join(site.dir, '.tier.yaml.tmp'), text);
        renameSync(join(site.dir, '.tier.yaml.tmp'), tier());
      },
    ],
    [
      'unlinked and created',
      (text) => {
        unlinkSync(tier());
        writeFileSync(tier(), text);
      },
    ],
    [
      'moved to a backup first, as vim does',
      (text) => {
        writeFileSync(join(site.dir, '.tier.yaml.swp'), 'b0VIM');
        renameSync(tier(), `${tier()}~`);
        writeFileSync(tier(), text);
        unlinkSync(`${tier()}~`);
      },
    ],
    [
      'truncated first and written 20 ms later',
      (text) => {
        truncateSync(tier());
        setTimeout(() => writeFileSync(tier(), text), 20);
      },
    ],
  ])('when a file is %s', async (_how, change) => {
    site.write('tier.yaml', mappingText('first'));
    await watch();
    change(mappingText('second'));
    expect(await live('second')).toBeLessThan(1_000);
    change(mappingText('third'));
    expect(await live('third')).toBeLessThan(1_000);
    const { items } = await site.store.receipts({ before: null, limit: 10 });
    expect(items.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(items[0]?.detail).toContain('"trigger":"file"');
  });

  test('when Kubernetes swaps ..data, again and again', async () => {
    const put = (version: string, text: string) => {
      mkdirSync(join(site.dir, `..${version}`));
      writeFileSync(join(site.dir, `..${version}`, 'tier.yaml'), text);
      symlinkSync(`..${version}`, join(site.dir, '..data_tmp'));
      const old = version === 'v1' ? null : readlinkSync(join(site.dir, '..data'));
      renameSync(join(site.dir, '..data_tmp'), join(site.dir, '..data'));
      if (old !== null) rmSync(join(site.dir, old), { recursive: true });
    };
    put('v1', mappingText('first'));
    symlinkSync('..data/tier.yaml', tier());
    await watch();
    expect(running(reloader)).toEqual({ tier: 'first' });
    put('v2', mappingText('second'));
    expect(await live('second')).toBeLessThan(1_000);
    put('v3', mappingText('third'));
    expect(await live('third')).toBeLessThan(1_000);
  });

  test('when git-sync swaps the link to the whole folder, and after that inside it', async () => {
    rmSync(site.dir, { recursive: true });
    const put = (version: string, text: string) => {
      mkdirSync(join(site.root, version));
      writeFileSync(join(site.root, version, 'tier.yaml'), text);
      symlinkSync(version, join(site.root, 'tmp-link'));
      renameSync(join(site.root, 'tmp-link'), site.dir);
    };
    put('v1', mappingText('first'));
    await watch();
    put('v2', mappingText('second'));
    expect(await live('second')).toBeLessThan(1_000);
    writeFileSync(join(site.root, 'v2', 'tier.yaml'), mappingText('third'));
    expect(await live('third')).toBeLessThan(1_000);
  });

  test('when it happens in a new subfolder', async () => {
    await watch();
    mkdirSync(join(site.dir, 'deep', 'er'), { recursive: true });
    site.write('deep/er/tier.yaml', mappingText('first'));
    await live('first');
    site.write('deep/er/tier.yaml', mappingText('second'));
    expect(await live('second')).toBeLessThan(1_000);
  });
});

test('of two hundred mappings, one that is saved is live within 300 ms', async () => {
  for (let index = 0; index < 199; index++) site.write(`m${index}.yaml`, mappingText('first'));
  site.write('tier.yaml', mappingText('t0'));
  await watch();
  const took: number[] = [];
  for (let save = 1; save <= 5; save++) {
    site.write('tier.yaml', mappingText(`t${save}`));
    took.push(await live(`t${save}`));
  }
  expect(Math.min(...took)).toBeLessThan(300);
});
