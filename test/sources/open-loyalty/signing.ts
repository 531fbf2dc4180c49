import { createHash, createHmac } from 'node:crypto';
import type { InboundRequest } from '../../../src/ports/source.ts';
import type { HmacSettings } from '../../../src/sources/open-loyalty/verify-hmac.ts';

export const NOW_SECONDS = 1_767_225_600;
export const SECRET = `whsec_${'0123456789abcdef'.repeat(4)}`;
export const OTHER_SECRET = `whsec_${'fedcba9876543210'.repeat(4)}`;
export const URL_SUBSCRIBED = 'https://bridge.example.test/ol/webhook';

/** What the tests verify with, unless they say otherwise. */
export const HMAC: HmacSettings = {
  type: 'hmac',
  url: URL_SUBSCRIBED,
  secrets: [SECRET],
  keyEncoding: 'auto',
  hostWithPort: false,
  pathWithQuery: false,
};

/** What is signed, and how. */
export interface Signing {
  readonly secret: string;
  readonly encoding: 'ascii' | 'hex';
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly body: string;
  readonly seconds: number;
  readonly requestId: string;
  readonly version: string;
}

export const SIGNING: Signing = {
  secret: SECRET,
  encoding: 'ascii',
  method: 'POST',
  host: 'bridge.example.test',
  path: '/ol/webhook',
  body: '{"messageId":"3f0c7e1a-5a0e-4b53-9d0b-2f6f5d0c9a11"}',
  seconds: NOW_SECONDS,
  requestId: '8aaaabcd-0f85-4c1e-9b1a-000000000001',
  version: '1',
};

/** A request as Open Loyalty signs it: written out on its own, so that it checks the code and does not repeat it. */
export function signed(changes: Partial<Signing> = {}): InboundRequest {
  const { secret, encoding, method, host, path, body, seconds, requestId, version } = { ...SIGNING, ...changes };
  const digest = createHash('sha256').update(body, 'utf8').digest('hex');
  const text = `${method}\n${host.length}:${host}\n${path.length}:${path}\n${digest}\n${seconds}\n${requestId}`;
  const key = Buffer.from(secret.slice('whsec_'.length), encoding);
  return {
    method,
    headers: {
      'content-type': 'application/json',
      'x-webhook-signature': createHmac('sha256', key).update(text).digest('hex'),
      'x-webhook-signature-algorithm': 'hmac-sha256',
      'x-webhook-signature-version': version,
      'x-webhook-timestamp': String(seconds),
      'x-webhook-request-id': requestId,
    },
    body: Buffer.from(body),
    receivedAtMs: NOW_SECONDS * 1000,
  };
}

/** The request with these headers added, replaced, or (undefined) left out. */
export function withHeaders(request: InboundRequest, headers: InboundRequest['headers']): InboundRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}
