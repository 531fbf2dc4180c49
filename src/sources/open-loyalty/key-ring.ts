import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** How a secret becomes a key: its hexadecimal text as it stands, the bytes that the text spells, or whichever fits. */
export type KeyEncoding = 'auto' | 'ascii' | 'hex';

/** The keys with which a request may be signed. */
export interface KeyRing {
  /** Whether this is the HMAC-SHA256 (32 bytes) of the text under any key. */
  fits(text: string, mac: Buffer): boolean;
}

const ENCODINGS: Readonly<Record<KeyEncoding, readonly ('ascii' | 'hex')[]>> = {
  auto: ['ascii', 'hex'],
  ascii: ['ascii'],
  hex: ['hex'],
};

/**
 * Keeps the keys of these secrets. The key that fitted last is tried first: each subscription has a secret of its own,
 * and one that sends now will send again. When it does not fit, every key is tried, so that the time taken tells
 * nothing. A secret that is not `whsec_` and 64 hexadecimal characters gives no key, and so lets nobody in.
 */
export function createKeyRing(secrets: readonly string[], encoding: KeyEncoding): KeyRing {
  const keys = ENCODINGS[encoding].flatMap((one) => secrets.flatMap((secret) => keyOf(secret, one) ?? []));
  let last: KeyObject | null = null;
  return {
    fits(text, mac) {
      if (last !== null && isMac(mac, text, last)) return true;
      const fitting = keys.filter((key) => isMac(mac, text, key));
      last = fitting[0] ?? last;
      return fitting.length > 0;
    },
  };
}

function keyOf(secret: string, encoding: 'ascii' | 'hex'): KeyObject | null {
  const text = /^whsec_([0-9A-Fa-f]{64})$/.exec(secret)?.[1];
  return text === undefined ? null : createSecretKey(Buffer.from(text, encoding));
}

function isMac(mac: Buffer, text: string, key: KeyObject): boolean {
  return timingSafeEqual(createHmac('sha256', key).update(text).digest(), mac);
}
