import { describe, expect, it } from 'vitest';
import type { Lint } from '../../src/core/lint.ts';
import { formatLint } from '../../src/mapping/format-lint.ts';

const LINT: Lint = {
  file: 'mappings/a.yaml',
  line: 2,
  column: 5,
  severity: 'error',
  code: 'MAPPING_UNKNOWN_DESTINATION',
  message: 'No destination "blomreach" is configured',
  remedy: 'Did you mean bloomreach?',
};

describe('a finding', () => {
  it('is shown with its line, a caret and the remedy', () => {
    expect(formatLint(LINT, 'event: x\nto: blomreach.event\n')).toBe(
      [
        'mappings/a.yaml:2:5: error MAPPING_UNKNOWN_DESTINATION No destination "blomreach" is configured',
        '  to: blomreach.event',
        '      ^',
        '  remedy: Did you mean bloomreach?',
      ].join('\n'),
    );
  });

  it.each([
    ['there is no text', null],
    ['the line is empty', 'a\n\nb'],
    ['the text has changed', 'a'],
  ])('goes without the line where %s', (_, text) => {
    expect(formatLint(LINT, text).split('\n')).toHaveLength(2);
  });

  it('points at the column behind tabs and characters of two code units', () => {
    const [, source, caret] = formatLint({ ...LINT, line: 1, column: 6 }, '\t"😀"x').split('\n');
    expect(source).toBe('  \t"😀"x');
    expect(caret).toBe('  \t   ^');
  });

  it('shows the part of a long line that matters', () => {
    const lines = formatLint({ ...LINT, line: 1, column: 5001 }, `${'a'.repeat(5000)}X${'b'.repeat(5000)}`).split('\n');
    expect(lines[1]?.length).toBeLessThan(200);
    expect(lines[1]?.[lines[2]?.indexOf('^') ?? 0]).toBe('X');
  });

  it('lets no control characters reach the terminal', () => {
    const shown = formatLint({ ...LINT, line: 1, message: 'a\u001b[2Jb' }, 'x: \u001b]0;gotcha\u0007\u202e');
    for (const control of ['\u001b', '\u0007', '\u202e']) expect(shown).not.toContain(control);
  });
});
