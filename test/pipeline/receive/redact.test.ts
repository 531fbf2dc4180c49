import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { redact } from '../../../src/pipeline/receive/redact.ts';

const keys = fc.constantFrom('a', 'b', 'c');
const values: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(1, 'text', true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
  ),
})).value;
const bodies = fc.dictionary(keys, values, { maxKeys: 3 }) as fc.Arbitrary<JsonObject>;
const paths = fc.array(keys, { minLength: 1, maxLength: 4 });

describe('redacting a path', () => {
  it('leaves nothing at the path but null', () => {
    fc.assert(
      fc.property(bodies, paths, (body, path) => {
        const left = valuesAt(redact(body, [path.join('.')]), path);
        expect(left.filter((value) => value !== null)).toEqual([]);
      }),
    );
  });

  it('changes nothing else, and nothing a second time', () => {
    fc.assert(
      fc.property(bodies, paths, (body, path) => {
        const once = redact(body, [path.join('.')]);
        expect(redact(once, [path.join('.')])).toBe(once);
        expect(withoutPath(once, path)).toEqual(withoutPath(body, path));
        if (valuesAt(body, path).every((value) => value === null)) expect(once).toBe(body);
      }),
    );
  });

  it('does not change the body it was given', () => {
    fc.assert(
      fc.property(bodies, paths, (body, path) => {
        const before = JSON.stringify(body);
        redact(body, [path.join('.')]);
        expect(JSON.stringify(body)).toBe(before);
      }),
    );
  });

  it('replaces whole objects and arrays, and several paths at once', () => {
    expect(redact({ a: { b: [1] }, c: [{ d: 1 }, { d: null }, 2] }, ['a.b', 'c.d', 'x.y'])).toEqual({
      a: { b: null },
      c: [{ d: null }, { d: null }, 2],
    });
  });

  it('finds own members only', () => {
    const body = { a: 1 };
    expect(redact(body, ['constructor', 'toString.name', '__proto__'])).toBe(body);
    const own = JSON.parse('{"__proto__":{"a":1}}');
    expect(JSON.stringify(redact(own, ['__proto__.a']))).toBe('{"__proto__":{"a":null}}');
  });
});

/** Every value that the path leads to, through every element of arrays on the way. */
function valuesAt(value: Json, [key, ...rest]: readonly string[]): readonly Json[] {
  if (key === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => valuesAt(item, [key, ...rest]));
  const members = value as JsonObject;
  return Object.hasOwn(members, key) ? valuesAt(members[key] ?? null, rest) : [];
}

/** The value with everything at the path taken out. */
function withoutPath(value: Json, [key, ...rest]: readonly string[]): Json {
  if (typeof value !== 'object' || value === null || key === undefined) return value;
  if (Array.isArray(value)) return value.map((item: Json) => withoutPath(item, [key, ...rest]));
  const kept = Object.entries(value).filter(([name]) => name !== key || rest.length > 0);
  return Object.fromEntries(kept.map(([name, member]) => [name, name === key ? withoutPath(member, rest) : member]));
}
