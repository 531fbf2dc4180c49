import fc from 'fast-check';
import type { Json } from '../../../src/core/json.ts';

const NAMES = [
  'a',
  'b',
  'c',
  'items',
  '`odd name`',
  'constructor',
  '`__proto__`',
  '`1`',
  'tupleStream',
  'outerWrapper',
];
const KEYS = NAMES.map((name) => name.replaceAll('`', ''));

const scalar = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('', 'x', 'Ann', ' two  words ', 'Zażółć', '🙂', '12', '2026-02-11T09:30:00.25+01:00'),
  },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 2, -1, 0.1, 1.5, Number.MAX_SAFE_INTEGER + 2, 1e300) },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
);

/** Events: missing members, lists in lists, lists of one and of none, nulls, huge numbers. */
export const documents = fc.letrec<{ value: Json; object: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
    fc.array(tie('object'), { minLength: 1, maxLength: 3 }),
  ),
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 5 }) as fc.Arbitrary<Json>,
})).object;

const literal = fc.oneof(
  fc.constantFrom(
    '"x"',
    '""',
    "'Ann'",
    '0',
    '1',
    '2',
    '1.5',
    '-1',
    'true',
    'false',
    'null',
    '[]',
    '[1,2]',
    '{}',
    '1e300',
  ),
  fc.constantFrom('"2026-02-11T09:30:00+01:00"', '"[Y0001]-[M01]"', '1770798600000'),
);

const FUNCTIONS: readonly (readonly [name: string, fewest: number, most: number])[] = [
  ['lowercase', 0, 1],
  ['uppercase', 1, 1],
  ['trim', 0, 1],
  ['length', 0, 1],
  ['string', 0, 2],
  ['number', 0, 1],
  ['substring', 1, 3],
  ['substringBefore', 1, 2],
  ['substringAfter', 2, 2],
  ['contains', 1, 2],
  ['split', 1, 3],
  ['replace', 2, 4],
  ['join', 1, 2],
  ['pad', 2, 3],
  ['abs', 0, 1],
  ['floor', 1, 1],
  ['ceil', 1, 1],
  ['round', 1, 2],
  ['power', 2, 2],
  ['sqrt', 1, 1],
  ['sum', 1, 1],
  ['count', 0, 1],
  ['max', 1, 1],
  ['min', 1, 1],
  ['average', 1, 1],
  ['exists', 1, 1],
  ['not', 0, 1],
  ['boolean', 0, 1],
  ['type', 0, 1],
  ['keys', 0, 1],
  ['merge', 1, 1],
  ['lookup', 1, 2],
  ['append', 2, 2],
  ['reverse', 1, 1],
  ['now', 0, 1],
  ['millis', 0, 0],
  ['toMillis', 0, 1],
  ['fromMillis', 1, 3],
  ['toSeconds', 0, 1],
  ['daysUntil', 0, 1],
  ['memberId', 0, 1],
  ['eventId', 0, 0],
  ['sha256', 0, 1],
  ['encodeUrlComponent', 1, 1],
  ['decodeUrl', 1, 1],
  ['base64encode', 1, 1],
  ['base64decode', 1, 1],
  ['formatNumber', 2, 2],
  ['formatBase', 1, 2],
  ['error', 0, 1],
];

const OPERATORS = ['+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', 'and', 'or', 'in', '?:', '??'];

/** Formulas, most of them in the fragment, some of them failing. */
export const formulas = fc.letrec<Record<'any' | 'path' | 'step' | 'predicate' | 'call', string>>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literal,
    tie('path'),
    tie('path'),
    tie('call'),
    fc
      .tuple(tie('any'), fc.constantFrom(...OPERATORS), tie('any'))
      .map(([left, name, right]) => `(${left}) ${name} (${right})`),
    fc.tuple(tie('any'), tie('any'), tie('any')).map(([test, then, other]) => `(${test}) ? ${then} : (${other})`),
    fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .tuple(fc.constantFrom('k', '2', '__proto__'), tie('any'), tie('any'))
      .map(([key, one, two]) => `{"${key}": ${one}, "1": ${two}}`),
    fc.tuple(tie('any'), tie('any')).map(([bound, then]) => `($v := ${bound}; $w := $v; [${then}, $w])`),
    fc.tuple(tie('any'), tie('step')).map(([bound, step]) => `($v := ${bound}; $v.${step})`),
    tie('any').map((operand) => `-(${operand})`),
    fc.tuple(tie('any'), tie('predicate')).map(([value, predicate]) => `(${value})[${predicate}]`),
  ),
  path: fc
    .tuple(fc.constantFrom('', '', '$.', '$$.', '$item.'), fc.array(tie('step'), { minLength: 1, maxLength: 4 }))
    .map(([head, steps]) => head + steps.join('.')),
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...NAMES),
    fc.constantFrom(...NAMES),
    fc.tuple(fc.constantFrom(...NAMES), tie('predicate')).map(([name, predicate]) => `${name}[${predicate}]`),
    fc.tuple(tie('any'), tie('predicate')).map(([value, predicate]) => `(${value})[${predicate}]`),
    tie('any').map((value) => `(${value})`),
    tie('any').map((value) => `{"s": ${value}}`),
    tie('call'),
  ),
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      '0',
      '1',
      '-1',
      '2.5',
      'true',
      '[0,1]',
      '[[0..1]]'.slice(1, -1),
      '"x"',
      "a = 'x'",
      'b > 1',
      'c',
      '$ = 1',
    ),
    tie('any'),
  ),
  call: fc
    .tuple(fc.constantFrom(...FUNCTIONS), fc.array(tie('any'), { minLength: 4, maxLength: 4 }), fc.nat(3))
    .map(
      ([[name, fewest, most], args, more]) => `$${name}(${args.slice(0, Math.min(most, fewest + more)).join(', ')})`,
    ),
})).any;
