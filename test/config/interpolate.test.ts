import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate, type Reference } from '../../src/config/interpolate.ts';
import { createResolver } from '../../src/config/references.ts';

const env = { A: 'one', B: 'two', EMPTY: '', OTHER: '${A}', YAML: '{ x: [1, *y] } # no', constructor: undefined };
const files: Readonly<Record<string, string>> = {
  '/run/secret': 's3cret\n',
  '/run/windows': 's3cret\r\n',
  '/etc/pointsman/local': 'one\ntwo\n\n',
};
const resolve = createResolver({
  env,
  baseDir: '/etc/pointsman',
  readSecretFile(path) {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error('no such file: and a secret'), { code: 'ENOENT' });
    return content;
  },
});

describe('a text with references', () => {
  it.each([
    ['plain', 'plain'],
    ['${A}', 'one'],
    ['${A}-${B}:${A}', 'one-two:one'],
    ['a $ sign, $A and {A}', 'a $ sign, $A and {A}'],
    ['${UNSET:-fallback}', 'fallback'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${A:-fallback}', 'one'],
    ['${UNSET:-}', ''],
    ['${UNSET:-https://x.y:8080/z?a=b}', 'https://x.y:8080/z?a=b'],
    ['${EMPTY}', ''],
    ['${A:?must be set}', 'one'],
    ['$${A}', '${A}'],
    ['$$${A}', '$${A}'],
    ['$${A} ${A}', '${A} one'],
    ['${OTHER}', '${A}'],
    ['${YAML}', '{ x: [1, *y] } # no'],
    ['${file:/run/secret}', 's3cret'],
    ['${file:/run/windows}', 's3cret'],
    ['${file:local}', 'one\ntwo\n'],
  ])('%s becomes %j', (text, expected) => {
    expect(interpolate(text, resolve)).toEqual({ text: expected, misses: [] });
  });

  it.each([
    ['${UNSET}', 'CONFIG_UNRESOLVED', 'The variable UNSET is not set'],
    ['${UNSET:?ask the operator}', 'CONFIG_UNRESOLVED', 'The variable UNSET is not set: ask the operator'],
    ['${EMPTY:?ask}', 'CONFIG_UNRESOLVED', 'The variable EMPTY is not set: ask'],
    ['${UNSET:?}', 'CONFIG_UNRESOLVED', 'The variable UNSET is not set'],
    ['${constructor}', 'CONFIG_UNRESOLVED', 'The variable constructor is not set'],
    ['${__proto__}', 'CONFIG_UNRESOLVED', 'The variable __proto__ is not set'],
    ['${toString:?x}', 'CONFIG_UNRESOLVED', 'The variable toString is not set: x'],
    ['${file:/none}', 'CONFIG_UNRESOLVED', 'The file /none cannot be read (ENOENT)'],
    ['${file:none}', 'CONFIG_UNRESOLVED', 'The file /etc/pointsman/none cannot be read (ENOENT)'],
    ['${}', 'CONFIG_INVALID', expect.stringContaining('This is no reference')],
    ['${file:}', 'CONFIG_INVALID', expect.stringContaining('This is no reference')],
    ['${1A}', 'CONFIG_INVALID', expect.stringContaining('This is no reference')],
    ['${A-b}', 'CONFIG_INVALID', expect.stringContaining('This is no reference')],
    ['${ A }', 'CONFIG_INVALID', expect.stringContaining('This is no reference')],
    ['${A:-${B}}', 'CONFIG_INVALID', expect.stringContaining('cannot hold another')],
    ['${A', 'CONFIG_INVALID', expect.stringContaining('never closed')],
  ])('%s misses', (text, code, message) => {
    expect(interpolate(text, resolve).misses).toEqual([expect.objectContaining({ code, message })]);
  });

  it('reports every miss, in order', () => {
    const { misses } = interpolate('${X} ${A} ${Y:?why} ${', resolve);
    expect(misses.map((miss) => miss.written)).toEqual(['${X}', '${Y:?why}', '${']);
  });
});

describe('interpolation', () => {
  const literal = fc.string().filter((text) => !text.includes('$') && !text.includes('{'));
  const value = fc.oneof(fc.string(), fc.constantFrom('${A}', '$${', '$', '{', '}', '$&', '$1', '\n- x: {'));
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);

  it('joins literals and values and never reads a value again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, name, value)), literal, (pieces, end) => {
        const values = new Map(pieces.map(([, variable, held]) => [variable, held]));
        const text = pieces.map(([before, variable]) => `${before}\${${variable}}`).join('') + end;
        const expected = pieces.map(([before, variable]) => before + values.get(variable)).join('') + end;
        const lookUp = (reference: Reference) => {
          return { ok: true, text: (reference.kind === 'variable' && values.get(reference.name)) || '' } as const;
        };
        expect(interpolate(text, lookUp)).toEqual({ text: expected, misses: [] });
      }),
    );
  });

  it('keeps any text whose references are escaped', () => {
    const braces = fc.array(fc.constantFrom('${', 'x', '}', ' ', ':-')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(braces, (text) => {
        const escaped = text.replaceAll('${', () => '$${');
        expect(interpolate(escaped, resolve)).toEqual({ text, misses: [] });
      }),
    );
  });

  it('never throws', () => {
    const wild = fc
      .array(fc.oneof(fc.string(), fc.constantFrom('${', '}', '$', ':-', ':?', 'file:')))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(wild, (text) => {
        expect(interpolate(text, resolve).text).toEqual(expect.any(String));
      }),
    );
  });
});
