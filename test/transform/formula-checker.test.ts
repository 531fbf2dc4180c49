import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';
import { HIDDEN_FUNCTIONS, JSONATA_FUNCTIONS } from '../../src/transform/function-names.ts';

const { check } = createFormulaChecker();

describe('a sound formula', () => {
  it.each([
    'data.customer.email',
    '$lowercase(data.customer.email)',
    "data.level.levelMoveUp ? 'up' : 'down'",
    '$toSeconds(createdAt)',
    'createdAt.$daysUntil()',
    '$eventId() & $sha256(a) & $recall("wallet", data.accountId).email',
    '$now() & $millis()',
    '$item.name & $index & $ & $$.a',
    '($x := 1; $y := $x + 1; $x + $y)',
    '($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(5))',
    '($even := function($n) { $odd($n) }; $odd := function($n) { $n }; $even(1))',
    '($f := function($a) { ($b := $a; $b) }; $f(1))',
    'items@$i#$n.{"a": $i.name, "b": $n}',
    'items#$n[$n < 2]',
    'items[price > 1]#$n.{"n": $n, "p": price}',
    'orders@$o.lines@$l[$o.id = $l.id].{"id": $o.id}',
    'items^(>price, name).name',
    '$map(items, function($v, $i) { $v & $i })',
    '$map(items, $uppercase)',
    'items ~> $filter(function($v) { $v > 1 }) ~> $sum',
    '($trimmed := $trim ~> $uppercase; $trimmed(name))',
    '($third := $substring(?, 2); $third("abc"))',
    '$ ~> |data|{"a": 1}, ["b"]|',
    'items{name: $sum(price)}',
    '/* why */ a and b or c in [1..3]',
    'items.%.name',
    '`odd name`.`and`',
    'a ?: b ?? c',
  ])('has no faults: %s', (text) => {
    expect(check(text)).toEqual([]);
  });
});

describe('a syntax fault', () => {
  it.each([
    ['a.b(', 4],
    ['a ? ', 4],
    ['a b', 2],
    ["x = 'it's'", 8],
    ['"open', 5],
    ['{"a" 1}', 5],
    ['1 +', 3],
    ['(a', 2],
    ['a)', 1],
    ['/[/', 3],
    ['/(*)/', 0],
    ['a & /(b)(?<c)/', 4],
    ['', 0],
    ['  \n ', 0],
    ['a.1', 2],
    ['function($a)<zz>{1', 18],
  ])('is found with its place: %s at %d', (text, offset) => {
    expect(check(text)).toEqual([
      { code: 'MAPPING_FORMULA_SYNTAX', severity: 'error', offset, message: expect.any(String) },
    ]);
  });

  it('is one line without internals', () => {
    expect(check('a ? ')[0]?.message).toBe('Unexpected end of expression');
    expect(check('{"a" b')[0]?.message).toBe('Expected ":", got "b"');
  });

  it('of nesting beyond reason is a fault, not a crash', () => {
    expect(check('('.repeat(16_000))).toMatchObject([{ code: 'MAPPING_FORMULA_SYNTAX' }]);
    expect(check(`${'['.repeat(8_000)}${']'.repeat(8_000)}`).length).toBeLessThanOrEqual(1);
    expect(check(`1${'+1'.repeat(8_000)}`).length).toBeLessThanOrEqual(1);
  });
});

describe('an unknown name', () => {
  it.each([
    ['$lowercas(a)', 0, 'Unknown function $lowercas(). Did you mean $lowercase?'],
    ['a & $toSecond(b)', 4, 'Unknown function $toSecond(). Did you mean $toSeconds?'],
    ['$zzz(a)', 0, 'Unknown function $zzz().'],
    ['$foo', 0, 'Unknown variable $foo.'],
    ['a.$foo.b', 2, 'Unknown variable $foo.'],
    ['$items.name', 0, 'Unknown variable $items. Did you mean $item?'],
    ['($total := 1; $totl)', 14, 'Unknown variable $totl. Did you mean $total?'],
    ['{"a": ($x := 1; $x), "b": $x}', 26, 'Unknown variable $x.'],
    ['function($a) { $a } & $a', 22, 'Unknown variable $a.'],
    ['$map(a, $uppercse)', 8, 'Unknown variable $uppercse. Did you mean $uppercase?'],
    ['a ~> $sume', 5, 'Unknown variable $sume. Did you mean $sum?'],
    ['items@$i.name & $i', 16, 'Unknown variable $i.'],
    ['lowercase(a)', 0, "lowercase() is no function: a function's name starts with $. Did you mean $lowercase()?"],
    ['a.b.uppercase()', 4, "uppercase() is no function: a function's name starts with $. Did you mean $uppercase()?"],
    ['$substrin(?, 1)', 0, 'Unknown function $substrin(). Did you mean $substring?'],
  ])('is found with its place: %s', (text, offset, message) => {
    const faults = check(text);
    expect(faults).toMatchObject([{ code: 'MAPPING_UNKNOWN_FUNCTION', offset, message }]);
  });

  it.each(HIDDEN_FUNCTIONS)('is $%s, which no formula may use', (name) => {
    const message = `$${name} is not available: the same event must always yield the same request.`;
    expect(check(`1 + $${name}(a)`)).toEqual([
      { code: 'MAPPING_UNKNOWN_FUNCTION', severity: 'error', offset: 4, message },
    ]);
    expect(check(`$map(a, $${name})`)).toHaveLength(1);
  });

  it('is found as often as it stands, in order', () => {
    expect(check('$one(a) & $two & ($three; $four)').map((fault) => fault.offset)).toEqual([0, 10, 18, 26]);
  });
});

describe('the length of a formula', () => {
  it('is at most 16 kB of UTF-8', () => {
    expect(check(`"${'x'.repeat(16 * 1024 - 2)}"`)).toEqual([]);
    expect(check(`"${'x'.repeat(16 * 1024 - 1)}"`)).toMatchObject([{ code: 'MAPPING_TOO_LARGE', offset: 0 }]);
    expect(check(`"${'ż'.repeat(9_000)}"`)).toMatchObject([{ code: 'MAPPING_TOO_LARGE' }]);
  });
});

describe('the list of functions', () => {
  it('is what this version of JSONata offers, less the hidden ones', () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8');
    const bound = [...source.matchAll(/(?:staticFrame|environment)\.bind\('(\w+)', defineFunction/g)].map(
      (match) => match[1],
    );
    expect([...JSONATA_FUNCTIONS, ...HIDDEN_FUNCTIONS].sort()).toEqual([...new Set(bound)].sort());
  });
});
