/** How calls prove who they come from. */
export type HttpAuth =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string };

/** The value of `authorization`; null without credentials. */
export function authorizationOf(auth: HttpAuth): string | null {
  if (auth.type === 'none') return null;
  return auth.type === 'basic' ? `Basic ${base64Of(auth)}` : `Bearer ${auth.token}`;
}

/** What of it must never be shown. */
export function secretsOfAuth(auth: HttpAuth): readonly string[] {
  if (auth.type === 'none') return [];
  return auth.type === 'basic' ? [auth.password, base64Of(auth)] : [auth.token];
}

function base64Of({ username, password }: Extract<HttpAuth, { type: 'basic' }>): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
