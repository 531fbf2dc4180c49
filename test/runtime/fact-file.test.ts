import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LearnRequest } from '../../src/pipeline/learn/learn.ts';
import { checkFactFile, importFacts, openFactFile } from '../../src/runtime/fact-file.ts';
import { createFakeSource } from '../support/fake-source.ts';

const line = (n: number) => JSON.stringify({ storeCode: 'X', kind: 'wallet', key: `w-${n}`, value: { name: 'ann' } });
const source = createFakeSource();
const NO_INPUT = Readable.from([]);

function fileOf(content: string | Uint8Array): string {
  const dir = mkdtempSync(join(tmpdir(), 'pointsman-facts-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'facts.ndjson');
  writeFileSync(path, content);
  return path;
}

async function check(content: string | Uint8Array) {
  return checkFactFile(await openFactFile(fileOf(content), NO_INPUT), source);
}

describe('a file of facts', () => {
  it('may have blank lines, any line ends, a mark at its start and none at its end', async () => {
    expect(await check(`\ufeff${line(1)}\r\n\r\n  \n${line(2)}\n${line(3)}`)).toEqual({
      facts: 3,
      badLines: 0,
      lints: [],
    });
    expect(await check('')).toMatchObject({ facts: 0 });
  });

  it('is checked as a whole: every finding with its line', async () => {
    const bad = ['{"key":', '[]', '{"storeCode":"X","kind":"wallet","key":"w","valeu":{}}', '"\ufffd"'];
    const { facts, badLines, lints } = await check([line(1), ...bad, line(2)].join('\n'));
    expect([facts, badLines]).toEqual([2, 4]);
    expect(lints.map((lint) => `${lint.line}: ${lint.message}`)).toEqual([
      '2: it is not JSON',
      '3: it is not a JSON object',
      '4: it has an unknown field "valeu"; did you mean value?',
      '4: value is missing',
      '5: it is not UTF-8',
    ]);
  });

  it('keeps characters whole that stand across the parts in which it is read', async () => {
    const wide = JSON.stringify({ storeCode: 'X', kind: 'wallet', key: 'w', value: { name: 'é'.repeat(7_000) } });
    expect(await check(`${wide}\n`.repeat(20))).toMatchObject({ facts: 20, badLines: 0 });
  });

  it('that is of another kind does not fill the screen', async () => {
    const { badLines, lints } = await check('x\n'.repeat(3_000));
    expect([badLines, lints.length]).toEqual([3_000, 1_000]);
  });

  it.each<[string, () => string]>([
    ['is not there', () => '/nowhere/facts.ndjson'],
    ['is a folder', () => tmpdir()],
    ['is one endless line', () => fileOf(' '.repeat(1_200_000))],
  ])('that %s is an error', async (_what, path) => {
    const checking = checkFactFile(await openFactFile(path(), NO_INPUT), source);
    await expect(checking).rejects.toMatchObject({ code: 'CLI_USAGE' });
  });

  it('is learned in chunks, its bad lines left out', async () => {
    const lines = Array.from({ length: 1_200 }, (_, n) => (n === 7 ? 'bad' : line(n)));
    const file = await openFactFile(fileOf(lines.join('\n')), NO_INPUT);
    const asked: LearnRequest[] = [];
    const shown: number[] = [];
    const learn = async (request: LearnRequest) => {
      asked.push(request);
      return { applied: request.facts.length, repeated: 0, stale: 0 };
    };
    const learned = await importFacts(file, { source, writer: { learn }, onProgress: (n) => void shown.push(n) });
    expect(learned).toEqual({ applied: 1_199, repeated: 0, stale: 0 });
    expect(asked.map(({ facts }) => facts.length)).toEqual([500, 500, 199]);
    expect(shown).toEqual([500, 1_000, 1_199]);
  });

  it('may come from the input, and can be read again', async () => {
    const file = await openFactFile('-', Readable.from([Buffer.from(`${line(1)}\nbad`)]));
    for (const _ of [1, 2]) expect(await checkFactFile(file, source)).toMatchObject({ facts: 1, badLines: 1 });
    expect((await checkFactFile(file, source)).lints[0]?.file).toBe('(stdin)');
  });
});
