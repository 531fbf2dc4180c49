import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/core/json.ts';
import { hasErrors, type Lint } from '../../src/core/lint.ts';

const warning: Lint = {
  file: 'a.yaml',
  line: 1,
  column: 1,
  severity: 'warning',
  code: 'MAPPING_UNKNOWN_PATH',
  message: 'm',
  remedy: 'r',
};

describe('findings', () => {
  it('refuse a file only when one of them is an error', () => {
    expect(hasErrors([])).toBe(false);
    expect(hasErrors([warning, warning])).toBe(false);
    expect(hasErrors([warning, { ...warning, severity: 'error' }])).toBe(true);
  });
});

describe('a JSON object', () => {
  it.each([
    [{}, true],
    [[], false],
    [null, false],
    ['{}', false],
    [1, false],
    [undefined, false],
  ])('%j: %j', (value, expected) => {
    expect(isJsonObject(value)).toBe(expected);
  });
});
