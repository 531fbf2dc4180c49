import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from '../../src/runtime/replace-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pointsman-replace-'));
  path = join(dir, 'a.yaml');
  writeFileSync(path, 'old');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const replace = () => replaceFile({ path, before: bytes('old'), after: bytes('new') });

describe('replacing a file', () => {
  it('keeps its mode and leaves nothing else behind', async () => {
    chmodSync(path, 0o666);
    await replace();
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o666);
    expect(readdirSync(dir)).toEqual(['a.yaml']);
  });

  it('keeps a link a link, and replaces what it leads to', async () => {
    const target = join(dir, 'target.yaml');
    writeFileSync(target, 'old');
    rmSync(path);
    symlinkSync('target.yaml', path);
    await replace();
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('new');
  });

  it.each([
    ['is read-only', () => chmodSync(path, 0o444), 'it is read-only'],
    ['has changed meanwhile', () => writeFileSync(path, 'newer'), 'it has changed since it was read'],
    ['is gone', () => rmSync(path), 'ENOENT'],
  ])('refuses one that %s, and says so', async (_, spoil, why) => {
    spoil();
    const entries = readdirSync(dir);
    await expect(replace()).rejects.toMatchObject({
      code: 'MAPPING_UNWRITABLE',
      message: expect.stringContaining(why),
    });
    expect(readdirSync(dir)).toEqual(entries);
  });
});
