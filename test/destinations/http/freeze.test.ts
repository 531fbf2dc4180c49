import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { httpEndpoints } from '../../../src/destinations/http/endpoints.ts';
import type { HttpEndpoint } from '../../../src/destinations/http/http-endpoint.ts';
import type { Endpoint } from '../../../src/ports/destination.ts';

function endpointOf(changes: Partial<HttpEndpoint> = {}): Endpoint {
  const url = 'https://crm.example.com/v1/members/{id}/events/{name}.json?tenant=a%20b';
  const declared = { method: 'POST', url, headers: {}, description: '', ...changes } as const;
  const found = httpEndpoints('crm', new Map([['member', declared]])).get('member');
  if (found === undefined) throw new Error('no endpoint');
  return found;
}

const PATH = { id: '42', name: 'tier' };

function frozen(request: JsonObject, changes: Partial<HttpEndpoint> = {}): JsonObject {
  const result = endpointOf(changes).freeze(request, 0);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return JSON.parse(result.text) as JsonObject;
}

function problems(request: JsonObject, changes: Partial<HttpEndpoint> = {}): readonly string[] {
  const result = endpointOf(changes).freeze(request, 0);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('freezing a request', () => {
  it('writes method, path, query, own headers and body: neither host nor what the config declares', () => {
    const request = {
      path: { id: 'a/b c', name: 7 },
      query: { q: 'x&y=z', many: [1, 'two', true], none: null, é: 'ü' },
      headers: { 'X-Event': 'tier', 'x-n': 5, gone: null },
      body: { tier: 'Gold', list: [1, null] },
    };
    const headers = { 'X-Api-Key': 'hush', Authorization: 'hush' };
    expect(endpointOf({ headers }).freeze(request, 0)).toEqual({
      ok: true,
      text: JSON.stringify({
        method: 'POST',
        path: '/v1/members/a%2Fb%20c/events/7.json',
        query: 'tenant=a%20b&q=x%26y%3Dz&many=1&many=two&many=true&%C3%A9=%C3%BC',
        headers: { 'x-event': 'tier', 'x-n': '5', 'content-type': 'application/json' },
        body: { tier: 'Gold', list: [1, null] },
      }),
    });
  });

  it('leaves the body out when there is none, and keeps a literal null', () => {
    expect(frozen({ path: PATH })).toEqual({
      method: 'POST',
      path: '/v1/members/42/events/tier.json',
      query: 'tenant=a%20b',
      headers: {},
    });
    expect(frozen({ path: PATH, body: null })).toMatchObject({ body: null });
  });

  it('freezes the content type with the body, since it decides on the bytes', () => {
    const url = 'https://crm.example.com/x';
    const typed = { url, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
    expect(frozen({ body: { a: 1 } }, typed)['headers']).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
    });
    const own = { headers: { 'Content-Type': 'application/vnd.api+json; charset=utf-8' }, body: { a: 1 } };
    expect(frozen(own, typed)['headers']).toEqual({ 'content-type': 'application/vnd.api+json; charset=utf-8' });
  });

  it.each<[string, JsonObject, string]>([
    ['no value for a placeholder', { path: { id: '1' } }, 'path.name: is missing'],
    ['an inherited value', { path: { id: '1', name: 'x', constructor: 'y' } }, 'path.constructor: is not in the url'],
    ['an empty value', { path: { ...PATH, id: '' } }, 'path.id: is empty: the address would lead elsewhere'],
    ['a null value', { path: { ...PATH, id: null } }, 'path.id: is no text, number, true or false'],
    ['a list in the path', { path: { ...PATH, id: ['a'] } }, 'path.id: is no text, number, true or false'],
    ['a value for no placeholder', { path: { ...PATH, idd: '1' } }, 'path.idd: is not in the url; did you mean id?'],
    ['digits that are lost', { path: { ...PATH, id: 2 ** 60 } }, 'path.id: is a number beyond 2^53 whose last digits'],
    ['a line break in the path', { path: { ...PATH, id: 'a\r\nb' } }, 'path.id: holds a control character'],
    ['half a character', { path: { ...PATH, id: '\uD800' } }, 'path.id: holds half a character'],
    ['an object in the query', { path: PATH, query: { a: {} } }, 'query.a: is no text, number, true or false'],
    ['a list in a list', { path: PATH, query: { a: [[1]] } }, 'query.a: is no text, number, true or false'],
    ['half a name', { path: PATH, query: { '\uD800': 1 } }, 'query.�: has a name that holds half a character'],
    ['a line break in a header', { path: PATH, headers: { a: 'x\r\nhost: y' } }, 'headers.a: holds characters that'],
    ['a letter beyond ASCII in a header', { path: PATH, headers: { a: 'é' } }, 'headers.a: holds characters that'],
    ['a line break in a name', { path: PATH, headers: { 'a\r\nb': 'x' } }, 'headers.a??b: is no name of a header'],
    ['a header twice', { path: PATH, headers: { 'X-A': '1', 'x-a': '2' } }, 'headers.x-a: is there twice'],
    ['a misspelt field', { path: PATH, boddy: 1 }, 'boddy: is not a field of this request; did you mean body?'],
    ['a path that is no object', { path: 'x' }, 'path: is not an object'],
  ])('refuses %s', (_, request, expected) => {
    expect(problems(request).some((problem) => problem.startsWith(expected))).toBe(true);
  });

  it.each(['Authorization', 'HOST', 'content-length', 'Transfer-Encoding', 'webhook-id', 'Webhook-Signature'])(
    'lets no mapping set %s',
    (name) => {
      expect(problems({ path: PATH, headers: { [name]: 'x' } })).toEqual([
        `headers.${name}: is set by Pointsman alone; credentials belong into the config`,
      ]);
    },
  );

  it('never repeats a value', () => {
    const told = problems({
      path: { id: 's3cret\n', name: ['s3cret'] },
      headers: { a: 's3crét' },
      query: { q: { s3cret: 1 } },
    });
    expect(told).toHaveLength(4);
    expect(told.join()).not.toContain('s3cr');
  });

  it.each(['..', '.', '../admin', 'a/../b', 'a\\..\\b', './x', '%2e%2E', 'x%2f..', '..%5C'])(
    'lets no value lead elsewhere: %s',
    (id) => {
      const url = 'https://crm.example.com/members/{id}';
      expect(problems({ path: { id } }, { url })).toEqual([
        'path: makes a part of the address . or .., which leads elsewhere',
      ]);
    },
  );

  it('sees two values that make .. together', () => {
    const url = 'https://crm.example.com/members/{a}{b}/x';
    expect(problems({ path: { a: '.', b: '.' } }, { url })).toHaveLength(1);
    expect(problems({ path: { a: '.', b: 'x' } }, { url })).toEqual([]);
  });

  it('keeps every address on its host and within its parts, whatever the values', () => {
    const url = 'https://crm.example.com/members/{id}/x-{n}?fixed=1';
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, fc.dictionary(text, text), (id, n, query) => {
        const result = endpointOf({ url }).freeze({ path: { id, n }, query }, 0);
        if (!result.ok) return;
        const { path, query: written } = JSON.parse(result.text) as { path: string; query: string };
        const whole = new URL(`https://crm.example.com${path}?${written}`);
        expect([whole.origin, whole.pathname, whole.hash]).toEqual(['https://crm.example.com', path, '']);
        expect(path.split('/').length).toBe(4);
        expect(decodeURIComponent(path.split('/')[2] ?? '')).toBe(id);
        expect(decodeURIComponent(path.split('/')[3] ?? '')).toBe(`x-${n}`);
        expect([...whole.searchParams]).toEqual([['fixed', '1'], ...Object.entries(query)]);
      }),
    );
  });

  it('refuses a body that its content type cannot carry', () => {
    const xml = { url: 'https://crm.example.com/x', headers: { 'content-type': 'text/xml' } };
    expect(problems({ body: { a: 1 } }, xml)).toEqual(['body: is no text, and cannot be written as text/xml']);
    expect(problems({ body: '<a/>' }, xml)).toEqual([]);
    const form = { ...xml, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    for (const body of [{ a: { b: 1 } }, { a: [[1]] }, { a: '\uD800' }, { '\uD800': 1 }, [1], 5]) {
      expect(problems({ body }, form)).toHaveLength(1);
    }
    expect(problems({ body: { a: [1, 'b'], c: null } }, form)).toEqual([]);
  });

  it('refuses what is too large or too deep, without throwing', () => {
    const url = 'https://crm.example.com/{id}';
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(problems({ path: { id: 'x' }, body: deep }, { url })).toEqual([': The request is nested too deeply']);
    expect(problems({ path: { id: 'x'.repeat(9000) } }, { url })[0]).toContain('The address has 9001 characters');
    expect(problems({ path: { id: 'x' }, body: 'x'.repeat(300_000) }, { url })[0]).toMatch(
      /^: The request has 300\d+ bytes/,
    );
  });

  it('never throws, and is the same at every time', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('id', '%', '\uD800', 'content-type', '..'));
    const part = fc.oneof(fc.jsonValue(), fc.dictionary(text, fc.oneof(fc.jsonValue(), text)));
    const type = fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded');
    const request = fc.dictionary(fc.constantFrom('path', 'query', 'headers', 'body', 'x', '__proto__'), part);
    fc.assert(
      fc.property(request, type, fc.boolean(), (some, contentType, hasPlaceholder) => {
        const url = `https://crm.example.com/100%/${hasPlaceholder ? '{id}' : ''}?%`;
        const endpoint = endpointOf({ url, headers: { 'Content-Type': contentType } });
        expect(endpoint.freeze(some as JsonObject, 1)).toEqual(endpoint.freeze(some as JsonObject, 2));
      }),
    );
  });
});

describe('the schema of an endpoint', () => {
  it('names the placeholders, and what the endpoint is for', () => {
    const { schema } = endpointOf({ description: 'Tells the CRM.' });
    expect(schema).toMatchObject({
      title: 'crm.member',
      description: 'Tells the CRM.',
      required: ['path'],
      properties: { path: { required: ['id', 'name'] } },
    });
    expect(endpointOf({ url: 'https://crm.example.com/x' }).schema).not.toHaveProperty('required');
  });
});
