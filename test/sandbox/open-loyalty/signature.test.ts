import { describe, expect, it } from 'vitest';
import { canonicalText, signatureHeaders, signatureOf } from '../../../src/sandbox/open-loyalty/webhooks/signature.ts';

const SECRET = `whsec_${'0123456789abcdef'.repeat(4)}`;
const REQUEST = {
  method: 'POST',
  url: 'https://bridge.example.test/ol/webhook',
  body: '{"messageId":"3f0c7e1a-5a0e-4b53-9d0b-2f6f5d0c9a11"}',
  timestamp: 1767225600,
  requestId: '8aaaabcd-0f85-4c1e-9b1a-000000000001',
};
const ASCII = '343929e2ad54ea0c5a53faa77cb6e551166859a83e024e398014cf78e7d6a719';
const DECODED = 'f8e15008f68ae59f7c11a548abd0d438c8bed2f16a0ef9a464a648d710ffccfa';
const PLAIN = { key: 'ascii', host: 'without-port', path: 'without-query' } as const;

describe('a signature', () => {
  it('is made over six lines, the last without an end', () => {
    expect(canonicalText(REQUEST)).toBe(
      [
        'POST',
        '19:bridge.example.test',
        '11:/ol/webhook',
        'fc339f1d213ebd699ee59369b0f16a15053c44f4d463896abcabfa39c2c4574e',
        '1767225600',
        '8aaaabcd-0f85-4c1e-9b1a-000000000001',
      ].join('\n'),
    );
  });

  it.each([
    ['ascii', ASCII],
    ['decoded', DECODED],
  ] as const)('with the key as %s is the known one', (key, signature) => {
    expect(signatureOf(REQUEST, SECRET, { ...PLAIN, key })).toBe(signature);
  });

  it('names port and query where that is switched on', () => {
    const url = 'http://127.0.0.1:8080/webhooks/ol?a=1';
    expect(
      canonicalText({ ...REQUEST, url })
        .split('\n')
        .slice(1, 3),
    ).toEqual(['9:127.0.0.1', '12:/webhooks/ol']);
    const all = canonicalText({ ...REQUEST, url }, { ...PLAIN, host: 'with-port', path: 'with-query' });
    expect(all.split('\n').slice(1, 3)).toEqual(['14:127.0.0.1:8080', '16:/webhooks/ol?a=1']);
  });

  it('counts bytes, not characters, of the body', () => {
    expect(signatureOf({ ...REQUEST, body: '"ü"' }, SECRET)).not.toBe(signatureOf({ ...REQUEST, body: '"u"' }, SECRET));
  });

  it('travels in five headers', () => {
    expect(signatureHeaders(REQUEST, { secret: SECRET, version: 2 })).toEqual({
      'X-Webhook-Signature': ASCII,
      'X-Webhook-Signature-Algorithm': 'hmac-sha256',
      'X-Webhook-Timestamp': '1767225600',
      'X-Webhook-Request-Id': REQUEST.requestId,
      'X-Webhook-Signature-Version': '2',
    });
  });
});
