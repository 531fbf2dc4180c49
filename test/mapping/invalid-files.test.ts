import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/core/errors.ts';
import { compileText, places } from './fakes.ts';

const FOLDER = new URL('../fixtures/mappings/invalid/', import.meta.url);
const FILES = readdirSync(FOLDER).map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }));

describe('a mapping file with mistakes', () => {
  it('is shown in many kinds', () => {
    expect(FILES.length).toBeGreaterThan(25);
  });

  // The first line of each file says what is wrong with it; `# expect:` lines say where each finding stands.
  it.each(FILES)('$file is refused with every finding in its place', ({ file, text }) => {
    const compiled = compileText(text, file);
    const expected = [...text.matchAll(/^# expect: (.+)$/gm)].map(([, place]) => place);
    expect(places(compiled)).toEqual(expected);
    expect(compiled.mappings).toEqual([]);
  });

  it.each(FILES)('$file is told in one line each, with a remedy', ({ file, text }) => {
    for (const lint of compileText(text, file).lints) {
      expect(lint).toMatchObject({ file, severity: 'error' });
      expect(lint.message).toMatch(/^\S[^\n]*$/);
      expect(lint.remedy).toMatch(/^\S[^\n]*[.?:]$/);
    }
  });

  it('shows every kind of finding that a file alone can have', () => {
    const told = new Set(FILES.flatMap(({ file, text }) => compileText(text, file).lints.map(({ code }) => code)));
    // These need a disk, a size, a path check or a run.
    const elsewhere = [
      'MAPPING_UNREADABLE',
      'MAPPING_UNWRITABLE',
      'MAPPING_TOO_LARGE',
      'MAPPING_UNKNOWN_PATH',
      'MAPPING_TEST_FAILED',
    ];
    const codes = Object.keys(ERRORS).filter((code) => code.startsWith('MAPPING_') && !elsewhere.includes(code));
    expect([...told].sort()).toEqual(codes.sort());
  });
});
