import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { PointsmanError } from '../core/errors.ts';

/** What a holder of a token may do: a viewer reads, an editor also edits mappings, an admin does everything. */
type Role = 'viewer' | 'editor' | 'admin';

/** A token of `api.tokens`. */
export interface ApiToken {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
}

/** From who may least to who may most. */
const ROLES: readonly Role[] = ['viewer', 'editor', 'admin'];

/** Lets a request pass that carries a known bearer token; closed when none is configured. Constant time. */
export function requireToken(tokens: readonly ApiToken[]): RequestHandler {
  const digests = tokens.map(({ token }) => digest(token));
  return (request, response, next) => {
    const presented = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const shown = digest(presented ?? '');
    // Every digest is compared, so that time does not tell which token came close.
    const [match] = tokens.filter((_token, index) => isSame(digests[index], shown));
    if (presented !== undefined && match) {
      response.locals['role'] = match.role;
      response.locals['token'] = match.name;
      return next();
    }
    next(
      new PointsmanError(
        'API_UNAUTHORIZED',
        tokens.length === 0 ? 'No api.tokens are configured' : 'A valid token is needed',
      ),
    );
  };
}

/** Lets a request pass whose token, known by then, has this role or one that may more. */
export function requireRole(role: Role): RequestHandler {
  return (_request, response, next) => {
    const own = response.locals['role'] as Role;
    if (ROLES.indexOf(own) >= ROLES.indexOf(role)) return next();
    next(new PointsmanError('API_FORBIDDEN', `This needs the role ${role}; the token has the role ${own}`));
  };
}

/** The name of the token that a request came with. */
export function tokenNameOf(response: Response): string {
  return String(response.locals['token']);
}

function isSame(known: Buffer | undefined, shown: Buffer): boolean {
  return known !== undefined && timingSafeEqual(known, shown);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
