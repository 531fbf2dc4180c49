import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, Scalar } from 'yaml';
import { Findings } from '../../src/mapping/findings.ts';
import { sourceOffset } from '../../src/mapping/source-offset.ts';
import { parseDocuments } from '../../src/mapping/yaml-documents.ts';
import type { YamlScalar } from '../../src/mapping/yaml-node.ts';

function scalarIn(text: string): YamlScalar {
  const findings = new Findings('x.yaml', text);
  const root = parseDocuments(text, findings)[0]?.root;
  const node = root?.kind === 'map' ? root.entries.at(-1)?.value : null;
  if (node?.kind !== 'scalar') throw new Error(`no scalar in ${text}: ${JSON.stringify(findings.sorted())}`);
  return node;
}

function written(value: string, type: Scalar.Type): string {
  const document = parseDocument('before: "é#"\nouter: 1\n');
  const scalar = new Scalar(value);
  scalar.type = type;
  document.set('key', scalar);
  return document.toString({ lineWidth: 30 });
}

describe('the place of a character', () => {
  it.each([
    ['plain', 'a: =x+y\n', 2, 5],
    ['single quotes', "a: '=''x''+y'\n", 4, 10],
    ['double quotes', 'a: "=\\"\\u0041\\x41+y"\n', 4, 17],
    ['literal', 'a: | # note\n  =x\n    +y\n', 5, 21],
    ['literal with an indentation of its own', 'a: |2-\n    =x\n', 3, 12],
    ['literal after a blank line', 'a: |\n\n  =x\n', 2, 9],
    ['folded', 'a: >\n  =x\n  +y\n', 3, 12],
    ['plain over lines', 'a: =x\n  +y\n', 3, 8],
    ['double quotes over lines', 'a: "=x \\\n    +y"\n', 3, 13],
  ])('is found in %s', (_, text, index, offset) => {
    expect(sourceOffset(scalarIn(text), text, index)).toBe(offset);
  });

  it('is the place of the same character, however the value is written', () => {
    const word = fc.stringMatching(/^[a-z0-9$=.&()'"+\\]{1,12}$/);
    const value = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => `=${words.join(' ')}`);
    const styles = fc.constantFrom<Scalar.Type>(
      'PLAIN',
      'QUOTE_SINGLE',
      'QUOTE_DOUBLE',
      'BLOCK_LITERAL',
      'BLOCK_FOLDED',
    );
    fc.assert(
      fc.property(value, styles, (formula, style) => {
        const text = written(formula, style);
        const node = scalarIn(text);
        for (let index = 0; index < formula.length; index++) {
          const found = text.slice(sourceOffset(node, text, index));
          const character = node.style === 'double' ? found.replace(/^\\/, '')[0] : found[0];
          if (formula[index] !== ' ') expect(character).toBe(formula[index]);
        }
      }),
    );
  });

  it('never lies outside the value', () => {
    const text = 'a: =x\nb: 1\n';
    expect(sourceOffset(scalarIn('a: =x\n'), text, 99)).toBe(5);
  });
});
