import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSystems, systemsOf } from '../../../src/runtime/reload/load-config.ts';
import { systemClock } from '../../../src/runtime/system.ts';
import { defaultConfig } from '../../../src/runtime/workbench.ts';
import { mappingText, openReloadSite, type ReloadSite, running } from './reload-site.ts';

let site: ReloadSite;
beforeEach(() => {
  site = openReloadSite();
});
afterEach(() => site.close());

const BOMB = Array.from({ length: 30 }, (_, index) =>
  index === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]' : `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}]`,
).join('\n');

describe('a file that is', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['half-written', mappingText('second').slice(0, mappingText('second').indexOf('data.')), 'MAPPING_YAML'],
    ['empty', '', 'MAPPING_INVALID'],
    ['binary', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0, 255]), 'MAPPING_YAML'],
    ['no UTF-8', new Uint8Array([0x65, 0x3a, 0x20, 0xff, 0xfe]), 'MAPPING_YAML'],
    ['10 MB long', 'x'.repeat(10 * 1024 * 1024), 'MAPPING_TOO_LARGE'],
    ['a bomb of aliases', BOMB, 'MAPPING_YAML'],
    ['a bomb of nesting', `a: ${'['.repeat(100_000)}`, 'MAPPING_YAML'],
    ['indented with tabs', mappingText('second').replaceAll('  ', '\t'), 'MAPPING_YAML'],
    [
      'of another destination',
      mappingText('second').replace('bloomreach.', 'elsewhere.'),
      'MAPPING_UNKNOWN_DESTINATION',
    ],
  ])('%s is refused quickly, and its good text goes on', async (_what, content, code) => {
    site.write('tier.yaml', mappingText('first'));
    site.write('other.yaml', mappingText('first'));
    const reloader = await site.start();
    site.write('tier.yaml', content);
    const startedAtMs = performance.now();
    await reloader.reload('file');
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    expect(running(reloader)).toEqual({ other: 'first', tier: 'first' });
    const { files } = await site.receipt();
    expect(files.map(({ file, outcome }) => [file, outcome])).toEqual([['tier.yaml', 'refused']]);
    expect(files[0]?.lints.map((lint) => lint.code)).toContain(code);
    expect(files[0]?.lints.length).toBeLessThanOrEqual(20);
  });

  test.each([
    ['with CRLF', mappingText('second').replaceAll('\n', '\r\n')],
    ['with a BOM', `\uFEFF${mappingText('second')}`],
  ])('%s is the same mapping as without', async (_what, content) => {
    site.write('tier.yaml', mappingText('second'));
    const reloader = await site.start();
    const before = reloader.current().ruleSet.byId.get('tier')?.version;
    site.write('tier.yaml', content);
    await reloader.reload('file');
    expect(reloader.isValid()).toBe(true);
    expect(reloader.current().ruleSet.byId.get('tier')?.version).toBe(before);
  });

  test('a sample that is a pipe fails its test and holds nothing up', async () => {
    site.write('tier.yaml', mappingText('first').replace(/event: \{ eventName.*/, 'event: pipe.json'));
    site.write('other.yaml', mappingText('first'));
    execFileSync('/usr/bin/env', ['mkfifo', join(site.dir, 'pipe.json')]);
    expect(running(await site.start())).toEqual({ other: 'first' });
  });

  test('a pipe is refused and never read', async () => {
    site.write('other.yaml', mappingText('first'));
    execFileSync('/usr/bin/env', ['mkfifo', join(site.dir, 'tier.yaml')]);
    symlinkSync('/dev/zero', join(site.dir, 'zero.yaml'));
    expect(running(await site.start())).toEqual({ other: 'first' });
  });
});

describe('an id that two files take', () => {
  test('stays with the file it runs from, whatever their names', async () => {
    site.write('z.yaml', `id: tier\n${mappingText('first')}`);
    const reloader = await site.start();
    site.write('a.yaml', `id: tier\n${mappingText('second')}`);
    await reloader.reload('file');
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect(await site.receipt()).toMatchObject({
      outcome: 'refused',
      files: [{ file: 'a.yaml', after: [], lints: [{ code: 'MAPPING_DUPLICATE_ID', line: 1, column: 5 }] }],
    });
    expect(running(await site.start())).toEqual({ tier: 'first' });
  });

  test('goes to the first by name when neither runs yet', async () => {
    site.write('b.yaml', `id: tier\n${mappingText('first')}`);
    site.write('a.yaml', `id: tier\n${mappingText('second')}`);
    expect(running(await site.start())).toEqual({ tier: 'second' });
  });

  test('is free again once its file gave it up, also for a file that had been refused', async () => {
    site.write('z.yaml', `id: tier\n${mappingText('first')}`);
    const reloader = await site.start();
    site.write('a.yaml', `id: tier\n${mappingText('second')}`);
    await reloader.reload('file');
    site.write('z.yaml', `id: level\n${mappingText('first')}`);
    await reloader.reload('file');
    expect(running(reloader)).toEqual({ level: 'first', tier: 'second' });
    expect(await site.receipt()).toMatchObject({ outcome: 'accepted', valid: true });
  });

  test('may be swapped between two files in one reload', async () => {
    site.write('a.yaml', `id: one\n${mappingText('first')}`);
    site.write('b.yaml', `id: two\n${mappingText('second')}`);
    const reloader = await site.start();
    site.write('a.yaml', `id: two\n${mappingText('first')}`);
    site.write('b.yaml', `id: one\n${mappingText('second')}`);
    await reloader.reload('file');
    expect(running(reloader)).toEqual({ two: 'first', one: 'second' });
  });

  test('is kept by the last good text of a file that is refused', async () => {
    site.write('z.yaml', `id: tier\n${mappingText('first')}`);
    const reloader = await site.start();
    site.write('z.yaml', 'event: [');
    site.write('a.yaml', `id: tier\n${mappingText('second')}`);
    await reloader.reload('file');
    expect(running(reloader)).toEqual({ tier: 'first' });
  });
});

describe('a folder', () => {
  test('with a thousand mappings starts, and one edit of them is live soon', async () => {
    for (let index = 0; index < 1_000; index++) site.write(`m${index}.yaml`, mappingText('first'));
    const reloader = await site.start();
    expect(reloader.current().ruleSet.mappings).toHaveLength(1_000);
    site.write('m500.yaml', mappingText('second'));
    const startedAtMs = performance.now();
    await reloader.reload('file');
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    expect(running(reloader)).toMatchObject({ m500: 'second', m501: 'first' });
  });

  test('with links that go round is read once', async () => {
    site.write('tier.yaml', mappingText('first'));
    mkdirSync(join(site.dir, 'sub'));
    symlinkSync('..', join(site.dir, 'sub', 'up'));
    symlinkSync('self.yaml', join(site.dir, 'self.yaml'));
    symlinkSync('nowhere.yaml', join(site.dir, 'dangling.yaml'));
    const reloader = await site.start();
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect((await site.receipt()).files).toContainEqual(
      expect.objectContaining({ file: 'self.yaml', outcome: 'refused' }),
    );
  });

  test('that nobody may write is read like any other', async () => {
    site.write('tier.yaml', mappingText('first'));
    chmodSync(site.dir, 0o555);
    expect(running(await site.start())).toEqual({ tier: 'first' });
    chmodSync(site.dir, 0o755);
  });

  test('that became a link to itself changes nothing', async () => {
    site.write('tier.yaml', mappingText('first'));
    const reloader = await site.start();
    rmSync(site.dir, { recursive: true });
    symlinkSync('mappings', site.dir);
    expect(await reloader.reload('poll')).toBe(false);
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect(reloader.isValid()).toBe(false);
    expect(site.lines).toContainEqual(expect.objectContaining({ level: 'error', code: 'MAPPING_UNREADABLE' }));
  });

  test.skipIf(process.getuid?.() === 0)('that cannot be read changes nothing', async () => {
    site.write('tier.yaml', mappingText('first'));
    site.write('sub/other.yaml', mappingText('first'));
    const reloader = await site.start();
    chmodSync(join(site.dir, 'sub'), 0);
    expect(await reloader.reload('poll')).toBe(false);
    expect(running(reloader)).toEqual({ other: 'first', tier: 'first' });
    chmodSync(join(site.dir, 'sub'), 0o755);
  });

  test('with swap files and hidden folders shows only its mappings', async () => {
    site.write('tier.yaml', mappingText('first'));
    for (const name of ['.tier.yaml.swp', 'tier.yaml~', '#tier.yaml#', '.git/x.yaml', '..2026/tier.yaml', '4913'])
      site.write(name, 'event: [');
    const reloader = await site.start();
    expect(reloader.isValid()).toBe(true);
    expect(running(reloader)).toEqual({ tier: 'first' });
  });
});

describe('a mapping whose destination leaves the config', () => {
  test('rests with a clear finding, and runs again when the destination is back', async () => {
    const config = defaultConfig(site.root);
    const file = join(site.root, 'config.yaml');
    const text = (name: string) =>
      `mappings: { dir: ./mappings }
sources: { open-loyalty: { type: open-loyalty, verify: none } }
destinations: { ${name}: { type: bloomreach, projectToken: p, apiKeyId: k, apiSecret: s } }
`;
    site.write('../config.yaml', text('bloomreach'));
    site.write('tier.yaml', mappingText('first'));
    const systems = systemsOf({ ...config, mappings: { ...config.mappings, dir: site.dir } }, systemClock);
    expect(loadSystems(file, systems, systemClock).receipt?.outcome).toBe('accepted');
    const reloader = await site.start({ configFile: file });
    site.write('../config.yaml', text('elsewhere'));
    await reloader.reload('file');
    expect(running(reloader)).toEqual({});
    expect(await site.receipt()).toMatchObject({
      outcome: 'partly',
      config: { outcome: 'accepted', applied: ['destinations.elsewhere', 'destinations.bloomreach'] },
      files: [{ file: 'tier.yaml', outcome: 'refused', after: [], lints: [{ code: 'MAPPING_UNKNOWN_DESTINATION' }] }],
    });
    site.write('tier.yaml', 'event: [');
    await reloader.reload('file');
    site.write('../config.yaml', text('bloomreach'));
    await reloader.reload('file');
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect(readFileSync(join(site.dir, 'tier.yaml'), 'utf8')).toBe('event: [');
  });
});
