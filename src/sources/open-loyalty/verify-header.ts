import { digestOf, GENUINE, headerOf, isSecret, refused, type Verify } from './verify.ts';

/** A header that carries a shared secret: Open Loyalty sends the headers of its subscription along. */
export interface HeaderSettings {
  readonly type: 'header';
  readonly name: string;
  readonly value: string;
}

/** Accepts a request whose header holds exactly the secret. */
export function verifyHeader({ name, value }: HeaderSettings): Verify {
  const secret = digestOf(value);
  return {
    needsBody: false,
    check(request) {
      const presented = headerOf(request, name);
      if (isSecret(presented, secret)) return GENUINE;
      return refused(
        presented === null ? `the header ${name} is missing` : `the header ${name} does not hold the secret`,
      );
    },
  };
}
