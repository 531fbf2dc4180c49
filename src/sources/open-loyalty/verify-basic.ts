import { digestOf, GENUINE, headerOf, isSecret, refused, type Verify } from './verify.ts';

/** A user name and password, as in RFC 7617. */
export interface BasicSettings {
  readonly type: 'basic';
  readonly username: string;
  readonly password: string;
}

/** Accepts a request whose `Authorization: Basic` header holds these credentials. */
export function verifyBasic({ username, password }: BasicSettings): Verify {
  const secret = digestOf(`${username}:${password}`);
  return {
    needsBody: false,
    check(request) {
      const presented = credentialsIn(headerOf(request, 'authorization'));
      if (isSecret(presented, secret)) return GENUINE;
      return refused(presented === null ? 'basic credentials are missing' : 'the basic credentials are wrong');
    },
  };
}

/** The decoded credentials; null when the header is missing or of another scheme. */
function credentialsIn(header: string | null): Uint8Array | null {
  const encoded = /^basic +(\S+) *$/i.exec(header ?? '')?.[1];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64');
}
