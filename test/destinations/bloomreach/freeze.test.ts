import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { bloomreachEndpoints } from '../../../src/destinations/bloomreach/endpoints.ts';
import type { RequestProblem } from '../../../src/ports/destination.ts';

const CLOCK_MS = 1_770_798_600_123;
const ANN = { registered: 'ann@example.com' };

function freeze(endpoint: string, request: JsonObject, clockMs = CLOCK_MS) {
  const found = bloomreachEndpoints.get(endpoint);
  if (found === undefined) throw new Error(`no endpoint ${endpoint}`);
  return found.freeze(request, clockMs);
}

function textOf(endpoint: string, request: JsonObject): string {
  const frozen = freeze(endpoint, request);
  if (!frozen.ok) throw new Error(JSON.stringify(frozen.problems));
  return frozen.text;
}

function problemsOf(endpoint: string, request: JsonObject): readonly RequestProblem[] {
  const frozen = freeze(endpoint, request);
  return frozen.ok ? [] : frozen.problems;
}

/** A sound event but for what is given. */
const event = (changes: JsonObject = {}): JsonObject => ({ customer_ids: ANN, event_type: 'x', ...changes });

describe('completing a request', () => {
  it('gives an event the clock of its webhook in decimal seconds, and properties', () => {
    expect(textOf('event', event())).toBe(
      '{"customer_ids":{"registered":"ann@example.com"},"event_type":"x","timestamp":1770798600.123,"properties":{}}',
    );
  });

  it('gives a customer update its time', () => {
    expect(textOf('customer', { properties: { tier: 'Gold' }, customer_ids: ANN })).toBe(
      '{"customer_ids":{"registered":"ann@example.com"},"update_timestamp":1770798600.123,"properties":{"tier":"Gold"}}',
    );
  });

  it('keeps a time that the mapping gives, to the last decimal', () => {
    expect(textOf('event', event({ timestamp: 1770798600.123456 }))).toContain('"timestamp":1770798600.123456,');
  });

  it('writes the keys in one order, whatever order the mapping has', () => {
    const reversed = { properties: { b: 1, a: 2 }, timestamp: 5, event_type: 'x', customer_ids: ANN };
    expect(textOf('event', reversed)).toBe(
      '{"customer_ids":{"registered":"ann@example.com"},"event_type":"x","timestamp":5,"properties":{"b":1,"a":2}}',
    );
  });

  it('drops null and blank ids, and sends numbers as text', () => {
    const ids = { registered: 42, cookie: null, card: '', phone: ' \t' };
    expect(textOf('event', event({ customer_ids: ids }))).toContain('"customer_ids":{"registered":"42"}');
  });

  it('keeps literal nulls, lists and objects of properties', () => {
    const properties = { none: null, list: [1, 'a'], object: { deep: true } };
    expect(JSON.parse(textOf('event', event({ properties })))).toMatchObject({ properties });
  });
});

describe('checking a request', () => {
  const refused: readonly (readonly [string, string, JsonObject, readonly RequestProblem[]])[] = [
    ['no ids', 'event', { event_type: 'x' }, [{ path: 'customer_ids', message: 'is missing' }]],
    [
      'only empty ids',
      'event',
      event({ customer_ids: { registered: '', cookie: null } }),
      [{ path: 'customer_ids', message: 'holds no id that is not empty' }],
    ],
    [
      'ids that are no object',
      'event',
      event({ customer_ids: 'ann@example.com' }),
      [{ path: 'customer_ids', message: 'is a text, not an object' }],
    ],
    [
      'an id of a wrong kind',
      'event',
      event({ customer_ids: { registered: ['a'] } }),
      [{ path: 'customer_ids.registered', message: 'is a list, not text or a number' }],
    ],
    [
      'an id without a letter or digit',
      'event',
      event({ customer_ids: { registered: '--' } }),
      [{ path: 'customer_ids.registered', message: 'has no letter or digit, so it is no valid id' }],
    ],
    [
      'the word undefined as an id',
      'event',
      event({ customer_ids: { registered: 'undefined' } }),
      [{ path: 'customer_ids.registered', message: 'is the word undefined, not an id' }],
    ],
    [
      'an id whose digits are lost',
      'event',
      event({ customer_ids: { card: 12345678901234567000 } }),
      [
        {
          path: 'customer_ids.card',
          message: 'is a number beyond 2^53 whose last digits are lost; send it as text',
        },
      ],
    ],
    ['no event type', 'event', { customer_ids: ANN }, [{ path: 'event_type', message: 'is missing' }]],
    ['a blank event type', 'event', event({ event_type: ' ' }), [{ path: 'event_type', message: 'is empty' }]],
    [
      'an event type of a wrong kind',
      'event',
      event({ event_type: 7 }),
      [{ path: 'event_type', message: 'is a number, not a text' }],
    ],
    [
      'milliseconds',
      'event',
      event({ timestamp: CLOCK_MS }),
      [
        {
          path: 'timestamp',
          message: 'is 1770798600123: milliseconds where Bloomreach asks seconds; use $toSeconds()',
        },
      ],
    ],
    [
      'a time as text',
      'event',
      event({ timestamp: '2026-02-11T09:30:00+01:00' }),
      [{ path: 'timestamp', message: 'is a text where Bloomreach asks Unix seconds; use $toSeconds()' }],
    ],
    [
      'a negative time',
      'event',
      event({ timestamp: -1 }),
      [{ path: 'timestamp', message: 'is -1; Unix seconds are not negative' }],
    ],
    ['a null time', 'event', event({ timestamp: null }), [{ path: 'timestamp', message: 'is null, not a number' }]],
    [
      'properties that are a list',
      'event',
      event({ properties: [] }),
      [{ path: 'properties', message: 'is a list, not an object' }],
    ],
    [
      'a name outside ASCII',
      'event',
      event({ properties: { größe: 1 } }),
      [{ path: 'properties.größe', message: 'is not a name that Bloomreach takes; use ASCII characters only' }],
    ],
    [
      'a misspelt field',
      'event',
      event({ property: {} }),
      [{ path: 'property', message: expect.stringContaining('is not a field of this request') }],
    ],
    [
      'a customer without properties',
      'customer',
      { customer_ids: ANN },
      [{ path: 'properties', message: 'is missing' }],
    ],
    [
      'a customer with empty properties',
      'customer',
      { customer_ids: ANN, properties: {} },
      [{ path: 'properties', message: 'is empty' }],
    ],
    [
      'milliseconds in an update',
      'customer',
      { customer_ids: ANN, properties: { a: 1 }, update_timestamp: 1e11 },
      [{ path: 'update_timestamp', message: expect.stringContaining('milliseconds') }],
    ],
  ];

  it.each(refused)('refuses %s', (_, endpoint, request, problems) => {
    expect(problemsOf(endpoint, request)).toEqual(problems);
  });

  it('tells all problems at once', () => {
    const request = { customer_ids: { a: '-' }, timestamp: 'now', properties: { ä: 1 }, time: 1 };
    expect(
      problemsOf('event', request)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['customer_ids.a', 'event_type', 'properties.ä', 'time', 'timestamp']);
  });

  it('suggests the field that was meant', () => {
    expect(problemsOf('event', event({ propertes: {} }))[0]?.message).toContain('did you mean properties?');
  });

  it('never repeats the value of an id or property', () => {
    const request = event({ customer_ids: { registered: ['s3cret'] }, properties: { note: 's3cret'.repeat(5000) } });
    expect(JSON.stringify(problemsOf('event', request))).not.toContain('s3cret');
  });

  it('makes a name printable and short', () => {
    const [problem] = problemsOf('event', event({ properties: { [`a\n\u0007${'é'.repeat(500)}`]: 1 } }));
    expect(problem?.path).toMatch(/^properties\.a\?\?é+…$/);
    expect(problem?.path.length).toBeLessThan(80);
  });

  it('accepts a value just under 16 kB of UTF-8 and refuses one of 16 kB', () => {
    const under = `a${'é'.repeat(8191)}`;
    expect(problemsOf('event', event({ properties: { note: under } }))).toEqual([]);
    expect(problemsOf('event', event({ properties: { note: 'é'.repeat(8192) } }))).toEqual([
      { path: 'properties.note', message: 'has 16384 bytes; Bloomreach takes values smaller than 16384 bytes' },
    ]);
  });

  it('refuses a request over 256 kB even when every value is small', () => {
    const properties = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, 'x'.repeat(16_000)]));
    const [problem] = problemsOf('event', event({ properties }));
    expect(problem).toMatchObject({
      path: '',
      message: expect.stringMatching(/^The request has 320\d+ bytes; at most/),
    });
  });

  it('refuses nesting that no JSON text can carry, without throwing', () => {
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(problemsOf('event', event({ properties: { deep } }))).toEqual([
      { path: '', message: 'The request is nested too deeply' },
    ]);
  });

  it('treats __proto__ as a name like any other', () => {
    const request = JSON.parse(
      '{"customer_ids":{"__proto__":"a"},"event_type":"x","properties":{"__proto__":{"b":1}}}',
    );
    expect(textOf('event', request)).toContain('"customer_ids":{"__proto__":"a"}');
    expect(textOf('event', request)).toContain('"properties":{"__proto__":{"b":1}}');
    expect(problemsOf('event', JSON.parse('{"customer_ids":{"a":"a"},"event_type":"x","__proto__":1}'))).toHaveLength(
      1,
    );
  });
});

describe('freezing', () => {
  const text = fc.string({ unit: 'binary' }).map((some) => `${some}a`);
  const id = fc.oneof(text, fc.maxSafeInteger(), fc.double({ noNaN: true, min: -1e9, max: 1e9 }));
  const seconds = fc.double({ noNaN: true, min: 0, max: 1e11, maxExcluded: true });
  const ids = fc.tuple(fc.dictionary(text, fc.oneof(id, fc.constantFrom(null, '', ' '))), id);
  const customerIds = ids.map(([others, registered]) => ({ ...others, registered }));
  const properties = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 });
  const event = fc.record(
    { properties, timestamp: seconds, event_type: text, customer_ids: customerIds },
    { requiredKeys: ['customer_ids', 'event_type'] },
  );
  const customer = fc.record(
    { properties, update_timestamp: seconds, customer_ids: customerIds },
    { requiredKeys: ['customer_ids', 'properties'] },
  );
  const sound: fc.Arbitrary<[string, JsonObject]> = fc.oneof(
    fc.tuple(fc.constant('event'), event),
    fc.tuple(fc.constant('customer'), customer),
  ) as fc.Arbitrary<[string, JsonObject]>;

  it('is idempotent: a frozen text freezes to itself, whatever the clock', () => {
    fc.assert(
      fc.property(sound, fc.nat(), fc.nat(), ([name, request], clockMs, laterMs) => {
        const frozen = freeze(name, request, clockMs);
        if (!frozen.ok) throw new Error(JSON.stringify(frozen.problems));
        expect(freeze(name, JSON.parse(frozen.text), laterMs)).toEqual(frozen);
      }),
    );
  });

  it('is deterministic, in whatever order the fields stand', () => {
    fc.assert(
      fc.property(sound, fc.nat(), ([name, request], clockMs) => {
        const turned = Object.fromEntries(Object.entries(structuredClone(request)).reverse());
        expect(freeze(name, turned, clockMs)).toEqual(freeze(name, request, clockMs));
      }),
    );
  });

  it('never throws, and answers with a text or with problems', () => {
    const anything = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('customer_ids', 'event_type', 'timestamp', 'properties')),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.constantFrom('event', 'customer'), anything, fc.nat(), (name, request, clockMs) => {
        const frozen = freeze(name, request as JsonObject, clockMs);
        expect(frozen.ok || frozen.problems.length > 0).toBe(true);
      }),
    );
  });
});

describe('the catalogue', () => {
  it('offers event and customer, each with its schema', () => {
    expect([...bloomreachEndpoints.keys()]).toEqual(['event', 'customer']);
    expect(bloomreachEndpoints.get('event')?.schema['title']).toBe('bloomreach.event');
    expect(bloomreachEndpoints.get('customer')?.schema['title']).toBe('bloomreach.customer');
  });
});
