import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundRequest } from '../../../src/ports/source.ts';
import { createVerify } from '../../../src/sources/open-loyalty/create-verify.ts';
import { HMAC, NOW_SECONDS, OTHER_SECRET, SECRET, SIGNING, type Signing, signed, withHeaders } from './signing.ts';

describe('10,000 mutations', () => {
  const RUNS = { numRuns: 10_000 };
  const secrets = [OTHER_SECRET, SECRET];
  const verify = createVerify({ ...HMAC, secrets });
  const signing = fc.record({
    body: fc.string({ unit: 'binary' }),
    requestId: fc.stringMatching(/^[!-~]{1,40}$/),
    version: fc.stringMatching(/^[!-~]{1,10}$/),
    seconds: fc.integer({ min: NOW_SECONDS - 300, max: NOW_SECONDS + 300 }),
    secret: fc.constantFrom(...secrets),
    encoding: fc.constantFrom('ascii' as const, 'hex' as const),
  });
  /** Picks a place and a character, so that a mutation of any text can be made. */
  const spot = fc.record({
    at: fc.nat(),
    char: fc.stringMatching(/^[ -~]$/),
    kind: fc.constantFrom('put', 'add', 'cut'),
  });

  type Spot = typeof spot extends fc.Arbitrary<infer Value> ? Value : never;

  /** The text with one character put in another's place, added or cut; always another text. */
  function mutated(text: string, { at, char, kind }: Spot): string {
    const index = text.length === 0 ? 0 : at % text.length;
    if (kind === 'cut' && text !== '') return text.slice(0, index) + text.slice(index + 1);
    if (kind === 'add' || text === '') return text.slice(0, index) + char + text.slice(index);
    const other = text[index] === char ? String.fromCharCode(char.charCodeAt(0) ^ 1) : char;
    return text.slice(0, index) + other + text.slice(index + 1);
  }

  function mutatedBytes(body: Uint8Array, { at, char, kind }: Spot): Uint8Array {
    const index = body.length === 0 ? 0 : at % body.length;
    const [before, after] = [body.subarray(0, index), body.subarray(index)];
    if (kind === 'add' || body.length === 0) return Buffer.concat([before, Buffer.from(char), after]);
    const flipped = Buffer.from([(after[0] ?? 0) ^ (1 << (at % 8))]);
    return Buffer.concat([before, kind === 'cut' ? Buffer.alloc(0) : flipped, after.subarray(1)]);
  }

  const SIGNED_HEADERS = [
    'x-webhook-signature',
    'x-webhook-signature-algorithm',
    'x-webhook-timestamp',
    'x-webhook-request-id',
  ] as const;

  const mutation = fc.oneof(
    fc.record({ of: fc.constant('header' as const), header: fc.constantFrom(...SIGNED_HEADERS), spot }),
    fc.record({
      of: fc.constant('no header' as const),
      header: fc.constantFrom(...SIGNED_HEADERS, 'x-webhook-signature-version'),
    }),
    fc.record({ of: fc.constant('version' as const), value: fc.constantFrom('', 'a b', '1, 1', 'é', '1'.repeat(129)) }),
    fc.record({ of: fc.constant('body' as const), spot }),
    fc.record({ of: fc.constant('address' as const), part: fc.constantFrom('host' as const, 'path' as const), spot }),
    fc.record({ of: fc.constant('method' as const), method: fc.constantFrom('GET', 'PUT', 'post', '') }),
    fc.record({ of: fc.constant('secret' as const), secret: fc.stringMatching(/^whsec_[0-9a-f]{64}$/) }),
    fc.record({
      of: fc.constant('time' as const),
      off: fc.oneof(fc.integer({ min: 600_001, max: 1e12 }), fc.integer({ min: -1e12, max: -600_001 })),
    }),
  );

  type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

  function mutatedRequest(genuine: Partial<Signing>, change: Mutation): InboundRequest {
    const request = signed(genuine);
    switch (change.of) {
      case 'header':
        return withHeaders(request, {
          [change.header]: mutated(String(request.headers[change.header] ?? ''), change.spot),
        });
      case 'no header':
        return withHeaders(request, { [change.header]: undefined });
      case 'version':
        return withHeaders(request, { 'x-webhook-signature-version': change.value });
      case 'body':
        return { ...request, body: mutatedBytes(request.body, change.spot) };
      case 'address':
        return signed({ ...genuine, [change.part]: mutated(SIGNING[change.part], change.spot) });
      case 'method':
        return { ...request, method: change.method };
      case 'secret':
        return signed({ ...genuine, secret: change.secret });
      case 'time':
        return { ...request, receivedAtMs: request.receivedAtMs + change.off };
    }
  }

  it('of the bytes, headers, address, method, key or time are all refused', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(signing, mutation, (genuine, change) => {
        kinds.set(change.of, (kinds.get(change.of) ?? 0) + 1);
        expect(verify.check(mutatedRequest(genuine, change))).toMatchObject({ genuine: false });
      }),
      RUNS,
    );
    expect(kinds.size).toBe(8);
    expect(Math.min(...kinds.values())).toBeGreaterThan(500);
  });

  it('that change nothing are all accepted', () => {
    fc.assert(
      fc.property(signing, (genuine) => {
        const { version, requestId } = genuine;
        expect(verify.check(signed(genuine))).toEqual({ genuine: true, signature: { version, requestId } });
      }),
      RUNS,
    );
  });
});
