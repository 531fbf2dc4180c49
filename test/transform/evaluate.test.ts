import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import {
  expressionOf,
  formula,
  jobOf,
  mappingOf,
  partOf,
  requestsOf,
  runHere,
  type Shape,
  yieldOf,
} from './support.ts';

const requestOf = async (shape: Shape, body: Json = {}): Promise<unknown> =>
  requestsOf(await runHere(jobOf(mappingOf(shape), body)))[0];

describe('a template', () => {
  it('keeps literals, evaluates formulas and leaves keys out that yield nothing', async () => {
    const shape = {
      type: 'sale',
      nothing: null,
      list: [1, '=a', '=absent', '=absentToo'],
      deep: { a: '=a', none: '=absent', nil: '=null', empty: {} },
    };
    const part = partOf(await runHere(jobOf(mappingOf(shape), { a: 'A' })));
    expect(part).toEqual({
      kind: 'request',
      request: { type: 'sale', nothing: null, list: [1, 'A'], deep: { a: 'A', empty: {} } },
      emptyKeys: ['list[2]', 'list[3]', 'deep.none', 'deep.nil'],
      member: null,
      values: [],
    });
  });

  it('takes null members out of the event and leaves null elements in', async () => {
    const body = { a: null, b: { c: null, d: [null, { e: null, f: 1 }] } };
    expect(await requestOf({ keys: '=$keys(b)', d: '=b.d', has: '=$exists(a)' }, body)).toEqual({
      keys: 'd',
      d: [null, { f: 1 }],
      has: false,
    });
  });

  it('yields plain JSON for sequences', async () => {
    const body = { items: [{ n: 1 }, { n: 2 }] };
    expect(
      await requestOf({ a: '=items.n', b: '=items[0].n', c: '=items[n=1].n[]', d: '=items{$string(n): n}' }, body),
    ).toEqual({ a: [1, 2], b: 1, c: [1], d: { 1: 1, 2: 2 } });
  });

  it.each([
    ['$sum', 'yielded a function'],
    ['function($x) { $x }', 'yielded a function'],
    ['{"a": [1, $sum]}', 'yielded a function'],
    ['/a+/', 'yielded a function'],
    ['1/0', 'Infinity'],
    ['$toMillis("2026-13-01")', 'NaN'],
    ['$ ~> |$|{"self": $}|', 'nested more than 64 levels'],
    ['1 + "a"', 'JSONata T2002 at character 3'],
    ['$error("no level " & level)', 'no level 7 (JSONata D3137'],
    ['($f := function($n) { 1 + $f($n) }; $f(1))', 'Stack overflow'],
    ['[1..200000]', 'maximum sequence length|D2015'],
  ])('refuses %s', async (text, message) => {
    const part = partOf(await runHere(jobOf(mappingOf({ deep: { key: `=${text}` } }), { level: 7 })));
    expect(part).toMatchObject({ kind: 'failed', code: 'TRANSFORM_ERROR', path: 'deep.key' });
    expect(part).toHaveProperty('message', expect.stringMatching(message.replaceAll(/[()]/g, '.')));
  });

  it('groups long lists', async () => {
    const items = Array.from({ length: 700 }, (_, id) => ({ id: `i${id}` }));
    expect(Object.keys((await yieldOf('items{id: $uppercase(id) & "!"}', { items })) as object)).toHaveLength(700);
  });

  it('gives back any JSON that an event carries, less its null members', async () => {
    const withoutNullMembers = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(withoutNullMembers);
      if (typeof value !== 'object' || value === null) return value;
      const kept = Object.entries(value).filter(([key, member]) => member !== null && key !== '__proto__');
      return Object.fromEntries(kept.map(([key, member]) => [key, withoutNullMembers(member)]));
    };
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 5 }), async (value) => {
        const data = JSON.parse(JSON.stringify(value)) as Json;
        const expected = withoutNullMembers(data) ?? undefined;
        expect(await yieldOf('$$.data', { data })).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an expression', () => {
  it('makes the request', async () => {
    const result = await runHere(jobOf(expressionOf('{"a": b, "gone": absent, "nil": null}'), { b: 1 }));
    expect(requestsOf(result)).toEqual([{ a: 1, nil: null }]);
  });

  it.each([
    ['1', 'a number'],
    ['"text"', 'a string'],
    ['[1,2]', 'a list of 2'],
    ['absent', 'nothing'],
    ['null', 'nothing'],
  ])('must yield an object, not %s', async (text, kind) => {
    expect(partOf(await runHere(jobOf(expressionOf(text))))).toEqual({
      kind: 'failed',
      code: 'TRANSFORM_NOT_OBJECT',
      message: `The transform yielded ${kind} instead of an object.`,
      path: 'transform',
    });
  });
});

describe('the size of a request', () => {
  it('is at most 256 k characters', async () => {
    const fits = { a: 'x'.repeat(262_144 - 8) };
    expect(partOf(await runHere(jobOf(mappingOf({ a: '=a' }), fits)))).toMatchObject({ kind: 'request' });
    for (const body of [{ a: `${fits.a}xx` }, { a: 'x'.repeat(1_000_000) }]) {
      expect(partOf(await runHere(jobOf(mappingOf({ a: '=a' }), body)))).toMatchObject({ code: 'TRANSFORM_TOO_LARGE' });
    }
  });

  it('is found out before a value that shares its parts becomes text', async () => {
    const doubling = '($f := function($a, $n) { $n = 0 ? $a : $f([[$a],[$a]], $n - 1) }; $f([1], 40))';
    expect(partOf(await runHere(jobOf(mappingOf({ a: `=${doubling}` }))))).toMatchObject({
      code: 'TRANSFORM_TOO_LARGE',
    });
  });
});

describe('when', () => {
  it.each([
    ['level.up', true],
    ['level.down', false],
    ['absent', false],
    ['0', false],
    ['""', false],
    ['"false"', true],
    ['[]', false],
    ['[0]', false],
    ['[0, 1]', true],
    ['{}', false],
    ['$sum', false],
  ])('%s is as true as in JSONata: %s', async (text, holds) => {
    const job = jobOf(mappingOf({}, { when: formula(text, 'when') }), { level: { up: true, down: false } });
    expect((await runHere(job)).kind).toBe(holds ? 'parts' : 'skipped');
  });

  it('fails the job when it fails', async () => {
    const job = jobOf(mappingOf({}, { when: formula('1 + "a"', 'when') }));
    expect(await runHere(job)).toMatchObject({ kind: 'failed', code: 'TRANSFORM_ERROR', path: 'when' });
  });
});

describe('each', () => {
  const eachOf = (each: string, shape: Shape = { item: '=$item', at: '=$index' }) =>
    mappingOf(shape, { each: formula(each, 'each') });

  it('makes one part per element, in order, null elements too', async () => {
    const result = await runHere(jobOf(eachOf('list'), { list: ['a', null, 'c'] }));
    expect(requestsOf(result)).toEqual([{ item: 'a', at: 0 }, { at: 1 }, { item: 'c', at: 2 }]);
  });

  it('takes what is no array as one element', async () => {
    expect(requestsOf(await runHere(jobOf(eachOf('one'), { one: { a: 1 } })))).toEqual([{ item: { a: 1 }, at: 0 }]);
  });

  it.each(['absent', '[]', 'null', 'list[n > 5]'])('skips when there is nothing: %s', async (each) => {
    const result = await runHere(jobOf(eachOf(each), { list: [{ n: 1 }] }));
    expect(result).toEqual({ kind: 'skipped', reason: 'empty', values: [] });
  });

  it('makes at most 500 parts', async () => {
    const fits = await runHere(jobOf(eachOf('[1..500]')));
    expect(requestsOf(fits)).toHaveLength(500);
    expect(await runHere(jobOf(eachOf('[1..501]')))).toMatchObject({
      kind: 'failed',
      code: 'TRANSFORM_TOO_MANY_PARTS',
      path: 'each',
    });
  });

  it('lets one part fail alone', async () => {
    const result = await runHere(jobOf(eachOf('["1", "x", "3"]', { n: '=$number($item)' })));
    expect(requestsOf(result)).toEqual([{ n: 1 }, 'TRANSFORM_ERROR', { n: 3 }]);
  });

  it('fails the job when it fails or yields a function', async () => {
    expect(await runHere(jobOf(eachOf('1 + "a"')))).toMatchObject({ kind: 'failed', path: 'each' });
    expect(await runHere(jobOf(eachOf('$sum')))).toMatchObject({ kind: 'failed', path: 'each' });
  });

  it('binds nothing to $item and $index without it', async () => {
    expect(await requestOf({ item: '=$item', at: '=$index' })).toEqual({});
  });
});

describe('member', () => {
  it.each([
    ['"Germany/" & id', 'Germany/7'],
    ['id', '7'],
    ['absent', null],
    ['""', null],
    ['true', null],
    ['[1]', null],
  ])('%s names %s', async (text, member) => {
    const job = jobOf(mappingOf({}, { member: formula(text, 'member') }), { id: 7 });
    expect(partOf(await runHere(job))).toMatchObject({ kind: 'request', member });
  });
});

describe('the trace', () => {
  it('holds the value of every formula with its path, its text and the way it runs', async () => {
    const over = { when: formula('true', 'when'), each: formula('[1,2]', 'each'), member: formula('m', 'member') };
    const mapping = mappingOf({ a: { b: '=$item' }, c: '=*[absent]', d: 'literal' }, over);
    const result = await runHere(jobOf(mapping, { m: 'ann' }, { trace: true }));
    const values =
      result.kind === 'parts' ? result.parts.map((part) => (part.kind === 'request' ? part.values : [])) : [];
    const inPart = (item: number) => [
      { path: 'a.b', formula: '$item', value: item, inline: true },
      { path: 'c', formula: '*[absent]', value: undefined, inline: false },
      { path: 'member', formula: 'm', value: 'ann', inline: true },
    ];
    const before = [
      { path: 'when', formula: 'true', value: true, inline: true },
      { path: 'each', formula: '[1,2]', value: [1, 2], inline: true },
    ];
    expect(values).toEqual([[...before, ...inPart(1)], inPart(2)]);
  });
});

describe('a body', () => {
  it.each(['', '{', 'nothing'])('that is not JSON fails the job: %j', async (body) => {
    expect(await runHere(jobOf(mappingOf({ a: '=a' }), body))).toMatchObject({
      kind: 'failed',
      code: 'TRANSFORM_ERROR',
    });
  });

  it('that is too deep fails the job', async () => {
    const body = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    expect(await runHere(jobOf(mappingOf({ a: '=a' }), body))).toMatchObject({ code: 'SOURCE_TOO_DEEP' });
  });
});
