import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { canonicalJson, cutBelow, isDeeperThan, sha256Hex } from '../../../src/pipeline/receive/canonical.ts';

const json = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>;

describe('canonical JSON', () => {
  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is the same text whatever the order of the keys, and another for another value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), json, (members, other) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(members));
        const added = { ...members, extra: other };
        if (!Object.hasOwn(members, 'extra')) expect(canonicalJson(added)).not.toBe(canonicalJson(members));
      }),
    );
  });

  it('keeps the order of arrays and tells kinds apart', () => {
    const texts = [[1, 2], [2, 1], ['1', 2], [1, [2]], { 0: 1, 1: 2 }, [null], [], {}].map(canonicalJson);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('holds a key named __proto__ like any other', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"b":1}');
  });
});

describe('the depth of a value', () => {
  it.each([
    ['a scalar', 1, 0],
    ['an empty object', {}, 1],
    ['an empty array', [], 1],
    ['scalars in an object', { a: 1, b: 'x' }, 1],
    ['arrays and objects alike', { a: [{ b: null }] }, 3],
    ['the deepest branch', { a: {}, b: [[[]]], c: 1 }, 4],
  ])('of %s', (_what, value, depth) => {
    expect(isDeeperThan(value, depth)).toBe(false);
    if (depth > 0) expect(isDeeperThan(value, depth - 1)).toBe(true);
  });

  it('is found without a stack, however deep', () => {
    expect(isDeeperThan(JSON.parse(`${'['.repeat(400_000)}${']'.repeat(400_000)}`), 64)).toBe(true);
  });
});

describe('a value cut off at a depth', () => {
  it('nests no deeper, and is unchanged when it did not', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: 1, max: 6 }), (value, limit) => {
        const cut = cutBelow(value, limit);
        expect(isDeeperThan(cut, limit)).toBe(false);
        if (!isDeeperThan(value, limit)) expect(cut).toEqual(value);
      }),
    );
  });

  it('has null where it was cut', () => {
    expect(cutBelow({ a: [{ b: 1 }], c: 2 }, 2)).toEqual({ a: [null], c: 2 });
  });
});

describe('a hash', () => {
  it('is SHA-256 of the UTF-8 text, in hex', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex('ä')).not.toBe(sha256Hex('a'));
  });
});
