import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../src/core/mapping.ts';
import { compileMappings } from '../../src/mapping/compile.ts';
import { fixText } from '../../src/mapping/fix-text.ts';
import { mappingContextOf } from '../../src/runtime/registry.ts';
import { defaultConfig } from '../../src/runtime/workbench.ts';

const context = mappingContextOf(defaultConfig('.'));
const GALLERY = readdirSync('mappings').map((file) => [file, readFileSync(`mappings/${file}`, 'utf8')] as const);

function compile(text: string) {
  const [compiled] = compileMappings([{ file: 'a-mapping.yaml', bytes: new TextEncoder().encode(text) }], context);
  return compiled ?? { lints: [], mappings: [] };
}

const lintsOf = (text: string) => compile(text).lints;

/** What a file does, wherever and with which blanks it is written. */
function meaning(text: string): string {
  const withoutPlace = (key: string, value: unknown) => {
    if (['version', 'line', 'column'].includes(key)) return undefined;
    return key === 'text' && typeof value === 'string' ? value.trim().replace(/\s+/g, ' ') : value;
  };
  return JSON.stringify(
    compile(text).mappings.map((mapping: Mapping) => ({ ...mapping, text: '' })),
    withoutPlace,
  );
}

/** As somebody writes it who has not heard of YAML: no quotes around formulas, no |, and two typing errors. */
function careless(text: string): string {
  return text
    .replace(/"(=[^"\n]*)"/g, '$1')
    .replace(/'(=(?:[^'\n]|'')*)'/g, (_, formula: string) => formula.replaceAll("''", "'"))
    .replace(/: \|-?\n +=/g, ': =')
    .replace(/(when|each|member): \|-?\n +/g, '$1: ')
    .replaceAll('$lowercase', '$lowrcase')
    .replace(/^ {2}customer_ids:/gm, '  custmer_ids:');
}

/** All but those that are one formula throughout, quoted nowhere. */
const REPAIRABLE = GALLERY.filter(([, text]) => lintsOf(careless(text)).length > 0);

describe.each(GALLERY)('the shipped %s', (_, text) => {
  it('has nothing to repair', () => {
    expect(fixText(text, lintsOf)).toEqual({ text, repaired: [] });
  });
});

it('holds mappings that a careless hand would break', () => {
  expect(REPAIRABLE.length).toBeGreaterThan(20);
});

describe.each(REPAIRABLE)('the shipped %s, written carelessly', (_, text) => {
  it('is repaired to what it was', () => {
    const { text: repaired } = fixText(careless(text), lintsOf);
    expect(lintsOf(repaired).map(({ code }) => code)).toEqual(lintsOf(text).map(({ code }) => code));
    expect(meaning(repaired)).toBe(meaning(text));
  });
});
