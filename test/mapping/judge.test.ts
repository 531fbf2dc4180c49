import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Expectation } from '../../src/core/mapping.ts';
import { judge, type Outcome } from '../../src/mapping/judge.ts';

const expecting = (...requests: readonly JsonObject[]): Expectation => ({ kind: 'requests', requests });
const got = (...requests: readonly JsonObject[]): Outcome => ({ kind: 'requests', requests });
const FAILED: Outcome = { kind: 'error', code: 'TRANSFORM_ERROR', message: 'No such thing' };

describe('a test of a mapping', () => {
  it('passes when the request holds what is expected, and more', () => {
    const request = { customer_ids: { registered: 'ann' }, properties: { tier: 'Gold', list: [{ a: 1, b: 2 }] } };
    expect(judge(expecting({ properties: { list: [{ b: 2 }] } }), got(request))).toEqual([]);
    expect(judge(expecting({}), got(request))).toEqual([]);
  });

  it('names every place that differs', () => {
    const actual = { a: { b: 1, c: 'x' }, d: [1, 2], e: true };
    expect(judge(expecting({ a: { b: 2, c: 'x', z: 0 }, d: [1], e: { f: 1 } }), got(actual))).toEqual([
      { path: 'a.b', expected: '2', actual: '1' },
      { path: 'a.z', expected: '0', actual: 'nothing' },
      { path: 'd', expected: '[1]', actual: '[1,2]' },
      { path: 'e', expected: '{"f":1}', actual: 'true' },
    ]);
  });

  it('numbers the requests when there are several', () => {
    const mismatches = judge(expecting({ a: 1 }, { a: [{ b: 2 }] }), got({ a: 1 }, { a: [{ b: 3 }] }));
    expect(mismatches).toEqual([{ path: '[1].a[0].b', expected: '2', actual: '3' }]);
  });

  it('takes null for nothing, and nothing else', () => {
    expect(judge(expecting({ a: null, b: null }), got({ b: null }))).toEqual([]);
    expect(judge(expecting({ a: null }), got({ a: 0 }))).toEqual([{ path: 'a', expected: 'null', actual: '0' }]);
    expect(judge(expecting({ a: false }), got({}))).toHaveLength(1);
  });

  it('compares types too, and never looks at what every object has', () => {
    expect(judge(expecting({ a: '1' }), got({ a: 1 }))).toHaveLength(1);
    expect(judge(expecting({ a: 1.5 }), got({ a: 1.50001 }))).toHaveLength(1);
    expect(judge(expecting({ a: [] }), got({ a: {} }))).toHaveLength(1);
    expect(judge(expecting({ constructor: 'x' }), got({}))).toEqual([
      { path: 'constructor', expected: '"x"', actual: 'nothing' },
    ]);
  });

  it('tells another outcome than the expected one', () => {
    expect(judge({ kind: 'skipped' }, { kind: 'skipped' })).toEqual([]);
    expect(judge({ kind: 'waiting' }, { kind: 'waiting' })).toEqual([]);
    expect(judge({ kind: 'skipped' }, got({}))).toEqual([{ path: '', expected: 'skipped', actual: '1 request' }]);
    expect(judge(expecting({}), { kind: 'waiting' })).toEqual([{ path: '', expected: '1 request', actual: 'waiting' }]);
    expect(judge(expecting({}, {}), got({}))).toEqual([{ path: '', expected: '2 requests', actual: '1 request' }]);
    expect(judge(expecting({ a: 1 }), FAILED)).toEqual([
      { path: '', expected: 'a request', actual: 'error TRANSFORM_ERROR: No such thing' },
    ]);
    expect(judge({ kind: 'error', code: 'TRANSFORM_TIMEOUT' }, FAILED)).toEqual([
      { path: '', expected: 'error TRANSFORM_TIMEOUT', actual: 'error TRANSFORM_ERROR: No such thing' },
    ]);
  });

  it('knows a failed part among the requests', () => {
    const failed = { error: 'TRANSFORM_ERROR' };
    expect(judge({ kind: 'error', code: 'TRANSFORM_ERROR' }, FAILED)).toEqual([]);
    expect(judge({ kind: 'error', code: 'TRANSFORM_ERROR' }, got(failed))).toEqual([]);
    expect(judge(expecting({ a: 1 }, failed), got({ a: 1 }, failed))).toEqual([]);
    expect(judge(expecting({ a: 1 }, { b: 1 }), got({ a: 1 }, failed))).toEqual([
      { path: '[1]', expected: 'a request', actual: 'error TRANSFORM_ERROR' },
    ]);
  });

  it('passes for every request held against itself or any part of it', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.func(fc.boolean()), (request, keep) => {
        const part = Object.fromEntries(Object.entries(request).filter(([key]) => keep(key)));
        // A request that looks like a failed part is judged as one.
        fc.pre(typeof request['error'] !== 'string');
        expect(judge(expecting(request), got(request))).toEqual([]);
        expect(judge(expecting(part), got(request))).toEqual([]);
      }),
    );
  });
});
