import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { fieldChanges } from '../../../src/pipeline/compare/field-changes.ts';

const pairs: readonly (readonly [
  what: string,
  JsonObject,
  JsonObject,
  readonly (readonly [string, (Json | undefined)?, (Json | undefined)?])[],
])[] = [
  ['nothing', { a: { b: [1, null] } }, { a: { b: [1, null] } }, []],
  ['a value', { a: { b: 1 } }, { a: { b: '1' } }, [['a.b', 1, '1']]],
  [
    'a renamed key',
    { p: { old: 1, kept: 2 } },
    { p: { kept: 2, new: 1 } },
    [
      ['p.old', 1],
      ['p.new', undefined, 1],
    ],
  ],
  [
    'an element',
    { l: [1, 2] },
    { l: [1, 3, 4] },
    [
      ['l[1]', 2, 3],
      ['l[2]', undefined, 4],
    ],
  ],
  ['a value that became an object', { a: 1 }, { a: { b: 1 } }, [['a', 1, { b: 1 }]]],
  ['an object that is new', {}, { a: { b: 1 } }, [['a.b', undefined, 1]]],
  ['null beside nothing', { a: null }, {}, [['a', null, undefined]]],
  ['a list that became an object', { a: [] }, { a: {} }, [['a', [], {}]]],
  ['an empty object', {}, { a: {} }, [['a', undefined, {}]]],
];

describe('the changes of fields', () => {
  it.each(pairs)('tell %s', (_what, before, after, expected) => {
    const found = fieldChanges(before, after);
    expect(found).toEqual(expected.map(([path, left, right]) => ({ path, before: left, after: right })));
  });

  it('are none exactly between equal values, and mirror each other', () => {
    const value = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.jsonValue({ maxDepth: 3 }),
    ) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(value, value, (left, right) => {
        const equal = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
        expect(fieldChanges(left, right).length === 0).toBe(equal);
        expect(fieldChanges(right, left)).toHaveLength(fieldChanges(left, right).length);
      }),
    );
  });
});

function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]): [string, Json] => [key, sorted(member)])
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
