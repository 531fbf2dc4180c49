import { type Answer, authError } from './answer.ts';

/** What a caller must know to be let in. */
export interface Credentials {
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Checks private access: `Authorization: Basic base64(key:secret)` for this project. Null lets the request in.
 * Texts and statuses are Bloomreach's; their JSON key under 401 and 403, the order of the checks, and which of the two
 * texts a wrong project token meets are inferred.
 */
export function authorize(header: string | undefined, projectToken: string, credentials: Credentials): Answer | null {
  const [scheme = '', value = ''] = (header ?? '').trim().split(/\s+/);
  const basic = scheme.toLowerCase() === 'basic';
  const pair = basic ? Buffer.from(value, 'base64').toString() : value;
  const colon = basic ? pair.indexOf(':') : pair.length;
  if (colon < 1 || (!basic && scheme.toLowerCase() !== 'token')) return authError(401, 'Access key not provided');
  if (projectToken !== credentials.projectToken) {
    return authError(400, UUID.test(projectToken) ? 'Could not authenticate' : 'Invalid project id');
  }
  // A public token is well-formed but unknown here: the sandbox's project has only a private key.
  if (!basic || pair.slice(0, colon) !== credentials.apiKeyId) return authError(401, 'Access key not found');
  return pair.slice(colon + 1) === credentials.apiSecret ? null : authError(403, 'invalid secret');
}
