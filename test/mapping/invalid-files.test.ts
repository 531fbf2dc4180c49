import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/core/errors.ts';
import { compileText, fakeContext, places } from './fakes.ts';
import { realContext } from './real-context.ts';

const FOLDER = new URL('../fixtures/mappings/invalid/', import.meta.url);
const FILES = readdirSync(FOLDER).map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }));

/** A small world of its own, unless the file asks for the real one. */
function compiled(text: string, file: string) {
  const isReal = text.includes('\n# checked against: Open Loyalty and Bloomreach\n');
  return compileText(text, file, isReal ? realContext : fakeContext);
}

describe('a mapping file with mistakes', () => {
  it('is shown in many kinds', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(90);
  });

  // The first line of each file says what is wrong with it; `# expect:` lines say where each finding stands.
  it.each(FILES)('$file has every finding in its place, and is refused unless they are warnings', ({ file, text }) => {
    const { lints, mappings } = compiled(text, file);
    const expected = [...text.matchAll(/^# expect: (.+)$/gm)].map(([, place]) => place);
    expect(places({ lints })).toEqual(expected);
    expect(lints).not.toEqual([]);
    expect(mappings.length > 0).toBe(lints.every(({ severity }) => severity === 'warning'));
  });

  it.each(FILES)('$file is told in one line each, with a remedy', ({ file, text }) => {
    for (const lint of compiled(text, file).lints) {
      expect(lint).toMatchObject({ file });
      expect(lint.message).toMatch(/^\S[^\n]*$/);
      expect(lint.remedy).toMatch(/^\S[^\n]*[.?:]$/);
    }
  });

  it('shows every kind of finding that a file alone can have', () => {
    const told = new Set(FILES.flatMap(({ file, text }) => compiled(text, file).lints.map(({ code }) => code)));
    // These need a disk, a size or a run.
    const elsewhere = ['MAPPING_UNREADABLE', 'MAPPING_UNWRITABLE', 'MAPPING_TOO_LARGE', 'MAPPING_TEST_FAILED'];
    const codes = Object.keys(ERRORS).filter((code) => code.startsWith('MAPPING_') && !elsewhere.includes(code));
    expect([...told].sort()).toEqual(codes.sort());
  });
});
