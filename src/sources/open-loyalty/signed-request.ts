import { createHash } from 'node:crypto';
import type { Signature } from '../../core/event.ts';
import type { InboundRequest } from '../../ports/source.ts';
import { headerOf } from './verify.ts';

/** What the five headers of a signed request say, each in its proper form. */
export interface SignatureHeaders extends Signature {
  /** The HMAC-SHA256 that was presented. */
  readonly mac: Buffer;
  /** Unix seconds, as sent. */
  readonly timestamp: string;
}

/** The parts of the subscribed URL that are signed. */
export interface SignedAddress {
  readonly host: string;
  readonly path: string;
}

/** A header, and the form in which its value is understood. */
interface Header {
  readonly name: string;
  readonly form: RegExp;
  readonly expected: string;
}

/** Visible ASCII without spaces: a header that was sent twice reads `a, b` and is none. */
const SHORT_TEXT: Pick<Header, 'form' | 'expected'> = { form: /^[!-~]{1,128}$/, expected: 'one short text' };

/** Documented at https://help.openloyalty.io/main-features/webhooks/hmac/verifying-the-signature. */
const HEADERS = {
  algorithm: { name: 'X-Webhook-Signature-Algorithm', form: /^hmac-sha256$/, expected: 'hmac-sha256' },
  mac: { name: 'X-Webhook-Signature', form: /^[0-9a-f]{64}$/, expected: '64 hexadecimal digits in lower case' },
  timestamp: { name: 'X-Webhook-Timestamp', form: /^\d{1,11}$/, expected: 'a time in Unix seconds' },
  requestId: { name: 'X-Webhook-Request-Id', ...SHORT_TEXT },
  version: { name: 'X-Webhook-Signature-Version', ...SHORT_TEXT },
} as const satisfies Record<string, Header>;

/** Reads the headers of a signed request; a text says which one is missing or odd, never its value. */
export function readSignatureHeaders(request: InboundRequest): SignatureHeaders | string {
  const faults = Object.values(HEADERS).flatMap((header) => faultOf(header, request) ?? []);
  if (faults.length > 0) return faults.join('; ');
  const value = ({ name }: Header): string => headerOf(request, name) ?? '';
  return {
    mac: Buffer.from(value(HEADERS.mac), 'hex'),
    timestamp: value(HEADERS.timestamp),
    requestId: value(HEADERS.requestId),
    version: value(HEADERS.version),
  };
}

/**
 * The text that is signed: method, host, path, digest of the body, time and request id, one a line, none after the
 * last. Host and path are ASCII, so that their lengths are the same in characters and in bytes.
 */
export function signedText(
  request: InboundRequest,
  { host, path }: SignedAddress,
  { timestamp, requestId }: SignatureHeaders,
): string {
  const digest = createHash('sha256').update(request.body).digest('hex');
  const lines = [request.method, `${host.length}:${host}`, `${path.length}:${path}`, digest, timestamp, requestId];
  return lines.join('\n');
}

function faultOf({ name, form, expected }: Header, request: InboundRequest): string | null {
  const value = headerOf(request, name);
  if (value === null) return `the header ${name} is missing`;
  return form.test(value) ? null : `the header ${name} is not ${expected}`;
}
