import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/core/attempt.ts';
import type { ErrorCode } from '../../../src/core/errors.ts';
import { judge } from '../../../src/destinations/bloomreach/verdict.ts';
import { NOW_MS } from './support.ts';

const HTML = '<html><body>Sign in</body></html>';
const error = (text: string) => JSON.stringify({ success: false, error: text });
const errors = (...texts: string[]) => JSON.stringify({ success: false, errors: texts });

type Row = readonly [status: number, body: string, verdict: Verdict, code: ErrorCode | null];

const TABLE: readonly Row[] = [
  [200, '{"errors":[],"success":true}', 'delivered', null],
  [201, '{"success":true}', 'delivered', null],
  [200, errors('At least one id should be specified.'), 'rejected', 'DELIVERY_REJECTED'],
  [200, '{"success":false}', 'rejected', 'DELIVERY_REJECTED'],
  [200, errors('Not authorized to add event of specified type'), 'rejected', 'DELIVERY_REJECTED'],
  [403, errors('Not authorized to add event of specified type'), 'rejected', 'DELIVERY_REJECTED'],
  [200, error('Could not authenticate'), 'unauthorized', 'DELIVERY_UNAUTHORIZED'],
  [200, HTML, 'ambiguous', 'DELIVERY_UNREADABLE'],
  [200, '', 'ambiguous', 'DELIVERY_UNREADABLE'],
  [204, '', 'ambiguous', 'DELIVERY_UNREADABLE'],
  [200, '{}', 'ambiguous', 'DELIVERY_UNREADABLE'],
  [200, '{"success":"true"}', 'ambiguous', 'DELIVERY_UNREADABLE'],
  [200, '{"success":1}', 'ambiguous', 'DELIVERY_UNREADABLE'],
  [200, '[{"success":true}]', 'ambiguous', 'DELIVERY_UNREADABLE'],
  [200, 'null', 'ambiguous', 'DELIVERY_UNREADABLE'],
  [200, '{"success":true', 'ambiguous', 'DELIVERY_UNREADABLE'],
  [301, '', 'transient', 'DELIVERY_UNREADABLE'],
  [302, HTML, 'transient', 'DELIVERY_UNREADABLE'],
  [400, errors('At least one valid id should be specified'), 'rejected', 'DELIVERY_REJECTED'],
  [400, '{"success":true}', 'rejected', 'DELIVERY_REJECTED'],
  [400, error('Could not authenticate'), 'unauthorized', 'DELIVERY_UNAUTHORIZED'],
  [400, error('Invalid project id'), 'unauthorized', 'DELIVERY_UNAUTHORIZED'],
  [400, 'Invalid project id', 'unauthorized', 'DELIVERY_UNAUTHORIZED'],
  [401, error('Access key not found'), 'unauthorized', 'DELIVERY_UNAUTHORIZED'],
  [401, '', 'unauthorized', 'DELIVERY_UNAUTHORIZED'],
  [403, error('invalid secret'), 'unauthorized', 'DELIVERY_UNAUTHORIZED'],
  [403, HTML, 'unauthorized', 'DELIVERY_UNAUTHORIZED'],
  [404, '{"errors":{"code":404,"description":"Not Found"}}', 'rejected', 'DELIVERY_REJECTED'],
  [408, '', 'transient', 'DELIVERY_UNAVAILABLE'],
  [413, HTML, 'rejected', 'DELIVERY_REJECTED'],
  [429, '', 'transient', 'DELIVERY_RATE_LIMITED'],
  [429, error('Could not authenticate'), 'transient', 'DELIVERY_RATE_LIMITED'],
  [500, '{"success":true}', 'transient', 'DELIVERY_UNAVAILABLE'],
  [500, error('Invalid project id'), 'transient', 'DELIVERY_UNAVAILABLE'],
  [501, '', 'transient', 'DELIVERY_UNAVAILABLE'],
  [502, HTML, 'ambiguous', 'DELIVERY_UNAVAILABLE'],
  [503, '', 'transient', 'DELIVERY_UNAVAILABLE'],
  [504, '{"success":true}', 'ambiguous', 'DELIVERY_UNAVAILABLE'],
  [520, HTML, 'transient', 'DELIVERY_UNAVAILABLE'],
  [799, '', 'transient', 'DELIVERY_UNAVAILABLE'],
];

describe('judging an answer', () => {
  it.each<[number, string, string]>([
    [401, error('Access key not found'), 'destination'],
    [200, error('Could not authenticate'), 'destination'],
    [400, error('Invalid project id'), 'destination'],
    [403, error('invalid secret'), 'destination'],
    [403, error('No permission'), 'endpoint'],
    [403, HTML, 'endpoint'],
  ])('puts at fault for %i %s the %s', (status, body, atFault) => {
    expect(judge({ status, headers: {}, body }, NOW_MS)).toMatchObject({ verdict: 'unauthorized', atFault });
  });

  it.each(TABLE)('judges %i %s as %s (%s)', (status, body, verdict, code) => {
    const answer = judge({ status, headers: {}, body }, NOW_MS);
    expect(answer).toMatchObject({ verdict, code, httpStatus: status, retryAfterMs: null });
    expect(answer.atFault === null).toBe(verdict !== 'unauthorized');
  });

  it('keeps nothing of a success', () => {
    const answer = judge({ status: 200, headers: {}, body: '{"success":true}' }, NOW_MS);
    expect(answer).toMatchObject({ detail: null, response: null });
  });

  it.each([
    ['{"success":false,"error":"Nope"}', 'Bloomreach answered 400: Nope'],
    ['{"success":false,"message":"No commands"}', 'Bloomreach answered 400: No commands'],
    ['{"success":false,"errors":["One","Two"]}', 'Bloomreach answered 400: One; Two'],
    ['{"success":false,"errors":{"a":["One"],"b":"Two"}}', 'Bloomreach answered 400: a: One; b: Two'],
    ['{"errors":{"_global":["Gone"]},"success":false}', 'Bloomreach answered 400: Gone'],
    ['{"errors":{"code":404,"description":"Not Found"}}', 'Bloomreach answered 400: Not Found'],
    ['BadRequest: no gzip', 'Bloomreach answered 400: BadRequest: no gzip'],
    [HTML, 'Bloomreach answered 400: an HTML page'],
    ['', 'Bloomreach answered 400'],
    ['{"errors":[[[[["too deep"]]]]]}', 'Bloomreach answered 400'],
  ])('reads the reason out of %s', (body, detail) => {
    const answer = judge({ status: 400, headers: {}, body }, NOW_MS);
    expect(answer).toMatchObject({ detail, response: body });
  });

  it('names a redirect and what to check', () => {
    const { detail } = judge({ status: 302, headers: { location: '/login' }, body: '' }, NOW_MS);
    expect(detail).toBe('Bloomreach answered 302, a redirect, which is not followed: check baseUrl');
  });

  it.each([
    ['7', 7000],
    ['0', 0],
    ['Wed, 11 Feb 2026 08:31:30 GMT', 90_000],
    ['Wed, 11 Feb 2026 08:00:00 GMT', 0],
    ['9'.repeat(400), 86_400_000],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['Wednesday', null],
    ['', null],
  ])('reads Retry-After %s as %s ms', (header, retryAfterMs) => {
    const answer = judge({ status: 429, headers: { 'retry-after': header }, body: '' }, NOW_MS);
    expect(answer.retryAfterMs).toBe(retryAfterMs);
  });

  it('reads the first of several Retry-After headers, and of a 503 too', () => {
    const answer = judge({ status: 503, headers: { 'retry-after': ['3', '9'] }, body: '' }, NOW_MS);
    expect(answer.retryAfterMs).toBe(3000);
  });

  it('asks for no wait where nothing is tried again', () => {
    const answer = judge({ status: 400, headers: { 'retry-after': '3' }, body: '' }, NOW_MS);
    expect(answer.retryAfterMs).toBeNull();
  });
});
