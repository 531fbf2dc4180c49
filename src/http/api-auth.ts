import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { PointsmanError } from '../core/errors.ts';

/** What a holder of a token may do: a viewer reads, an editor also edits mappings, an admin does everything. */
type Role = 'viewer' | 'editor' | 'admin';

/** A token of `api.tokens`. */
export interface ApiToken {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
}

/** Lets a request pass that carries a known bearer token; closed when none is configured. Constant time. */
export function requireToken(tokens: readonly ApiToken[]): RequestHandler {
  const digests = tokens.map(({ token }) => digest(token));
  return (request, _response, next) => {
    const presented = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const shown = digest(presented ?? '');
    // Every digest is compared, so that time does not tell which token came close.
    const matches = digests.filter((known) => timingSafeEqual(known, shown)).length;
    if (presented !== undefined && matches > 0) return next();
    next(
      new PointsmanError(
        'API_UNAUTHORIZED',
        tokens.length === 0 ? 'No api.tokens are configured' : 'A valid token is needed',
      ),
    );
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
