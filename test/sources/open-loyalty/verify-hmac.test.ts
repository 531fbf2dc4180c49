import { describe, expect, it } from 'vitest';
import type { InboundRequest, Verified } from '../../../src/ports/source.ts';
import { createVerify } from '../../../src/sources/open-loyalty/create-verify.ts';
import { createOpenLoyaltySource } from '../../../src/sources/open-loyalty/source.ts';
import { refused } from '../../../src/sources/open-loyalty/verify.ts';
import type { HmacSettings } from '../../../src/sources/open-loyalty/verify-hmac.ts';
import {
  HMAC,
  NOW_SECONDS,
  OTHER_SECRET,
  SECRET,
  SIGNING,
  type Signing,
  signed,
  URL_SUBSCRIBED,
  withHeaders,
} from './signing.ts';

const GENUINE: Verified = { genuine: true, signature: { version: '1', requestId: SIGNING.requestId } };
const MISFIT = refused('the header X-Webhook-Signature fits none of the secrets for the url that verify names');

function check(request: InboundRequest, changes: Partial<HmacSettings> = {}): Verified {
  return createVerify({ ...HMAC, ...changes }).check(request);
}

describe('the published vector', () => {
  const vector = (signature: string) => withHeaders(signed(), { 'x-webhook-signature': signature });
  const ascii = vector('343929e2ad54ea0c5a53faa77cb6e551166859a83e024e398014cf78e7d6a719');
  const decoded = vector('f8e15008f68ae59f7c11a548abd0d438c8bed2f16a0ef9a464a648d710ffccfa');

  it('is what these tests sign', () => {
    expect(signed().headers).toEqual(ascii.headers);
    expect(signed({ encoding: 'hex' }).headers).toEqual(decoded.headers);
  });

  it.each<[string, HmacSettings['keyEncoding'], boolean, InboundRequest]>([
    ['as text', 'auto', true, ascii],
    ['decoded', 'auto', true, decoded],
    ['as text', 'ascii', true, ascii],
    ['decoded', 'ascii', false, decoded],
    ['as text', 'hex', false, ascii],
    ['decoded', 'hex', true, decoded],
  ])('signed with the key %s, under keyEncoding %s: genuine is %s', (_, keyEncoding, genuine, request) => {
    expect(check(request, { keyEncoding })).toEqual(genuine ? GENUINE : MISFIT);
  });
});

describe('a signed request', () => {
  it('is accepted as often as it comes: a repeat is known by its ids', () => {
    const verify = createVerify(HMAC);
    const request = signed();
    expect([verify.check(request), verify.check(request)]).toEqual([GENUINE, GENUINE]);
  });

  it('tells its request id and the version of its key, whatever that is', () => {
    const request = signed({ version: 'v2.rotated-2026', requestId: 'try-2' });
    expect(check(request)).toEqual({
      genuine: true,
      signature: { version: 'v2.rotated-2026', requestId: 'try-2' },
    });
  });

  it.each([-300, 0, 300])('is accepted when its clock is %i s off ours', (seconds) => {
    expect(check(signed({ seconds: NOW_SECONDS + seconds }))).toEqual(GENUINE);
  });

  it.each([-301, 301, -86_400, NOW_SECONDS])('is refused when its clock is %i s off ours', (seconds) => {
    const late = 'the header X-Webhook-Timestamp is more than 5 minutes off';
    expect(check(signed({ seconds: NOW_SECONDS + seconds }))).toEqual(refused(late));
  });

  it('is refused when its time is in milliseconds', () => {
    const reason = 'the header X-Webhook-Timestamp is not a time in Unix seconds';
    expect(check(signed({ seconds: NOW_SECONDS * 1000 }))).toEqual(refused(reason));
  });

  it('may have no body, and any bytes for a body', () => {
    expect(check(signed({ body: '' }))).toEqual(GENUINE);
    expect(check(signed({ body: '{"name":"Zoë 😀"}\n' }))).toEqual(GENUINE);
  });
});

describe('the signed address', () => {
  it.each<[string, Partial<Signing>, Partial<HmacSettings>]>([
    ['the host without its port', { host: 'x.test' }, { url: 'https://x.test:8443/ol/webhook' }],
    ['the host with its port', { host: 'x.test:8443' }, { url: 'https://x.test:8443/ol/webhook', hostWithPort: true }],
    ['the path without its query', { path: '/ol/webhook' }, { url: `${URL_SUBSCRIBED}?tenant=PL` }],
    [
      'the path with its query',
      { path: '/ol/webhook?tenant=PL' },
      { url: `${URL_SUBSCRIBED}?tenant=PL`, pathWithQuery: true },
    ],
    ['the path of a bare host', { path: '/' }, { url: 'https://bridge.example.test/' }],
    [
      'an international host and path as they travel',
      { host: 'xn--bcher-kva.test', path: '/%C3%BC' },
      { url: 'https://xn--bcher-kva.test/%C3%BC' },
    ],
  ])('is %s', (_, signing, settings) => {
    expect(check(signed(signing), settings)).toEqual(GENUINE);
  });

  it.each<[string, Partial<Signing>]>([
    ['host', { host: 'other.example.test' }],
    ['path', { path: '/ol/webhooks' }],
    ['slash', { path: '/ol/webhook/' }],
    ['method', { method: 'PUT' }],
  ])('of another %s is refused', (_, signing) => {
    expect(check({ ...signed(signing), method: 'POST' })).toEqual(MISFIT);
  });

  it('cannot be shifted between host and path', () => {
    expect(check(signed({ host: 'bridge.example.test/ol', path: '/webhook' }))).toEqual(MISFIT);
  });
});

describe('the headers', () => {
  const names = {
    'x-webhook-signature': 'X-Webhook-Signature',
    'x-webhook-signature-algorithm': 'X-Webhook-Signature-Algorithm',
    'x-webhook-signature-version': 'X-Webhook-Signature-Version',
    'x-webhook-timestamp': 'X-Webhook-Timestamp',
    'x-webhook-request-id': 'X-Webhook-Request-Id',
  };

  it.each(Object.entries(names))('are refused without %s, which the reason names', (header, name) => {
    expect(check(withHeaders(signed(), { [header]: undefined }))).toEqual(refused(`the header ${name} is missing`));
  });

  it('are all named when all are missing', () => {
    const { genuine, ...rest } = check({ ...signed(), headers: {} });
    expect(genuine).toBe(false);
    for (const name of Object.values(names)) expect(JSON.stringify(rest)).toContain(`the header ${name} is missing`);
  });

  const mac = String(signed().headers['x-webhook-signature']);
  it.each<[keyof typeof names, string, string]>([
    ['x-webhook-signature', '', '64 hexadecimal digits in lower case'],
    ['x-webhook-signature', mac.slice(0, -2), '64 hexadecimal digits in lower case'],
    ['x-webhook-signature', `${mac}00`, '64 hexadecimal digits in lower case'],
    ['x-webhook-signature', mac.toUpperCase(), '64 hexadecimal digits in lower case'],
    ['x-webhook-signature', `sha256=${mac}`, '64 hexadecimal digits in lower case'],
    ['x-webhook-signature', `${mac}, ${mac}`, '64 hexadecimal digits in lower case'],
    ['x-webhook-signature', `${mac}\n`, '64 hexadecimal digits in lower case'],
    ['x-webhook-signature-algorithm', 'hmac-sha512', 'hmac-sha256'],
    ['x-webhook-signature-algorithm', 'none', 'hmac-sha256'],
    ['x-webhook-signature-algorithm', 'HMAC-SHA256', 'hmac-sha256'],
    ['x-webhook-timestamp', '-1', 'a time in Unix seconds'],
    ['x-webhook-timestamp', '1767225600.5', 'a time in Unix seconds'],
    ['x-webhook-timestamp', '0x695', 'a time in Unix seconds'],
    ['x-webhook-timestamp', '2026-01-01T00:00:00Z', 'a time in Unix seconds'],
    ['x-webhook-timestamp', '', 'a time in Unix seconds'],
    ['x-webhook-request-id', '', 'one short text'],
    ['x-webhook-request-id', 'x'.repeat(129), 'one short text'],
    ['x-webhook-request-id', 'a b', 'one short text'],
    ['x-webhook-request-id', 'é', 'one short text'],
    ['x-webhook-signature-version', '1, 1', 'one short text'],
    ['x-webhook-signature-version', 'x'.repeat(129), 'one short text'],
  ])('are refused when %s is %j', (header, value, expected) => {
    const reason = `the header ${names[header]} is not ${expected}`;
    expect(check(withHeaders(signed(), { [header]: value }))).toEqual(refused(reason));
  });

  it('cannot be inherited', () => {
    const { headers } = signed();
    expect(check({ ...signed(), headers: Object.create(headers) })).toMatchObject({ genuine: false });
  });
});

describe('several secrets', () => {
  const third = `whsec_${'00112233445566aa'.repeat(4)}`;
  const secrets = [SECRET, OTHER_SECRET, third];

  it('are all accepted, in any order, whichever fitted last', () => {
    const verify = createVerify({ ...HMAC, secrets });
    for (const secret of [third, third, SECRET, OTHER_SECRET, third, SECRET]) {
      for (const encoding of ['hex', 'ascii'] as const) {
        expect(verify.check(signed({ secret, encoding }))).toEqual(GENUINE);
      }
    }
  });

  it('do not let in what another secret signed, after any of them fitted', () => {
    const verify = createVerify({ ...HMAC, secrets: [SECRET, third] });
    expect(verify.check(signed())).toEqual(GENUINE);
    expect(verify.check(signed({ secret: OTHER_SECRET }))).toEqual(MISFIT);
    expect(verify.check(signed({ secret: third }))).toEqual(GENUINE);
  });

  it.each(['', 'whsec_', 'whsec_xyz', 'a'.repeat(64), `whsec_${'g'.repeat(64)}`, `whsec_${'a'.repeat(65)}`])(
    'give no key when one is %j: not even an empty one',
    (secret) => {
      const keys = [secret, `whsec_${secret}`, 'whsec_', `whsec_whsec_${'a'.repeat(64)}`];
      for (const guess of keys) expect(check(signed({ secret: guess }), { secrets: [secret] })).toEqual(MISFIT);
    },
  );

  it('none at all let nobody in', () => {
    expect(check(signed(), { secrets: [] })).toEqual(MISFIT);
  });
});

describe('a list with hmac', () => {
  const header = { type: 'header', name: 'X-Token', value: 'open sesame' } as const;
  const list = { type: 'any-of', members: [header, HMAC] } as const;

  it('accepts either, needs the body, and keeps the signature', () => {
    const verify = createVerify(list);
    expect(verify.needsBody).toBe(true);
    expect(verify.check(signed())).toEqual(GENUINE);
    expect(verify.check(withHeaders(signed(), { 'x-token': 'open sesame' }))).toEqual(GENUINE);
    const unsigned = { ...signed(), headers: { 'x-token': 'open sesame' } };
    expect(verify.check(unsigned)).toEqual({ genuine: true, signature: null });
  });

  it('says of each why not', () => {
    const forged = withHeaders(signed(), { 'x-webhook-signature': '0'.repeat(64) });
    const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: list });
    expect(source.verifiesBody).toBe(true);
    expect(source.verify(signed())).toMatchObject({ genuine: true });
    expect(source.verify(forged)).toEqual(
      refused(
        'the header X-Token is missing; the header X-Webhook-Signature fits none of the secrets for the url that verify names',
      ),
    );
  });
});
