import { type Dispatcher, request } from 'undici';
import type { SentRequest } from './delivery.ts';
import { type SigningSettings, signatureHeaders } from './signature.ts';
import type { Subscription } from './subscriptions.ts';

/** What one request is made of. */
export interface Outgoing {
  readonly subscription: Subscription;
  readonly body: string;
  readonly requestId: string;
  readonly sentAtMs: number;
  readonly faults: ReadonlySet<string>;
  readonly signing: SigningSettings;
  readonly timeoutMs: number;
  readonly dispatcher: Dispatcher;
}

/** How old a stale signature is. */
const STALE_SECONDS = 600;

/** Sends one request and waits for the answer, whose body is not looked at. Never rejects. */
export async function post(outgoing: Outgoing): Promise<SentRequest> {
  const { subscription, body, requestId, sentAtMs, faults, timeoutMs, dispatcher } = outgoing;
  try {
    const response = await request(subscription.url, {
      method: 'POST',
      headers: headersOf(outgoing),
      body: faults.has('tampered') ? `${body} ` : body,
      dispatcher,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    await response.body.dump();
    return { requestId, sentAtMs, status: response.statusCode, error: null };
  } catch (error) {
    return { requestId, sentAtMs, status: null, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Custom headers come last: they may replace the two defaults. */
function headersOf({ subscription, body, requestId, sentAtMs, faults, signing }: Outgoing): Record<string, string> {
  const { hmac, headers, url } = subscription;
  const timestamp = Math.floor(sentAtMs / 1000) - (faults.has('stale') ? STALE_SECONDS : 0);
  const signed = { method: 'POST', url, body, timestamp, requestId };
  const sent = new Map([
    ['content-type', 'application/json'],
    ['user-agent', 'OpenLoyalty'],
  ]);
  if (hmac !== null && !faults.has('unsigned')) {
    for (const [name, value] of Object.entries(signatureHeaders(signed, hmac, signing))) sent.set(name, value);
  }
  for (const { headerName, headerValue } of headers) sent.set(headerName.toLowerCase(), headerValue);
  return Object.fromEntries(sent);
}
