import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mappingText, openReloadSite, type ReloadSite, running } from './reload-site.ts';

let site: ReloadSite;
beforeEach(() => {
  site = openReloadSite();
});
afterEach(() => site.close());

describe('a reload', () => {
  test('takes a saved file over and leaves an unchanged folder alone', async () => {
    site.write('tier.yaml', mappingText('first'));
    const reloader = await site.start();
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect(await reloader.reload('poll')).toBe(false);
    site.write('tier.yaml', mappingText('second'));
    expect(await reloader.reload('file')).toBe(true);
    expect(running(reloader)).toEqual({ tier: 'second' });
    expect(reloader.isValid()).toBe(true);
  });

  test('is decided by content: the same bytes under another time are no change', async () => {
    site.write('tier.yaml', mappingText('first'));
    const reloader = await site.start();
    unlinkSync(join(site.dir, 'tier.yaml'));
    site.write('tier.yaml', mappingText('first'));
    expect(await reloader.reload('file')).toBe(false);
  });

  test('keeps the old text of a refused file, and only of that file', async () => {
    site.write('tier.yaml', mappingText('first'));
    site.write('other.yaml', mappingText('first'));
    const reloader = await site.start();
    site.write('tier.yaml', mappingText('second').replace('event_type', 'evnt_type'));
    site.write('other.yaml', mappingText('second'));
    await reloader.reload('file');
    expect(running(reloader)).toEqual({ tier: 'first', other: 'second' });
    expect(reloader.isValid()).toBe(false);
    expect(await site.receipt()).toMatchObject({ outcome: 'partly', valid: false });
  });

  test('refuses a file whose test fails', async () => {
    site.write('tier.yaml', mappingText('first'));
    const reloader = await site.start();
    site.write('tier.yaml', mappingText('second', 'third'));
    await reloader.reload('file');
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect(site.lines).toContainEqual(
      expect.objectContaining({ level: 'error', code: 'MAPPING_TEST_FAILED', file: 'tier.yaml' }),
    );
    expect(site.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('last good text') }),
    );
    site.write('tier.yaml', mappingText('third'));
    await reloader.reload('file');
    expect(running(reloader)).toEqual({ tier: 'third' });
    expect(reloader.isValid()).toBe(true);
  });

  test('checks only what changed, and on a signal everything', async () => {
    for (let index = 0; index < 20; index++) site.write(`m${index}.yaml`, mappingText('first'));
    const reloader = await site.start();
    expect((await site.receipt()).tests).toBe(20);
    const unchanged = reloader.current().ruleSet.byId.get('m7');
    site.write('m3.yaml', mappingText('second'));
    await reloader.reload('file');
    expect((await site.receipt()).tests).toBe(1);
    expect(reloader.current().ruleSet.byId.get('m7')).toBe(unchanged);
    expect(await reloader.reload('signal')).toBe(true);
    expect(await site.receipt()).toMatchObject({ trigger: 'signal', tests: 20, files: [] });
  });

  test('runs the tests of a file again when their sample changes, and a broken sample stops nothing', async () => {
    const withSample = mappingText('first').replace(/event: \{ eventName.*/, 'event: samples/ann.json');
    site.write('samples/ann.json', '{"eventName":"CustomerLevelChanged","data":{"customer":{"email":"a@b.c"}}}');
    site.write('tier.yaml', withSample);
    const reloader = await site.start();
    expect(await reloader.reload('poll')).toBe(false);
    site.write('samples/ann.json', '{"eventName":"CustomerLevelChanged","data":{}}');
    expect(await reloader.reload('poll')).toBe(true);
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect(reloader.isValid()).toBe(false);
    expect(await site.receipt()).toMatchObject({ files: [{ outcome: 'refused' }] });
  });

  test('does not happen when it cannot be recorded, and is tried again', async () => {
    site.write('tier.yaml', mappingText('first'));
    const broken = { now: false };
    const store = {
      ...site.store,
      recordLoad: (...args: Parameters<typeof site.store.recordLoad>) =>
        broken.now ? Promise.reject(new Error('disk full')) : site.store.recordLoad(...args),
    };
    const reloader = await site.start({ store });
    broken.now = true;
    site.write('tier.yaml', mappingText('second'));
    await expect(reloader.reload('file')).rejects.toThrow('disk full');
    expect(running(reloader)).toEqual({ tier: 'first' });
    broken.now = false;
    expect(await reloader.reload('poll')).toBe(true);
    expect(running(reloader)).toEqual({ tier: 'second' });
  });

  test('leaves a receipt with versions, findings, tests and time', async () => {
    site.write('tier.yaml', mappingText('first'));
    site.write('gone.yaml', mappingText('first'));
    const reloader = await site.start();
    expect(await site.receipt()).toMatchObject({
      ...{ trigger: 'start', outcome: 'accepted', mappings: 2, tests: 2, valid: true },
      files: [
        { file: 'gone.yaml', before: [], after: [{ id: 'gone' }] },
        { file: 'tier.yaml', before: [], after: [{ id: 'tier' }] },
      ],
    });
    const old = reloader.current().ruleSet.byId.get('tier')?.version;
    site.write('tier.yaml', mappingText('second'));
    unlinkSync(join(site.dir, 'gone.yaml'));
    await reloader.reload('file');
    const version = reloader.current().ruleSet.byId.get('tier')?.version;
    expect(version).not.toBe(old);
    expect((await site.receipt()).files).toEqual([
      {
        file: 'tier.yaml',
        outcome: 'accepted',
        before: [{ id: 'tier', version: old }],
        after: [{ id: 'tier', version }],
        lints: [],
      },
      expect.objectContaining({ file: 'gone.yaml', outcome: 'removed', after: [] }),
    ]);
    site.write('tier.yaml', 'event: [');
    await reloader.reload('file');
    expect(await site.receipt()).toMatchObject({
      outcome: 'refused',
      files: [
        { outcome: 'refused', before: [{ version }], after: [{ version }], lints: [{ code: 'MAPPING_YAML', line: 1 }] },
      ],
    });
  });
});

describe('across a restart', () => {
  test('a bad file runs with its last good text, which the store remembers', async () => {
    site.write('tier.yaml', mappingText('first'));
    await site.start();
    site.write('tier.yaml', 'event: [');
    site.write('other.yaml', mappingText('second'));
    expect(running(await site.start())).toEqual({ other: 'second', tier: 'first' });
    expect(running(await site.start())).toEqual({ other: 'second', tier: 'first' });
    expect(await site.receipt()).toMatchObject({
      outcome: 'partly',
      files: [{ file: 'tier.yaml', outcome: 'refused' }],
    });
  });

  test('a bad file that was never good does nothing, and the others run', async () => {
    site.write('tier.yaml', 'event: [');
    site.write('other.yaml', mappingText('second'));
    expect(running(await site.start())).toEqual({ other: 'second' });
    expect(site.lines).toContainEqual(
      expect.objectContaining({ level: 'error', file: 'tier.yaml', message: expect.stringContaining('no good text') }),
    );
  });

  test('a folder that cannot be read starts on the last good files and says so; it heals by itself', async () => {
    site.write('tier.yaml', mappingText('first'));
    await site.start();
    renameSync(site.dir, `${site.dir}-away`);
    const reloader = await site.start();
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect(reloader.isValid()).toBe(false);
    expect(site.lines).toContainEqual(expect.objectContaining({ level: 'error', code: 'MAPPING_UNREADABLE' }));
    renameSync(`${site.dir}-away`, site.dir);
    await reloader.reload('poll');
    expect(reloader.isValid()).toBe(true);
  });

  test('a folder that never could be read is one clear error', async () => {
    rmSync(site.dir, { recursive: true });
    await expect(site.start()).rejects.toMatchObject({ code: 'MAPPING_UNREADABLE' });
  });
});

describe('a file that is not there', () => {
  test('for a moment is not missed', async () => {
    site.write('tier.yaml', mappingText('first'));
    site.write('other.yaml', mappingText('first'));
    const reloader = await site.start();
    rmSync(join(site.dir, 'tier.yaml'));
    rmSync(join(site.dir, 'other.yaml'));
    const reloading = reloader.reload('file');
    setTimeout(() => {
      site.write('tier.yaml', mappingText('second'));
      site.write('other.yaml', mappingText('first'));
    }, 400);
    await reloading;
    expect(running(reloader)).toEqual({ tier: 'second', other: 'first' });
    expect((await site.receipt()).files.map(({ outcome }) => outcome)).toEqual(['accepted']);
  });

  test('for a second is deleted', async () => {
    site.write('tier.yaml', mappingText('first'));
    site.write('other.yaml', mappingText('first'));
    const reloader = await site.start();
    rmSync(join(site.dir, 'tier.yaml'));
    const startedAtMs = performance.now();
    await reloader.reload('file');
    expect(performance.now() - startedAtMs).toBeGreaterThan(990);
    expect(running(reloader)).toEqual({ other: 'first' });
    expect(await site.receipt()).toMatchObject({
      outcome: 'accepted',
      files: [{ file: 'tier.yaml', outcome: 'removed' }],
    });
  });

  test('is held while the rest of the folder never rests', async () => {
    site.write('tier.yaml', mappingText('first'));
    site.write('other.yaml', mappingText('first'));
    const reloader = await site.start();
    const writing = setInterval(() => site.write('other.yaml', mappingText(`t${Math.random()}`)), 10);
    const away = setInterval(() => {
      rmSync(join(site.dir, 'tier.yaml'), { force: true });
      setTimeout(() => site.write('tier.yaml', mappingText('first')), 20);
    }, 50);
    site.write('other.yaml', mappingText('second'));
    await reloader.reload('file');
    clearInterval(writing);
    clearInterval(away);
    expect(running(reloader)).toMatchObject({ tier: 'first' });
  });

  test('because the whole folder is away changes nothing', async () => {
    const real = join(site.root, 'v1');
    mkdirSync(real);
    writeFileSync(join(real, 'tier.yaml'), mappingText('first'));
    rmSync(site.dir, { recursive: true });
    symlinkSync(real, site.dir);
    const reloader = await site.start();
    renameSync(real, join(site.root, 'away'));
    expect(await reloader.reload('poll')).toBe(false);
    expect(running(reloader)).toEqual({ tier: 'first' });
    expect(reloader.isValid()).toBe(false);
  });
});
