import type { Verify } from './verify.ts';
import { verifyAnyOf } from './verify-any-of.ts';
import { type BasicSettings, verifyBasic } from './verify-basic.ts';
import { type HeaderSettings, verifyHeader } from './verify-header.ts';
import { type HmacSettings, verifyHmac } from './verify-hmac.ts';
import { verifyNone } from './verify-none.ts';

/** How a source's requests are verified: one kind, or any of several. */
export type VerifySettings =
  | HeaderSettings
  | BasicSettings
  | HmacSettings
  | { readonly type: 'none' }
  | { readonly type: 'any-of'; readonly members: readonly VerifySettings[] };

/** Builds the verification that the settings ask for. A kind is added here and in a file of its own. */
export function createVerify(settings: VerifySettings): Verify {
  switch (settings.type) {
    case 'header':
      return verifyHeader(settings);
    case 'basic':
      return verifyBasic(settings);
    case 'hmac':
      return verifyHmac(settings);
    case 'none':
      return verifyNone();
    case 'any-of':
      return verifyAnyOf(settings.members.map(createVerify));
  }
}
