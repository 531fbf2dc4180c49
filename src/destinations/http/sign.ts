import { createHmac } from 'node:crypto';

/** What signs a call: with several keys, as in a rotation, each signs, and the receiver takes any that it knows. */
export interface Signer {
  /** The value of `webhook-signature`. */
  sign(id: string, timestampSeconds: number, body: string): string;
}

/**
 * Signs as Standard Webhooks asks: HMAC-SHA256 of `id.timestamp.body`, in base64, as `v1,…`, with the bytes that a
 * secret spells in base64 after `whsec_`. Source: github.com/standard-webhooks/standard-webhooks, spec.
 */
export function createSigner(secrets: readonly string[]): Signer {
  const keys = secrets.map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
  return {
    sign(id, timestampSeconds, body) {
      const content = `${id}.${timestampSeconds}.${body}`;
      return keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`).join(' ');
    },
  };
}
