import { expect, it } from 'vitest';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';

const { check } = createFormulaChecker();

it.each([
  ['IF(a > 1, "big", "small")', 0, "Write condition ? 'yes' : 'no', the whole formula in quotes."],
  ['IF(a > 1; "big"; "small")', 8, "Write condition ? 'yes' : 'no', the whole formula in quotes."],
  ['$if(a > 1, "big", "small")', 0, "Write condition ? 'yes' : 'no', the whole formula in quotes."],
  ['a & concatenate("b", c)', 4, "Join texts with &: 'Dear ' & name."],
  ['AND(a, b)', 0, 'Write a and b.'],
  ['a AND b', 2, 'Write and.'],
  ['a OR b', 2, 'Write or.'],
  ['ISBLANK(a)', 0, 'Write $not($exists(field)).'],
  ['VLOOKUP(a, b, 2)', 0, "Write $lookup({'Gold': 20, 'Silver': 10}, key)."],
  ['$round(a; 2)', 8, 'Write , instead of ;.'],
  ['a * 1,5', 5, 'Write 1.5, not 1,5.'],
  ['a > 100,5 and b', 7, 'Write 1.5, not 1,5.'],
  ['a * 10%', 6, 'Write 0.1 instead of 10%.'],
  ['a^2', 1, 'Write $power(number, 2) instead of number^2.'],
  ['a & “b c”', 7, "Write ' on both sides."],
  ['{{ a.b }}', 7, 'Write the formula without {{ and }}.'],
])('what a spreadsheet would take is told what it is here: %s', (text, offset, remedy) => {
  expect(check(text)).toEqual([expect.objectContaining({ offset, remedy })]);
});

it.each(['$round(1, 5)', '[1,5]', '($a := 1; $a)', 'items^(price)', 'items.%.name', '{"a": {"b": c}}', 'left & right'])(
  'what only looks like a habit has no fault: %s',
  (text) => {
    expect(check(text)).toEqual([]);
  },
);

it('a name that begins like an operator is no habit', () => {
  expect(check('a ORDER b')).toEqual([expect.not.objectContaining({ remedy: 'Write or.' })]);
});
