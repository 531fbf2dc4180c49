import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/transform/formula-runner.ts';
import { createGuard } from '../../src/transform/guard.ts';
import { loadLibrary } from '../../src/transform/library.ts';
import { compileFormula, compileProgram } from '../../src/transform/program.ts';
import { formula, inputOf, jobOf, mappingOf, requestsOf, runHere, yieldOf } from './support.ts';

describe('what a formula can reach', () => {
  it.each([
    'constructor',
    'data.constructor',
    '`__proto__`',
    'data.`__proto__`',
    'data.text.length',
    'data.text.constructor.constructor',
    '$lookup(data, "constructor")',
    '$lookup(data, "__proto__")',
    '$sum.implementation',
    '$spread($sum).implementation',
    '$toSeconds.implementation',
    'process',
    'globalThis',
    '$lookup($$, "toString")',
    '($pattern := /a/; $pattern.constructor)',
    'constructor.constructor("return 1")()',
  ])('is the event and nothing else: %s', async (text) => {
    const found = await yieldOf(text, { data: { text: 'x' } }).catch((error: Error) => error.message);
    expect(found === undefined || /TRANSFORM_ERROR/.test(String(found))).toBe(true);
  });

  it.each(['data.text("x")', '$sum.constructor("return 1")()', '$string.call()'])(
    'has no callable that is not a function of the language: %s',
    async (text) => {
      await expect(yieldOf(text, { data: { text: 'x' } })).rejects.toThrow('TRANSFORM_ERROR');
    },
  );
});

describe('a hostile event', () => {
  it('cannot plant a prototype', async () => {
    const body = '{"data":{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"name":"Ann"}}';
    const shape = { admin: '=data.admin', all: '=data', merged: '=$merge([data, {"x": 1}]).admin' };
    const [request] = requestsOf(await runHere(jobOf(mappingOf(shape), body)));
    expect(request).toEqual({ all: { constructor: { prototype: { admin: true } }, name: 'Ann' } });
    expect(({} as { readonly admin?: unknown }).admin).toBeUndefined();
  });

  it('cannot pass for a function', async () => {
    const body = {
      data: { _jsonata_lambda: true, thunk: true, body: { type: 'variable', value: '$' }, a: 1 },
      other: { _jsonata_function: true, implementation: 'x' },
    };
    const shape = { a: '=data.a', kind: '=$type(data)', called: '=$exists(other._jsonata_function)' };
    expect(requestsOf(await runHere(jobOf(mappingOf(shape), body)))).toEqual([{ a: 1, kind: 'object', called: false }]);
  });

  it("cannot pass for one of JSONata's own lists", async () => {
    const data = { outerWrapper: true, tupleStream: true, 0: 'planted', a: 1 };
    const shape = { a: '=data.($.a)', kept: '=data[a = 1].a', made: '=data.{"a": a}' };
    expect(requestsOf(await runHere(jobOf(mappingOf(shape), { data })))).toEqual([{ a: 1, kept: 1, made: { a: 1 } }]);
  });

  it('may use a key named __proto__ in a request, where it is a key like any other', async () => {
    const mapping = mappingOf(JSON.parse('{"__proto__": "=a", "b": 1}'));
    const [request] = requestsOf(await runHere(jobOf(mapping, { a: 1 })));
    expect(JSON.stringify(request)).toBe('{"__proto__":1,"b":1}');
  });
});

describe('one formula', () => {
  it.each([
    ['items{"n": 1}', '$count(items)', 0],
    ['$$ ~> |$$.data|{"name": "eve"}|', 'data.name', 'Ann'],
    ['list[]', '$keys(list[0])', undefined],
    ['($secret := 1; $secret)', '$secret', undefined],
    ['($sum := function($x) { 42 }; $sum([1]))', '$sum([1])', 1],
  ])('leaves no mark for the next: %s', async (first, second, expected) => {
    const body = { items: [], data: { name: 'Ann' }, list: [[1]] };
    const [request] = requestsOf(await runHere(jobOf(mappingOf({ one: `=${first}`, two: `=${second}` }), body)));
    expect((request as { readonly two?: unknown }).two).toEqual(expected);
  });

  it('leaves no mark on an element for the next part', async () => {
    const shape = { before: '=$item.n', mark: '=$$ ~> |$item|{"n": 9}|', after: '=$item.n' };
    const mapping = mappingOf(shape, { each: formula('[one, one]', 'each') });
    const requests = requestsOf(await runHere(jobOf(mapping, { one: { n: 1 } })));
    expect(requests).toMatchObject([
      { before: 1, after: 1 },
      { before: 1, after: 1 },
    ]);
  });

  it.each([
    '{} ~> |$sum|{"implementation": $uppercase}|',
    '{} ~> |$sum|{"signature": 1}|',
    '{} ~> |$sum|{"extra": 1}|',
    '{} ~> |$sum|{}, ["implementation"]|',
  ])('cannot rewrite a built-in function: %s', async (text) => {
    await yieldOf(text).catch(() => undefined);
    expect(await yieldOf('$sum([1, 2])')).toBe(3);
  });

  it('still may take built-ins apart in the ways of the language', async () => {
    expect(await yieldOf('$map(["a", "b"], $pad(?, 3, "-"))')).toEqual(['a--', 'b--']);
    expect(await yieldOf('$map([1, 2], $string)')).toEqual(['1', '2']);
    expect(await yieldOf('($add := $join(?, "+"); $add(["a", "b"]))')).toBe('a+b');
    expect(await yieldOf('$reduce([1, 2, 3], function($a, $b) { $a & $b })')).toBe('123');
    expect(await yieldOf('{"a": {"b": 1}} ~> |a|{"b": 2}|')).toEqual({ a: { b: 2 } });
  });
});

describe('one compiled program', () => {
  it('serves overlapping runs, each with its own clock, event and part', async () => {
    const guard = createGuard(5_000);
    const shape = {
      at: '=$millis()',
      now: '=$now()',
      id: '=$eventId()',
      who: '=who',
      days: '=$daysUntil("2026-03-01")',
    };
    const mapping = mappingOf(shape, { each: formula('[1, 2]', 'each') });
    const program = compileProgram(mapping, (each) => compileFormula(each, guard));
    const bench = { library: loadLibrary(), guard };
    const run = (day: number) => {
      const input = inputOf({ who: day }, { eventId: `e${day}`, clockMs: Date.UTC(2026, 1, day) });
      return runProgram(program, { input, lookups: [], trace: false }, bench);
    };
    const days = Array.from({ length: 20 }, (_, index) => index + 1);
    const results = await Promise.all(days.map(run));
    for (const [index, result] of results.entries()) {
      const day = index + 1;
      const at = Date.UTC(2026, 1, day);
      const common = { at, now: new Date(at).toISOString(), who: day, days: 29 - day };
      expect(requestsOf(result)).toEqual([
        { ...common, id: `e${day}` },
        { ...common, id: `e${day}:1` },
      ]);
    }
  });

  it('yields the same bytes every time', async () => {
    const mapping = mappingOf({ b: '=$sha256(a)', a: '=$now()', list: '=[3,1,2] ~> $sort()' });
    const first = await runHere(jobOf(mapping, { a: 'x' }));
    expect(await runHere(jobOf(mapping, { a: 'x' }))).toEqual(first);
  });
});
