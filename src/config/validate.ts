import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isQuantity, type Quantity } from './quantity.ts';
import type { RawConfig } from './raw.ts';
import { configSchema } from './schema.ts';

/** Settings that hold to the schema, or every way in which they do not. */
export type Validated =
  | { readonly ok: true; readonly raw: RawConfig }
  | { readonly ok: false; readonly errors: readonly ErrorObject[] };

let validator: ValidateFunction<RawConfig> | null = null;

/** Checks settings against the schema and fills in its defaults, in place. */
export function validate(value: unknown): Validated {
  validator ??= compiled();
  return validator(value) ? { ok: true, raw: value } : { ok: false, errors: validator.errors ?? [] };
}

function compiled(): ValidateFunction<RawConfig> {
  // Types are left to the schema's author: a setting's type may stand behind a $ref, which strictTypes does not follow.
  const ajv = new Ajv2020({ allErrors: true, useDefaults: true, strictTypes: false });
  // What editors offer to insert.
  ajv.addVocabulary(['defaultSnippets']);
  ajv.addFormat('http-url', isHttpUrl);
  ajv.addFormat('http-url-or-empty', (text: string) => text === '' || isHttpUrl(text));
  ajv.addFormat('subscribed-url', isSubscribedUrl);
  ajv.addFormat('endpoint-url', isEndpointUrl);
  ajv.addKeyword({
    keyword: 'x-quantity',
    type: 'string',
    schemaType: 'object',
    validate: (quantity: Quantity, text: string) => isQuantity(quantity, text),
  });
  return ajv.compile<RawConfig>(configSchema());
}

/** A URL in the one form in which everybody writes it: what is signed is its text. */
function isSubscribedUrl(text: string): boolean {
  return isHttpUrl(text.replace(/\?.*$/s, '')) && new URL(text).href === text && !text.includes('#');
}

/** A URL whose path may hold placeholders; no other part of it may. */
function isEndpointUrl(text: string): boolean {
  const [, origin = '', path = '', query = ''] =
    /^(https?:\/\/[^\s/?#{}]+)(\/[^\s?#]*)?(\?[^\s#{}]*)?$/.exec(text) ?? [];
  const plain = path.replaceAll(/\{[A-Za-z_]\w*\}/g, 'x');
  return isHttpUrl(origin) && !/[{}]/.test(plain) && URL.canParse(origin + plain + query);
}

/** An address to which paths can be appended; credentials have settings of their own. */
function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s?#]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
