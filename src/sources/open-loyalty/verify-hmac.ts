import { createKeyRing, type KeyEncoding } from './key-ring.ts';
import { readSignatureHeaders, type SignedAddress, signedText } from './signed-request.ts';
import { refused, type Verify } from './verify.ts';

/** Requests signed by Open Loyalty. What its documentation leaves open is a setting. */
export interface HmacSettings {
  readonly type: 'hmac';
  /** The URL of the subscription, in its normal form: behind a proxy it is not the one we see. */
  readonly url: string;
  /** `whsec_` and 64 hexadecimal characters each: one a subscription. */
  readonly secrets: readonly string[];
  readonly keyEncoding: KeyEncoding;
  /** Whether the signed host includes a port that the URL names. */
  readonly hostWithPort: boolean;
  /** Whether the signed path includes the query. */
  readonly pathWithQuery: boolean;
}

/** How far the time of a request may be from our clock, in either direction, in s. */
const WINDOW_SECONDS = 5 * 60;

/**
 * Accepts a request that one of the secrets signed for this URL, at most five minutes ago by our clock. Throws when the
 * URL is none. A request that comes twice within the five minutes is genuine: that it is a repeat, its ids tell.
 */
export function verifyHmac(settings: HmacSettings): Verify {
  const address = signedAddress(settings);
  const keys = createKeyRing(settings.secrets, settings.keyEncoding);
  return {
    needsBody: true,
    check(request) {
      const headers = readSignatureHeaders(request);
      if (typeof headers === 'string') return refused(headers);
      const { mac, timestamp, version, requestId } = headers;
      const secondsOff = Math.abs(request.receivedAtMs / 1000 - Number(timestamp));
      if (secondsOff > WINDOW_SECONDS) return refused('the header X-Webhook-Timestamp is more than 5 minutes off');
      if (keys.fits(signedText(request, address, headers), mac)) {
        return { genuine: true, signature: { version, requestId } };
      }
      return refused('the header X-Webhook-Signature fits none of the secrets for the url that verify names');
    },
  };
}

function signedAddress({ url, hostWithPort, pathWithQuery }: HmacSettings): SignedAddress {
  const { host, hostname, pathname, search } = new URL(url);
  return { host: hostWithPort ? host : hostname, path: pathWithQuery ? pathname + search : pathname };
}
