import { createHash, createHmac } from 'node:crypto';

/** What the documentation leaves open about signatures. */
export interface SigningSettings {
  /** Whether the key is the secret's 64 hex digits as text, or the 32 bytes they stand for. */
  readonly key: 'ascii' | 'decoded';
  /** Whether the host that is signed names its port. */
  readonly host: 'without-port' | 'with-port';
  /** Whether the path that is signed goes on with the query. */
  readonly path: 'without-query' | 'with-query';
}

/** What is signed. */
export interface SignedRequest {
  readonly method: string;
  /** As subscribed. */
  readonly url: string;
  /** The body's very text. */
  readonly body: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly requestId: string;
}

/** What signatures are unless switched. */
export const DEFAULT_SIGNING: SigningSettings = Object.freeze({
  key: 'ascii',
  host: 'without-port',
  path: 'without-query',
});

/** The text that is signed: six lines without an end of line after the last; lengths in bytes. Derived, not documented. */
export function canonicalText(request: SignedRequest, settings: SigningSettings = DEFAULT_SIGNING): string {
  const url = new URL(request.url);
  const host = settings.host === 'with-port' ? url.host : url.hostname;
  const path = settings.path === 'with-query' ? url.pathname + url.search : url.pathname;
  const digest = createHash('sha256').update(request.body).digest('hex');
  return [request.method, counted(host), counted(path), digest, request.timestamp, request.requestId].join('\n');
}

/** Lower-case hex HMAC-SHA256 of a request under a `whsec_` secret. */
export function signatureOf(
  request: SignedRequest,
  secret: string,
  settings: SigningSettings = DEFAULT_SIGNING,
): string {
  const digits = secret.replace(/^whsec_/, '');
  const key = settings.key === 'decoded' ? Buffer.from(digits, 'hex') : digits;
  return createHmac('sha256', key).update(canonicalText(request, settings)).digest('hex');
}

/** The five headers of a signed request. Source: verifying the signature. */
export function signatureHeaders(
  request: SignedRequest,
  { secret, version }: { readonly secret: string; readonly version: number },
  settings: SigningSettings = DEFAULT_SIGNING,
): Record<string, string> {
  return {
    'X-Webhook-Signature': signatureOf(request, secret, settings),
    'X-Webhook-Signature-Algorithm': 'hmac-sha256',
    'X-Webhook-Timestamp': String(request.timestamp),
    'X-Webhook-Request-Id': request.requestId,
    'X-Webhook-Signature-Version': String(version),
  };
}

function counted(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}
