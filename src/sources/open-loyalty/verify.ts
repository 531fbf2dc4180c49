import { hash, timingSafeEqual } from 'node:crypto';
import type { InboundRequest, Verified } from '../../ports/source.ts';

/** One way to tell a genuine webhook from a forged one. */
export interface Verify {
  /** Whether it looks at the body, so that the body must be read first. */
  readonly needsBody: boolean;
  /** Takes constant time, whatever secret was presented. Never throws. */
  check(request: InboundRequest): Verified;
}

/** A genuine request that carries no signature. */
export const GENUINE: Verified = { genuine: true, signature: null };

/** A request that is let in by nobody, and why. */
export function refused(reason: string): Verified {
  return { genuine: false, reason };
}

/** A secret as it is kept for comparing. */
export type Digest = Buffer;

/** The digest of a secret: all digests have one length, so comparing them tells nothing of the secret's length. */
export function digestOf(secret: string | Uint8Array): Digest {
  return hash('sha256', secret, 'buffer');
}

/** Whether a presented value is the secret, in a time that depends on neither's content. An absent value never is. */
export function isSecret(presented: string | Uint8Array | null, secret: Digest): boolean {
  const same = timingSafeEqual(digestOf(presented ?? ''), secret);
  return same && presented !== null;
}

/** A header of the request, by a name in any case; null when it was not sent. */
export function headerOf(request: InboundRequest, name: string): string | null {
  const key = name.toLowerCase();
  const value = Object.hasOwn(request.headers, key) ? request.headers[key] : undefined;
  return typeof value === 'string' ? value : (value?.join(', ') ?? null);
}
