import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, type Json } from '../../../core/json.ts';
import type { Chance } from '../random.ts';
import { type Answer, jsonAnswer } from './answer.ts';

/** Who may call the API. */
export interface Credentials {
  /** The permanent key of the header `X-AUTH-TOKEN`. */
  readonly apiToken: string;
  readonly username: string;
  readonly password: string;
}

/** How long a token of a login lasts. Source: admin token. */
const TOKEN_MS = 24 * 3_600_000;

const REQUIRED = jsonAnswer(401, { message: 'Authentication Required' });
const INVALID = jsonAnswer(401, { code: '401', message: 'Invalid JWT Token' });
const EXPIRED = jsonAnswer(401, { code: '401', message: 'Expired JWT Token.' });
/** The texts of a failed login and refresh are unconfirmed. */
const WRONG_LOGIN = jsonAnswer(401, { code: '401', message: 'Invalid credentials.' });
const WRONG_REFRESH = jsonAnswer(401, { code: '401', message: 'JWT Refresh Token Not Found' });

/** Logins, their tokens, and the permanent key. Source: the security schemes of the OpenAPI. */
export class Auth {
  readonly #credentials: Credentials;
  readonly #chance: Chance;
  readonly #tokens = new Map<string, number>();
  readonly #refreshTokens = new Set<string>();

  constructor(credentials: Credentials, chance: Chance) {
    this.#credentials = credentials;
    this.#chance = chance;
  }

  /** `POST /api/admin/login_check`. */
  login(body: Json | undefined, nowMs: number): Answer {
    const { username, password } = isJsonObject(body) ? body : {};
    const right = username === this.#credentials.username && password === this.#credentials.password;
    return right ? this.#issue(nowMs) : WRONG_LOGIN;
  }

  /** `POST /api/token/refresh`: the old refresh token is used up. */
  refresh(body: Json | undefined, nowMs: number): Answer {
    const token = isJsonObject(body) ? body['refresh_token'] : null;
    return typeof token === 'string' && this.#refreshTokens.delete(token) ? this.#issue(nowMs) : WRONG_REFRESH;
  }

  /** Null lets the call in. What a wrong permanent key is answered with is unconfirmed. */
  check(headers: IncomingHttpHeaders, nowMs: number): Answer | null {
    const key = headers['x-auth-token'];
    if (key !== undefined) return key === this.#credentials.apiToken ? null : REQUIRED;
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return REQUIRED;
    const endsAtMs = this.#tokens.get(token);
    if (endsAtMs === undefined) return INVALID;
    return nowMs < endsAtMs ? null : EXPIRED;
  }

  #issue(nowMs: number): Answer {
    const endsAtMs = nowMs + TOKEN_MS;
    const payload = {
      iat: Math.floor(nowMs / 1000),
      exp: Math.floor(endsAtMs / 1000),
      username: this.#credentials.username,
    };
    const parts = [{ typ: 'JWT', alg: 'RS256' }, payload].map((each) =>
      Buffer.from(JSON.stringify(each)).toString('base64url'),
    );
    const token = [...parts, this.#chance.hex(48)].join('.');
    const refreshToken = this.#chance.hex(64);
    this.#tokens.set(token, endsAtMs);
    this.#refreshTokens.add(refreshToken);
    return jsonAnswer(200, { token, refresh_token: refreshToken });
  }
}
