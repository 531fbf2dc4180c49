import type { JsonObject } from '../../core/json.ts';
import { OWN_HEADERS } from '../../core/own-headers.ts';
import type { UrlTemplate } from './url-template.ts';

const SCALAR = ['string', 'number', 'boolean'];

/** The JSON Schema of an endpoint's request as a mapping writes it: `path`, `query`, `headers`, `body`. */
export function requestSchemaOf(address: string, description: string, { placeholders }: UrlTemplate): JsonObject {
  const asksForPath = placeholders.length > 0;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: address,
    description: description === '' ? `One call of ${address}, as a mapping writes it.` : description,
    type: 'object',
    additionalProperties: false,
    ...(asksForPath && { required: ['path'] }),
    properties: {
      path: {
        description: 'A value for each placeholder of the url. It is encoded, and never adds a part to the path.',
        type: 'object',
        additionalProperties: false,
        required: placeholders,
        properties: Object.fromEntries(placeholders.map((name) => [name, { type: SCALAR }])),
      },
      query: {
        description: 'What is added to the address after ?, encoded. A list becomes one pair for each of its values.',
        type: 'object',
        additionalProperties: { type: [...SCALAR, 'array', 'null'] },
      },
      headers: {
        description: 'Headers of this call. Credentials, signature and length are not for a mapping to set.',
        type: 'object',
        propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", not: { enum: OWN_HEADERS.flatMap(bothCases) } },
        additionalProperties: { type: [...SCALAR, 'null'] },
      },
      body: { description: 'The body: sent as JSON, unless a content-type header says otherwise.' },
    },
  };
}

/** `content-length` and `Content-Length`. */
function bothCases(name: string): readonly string[] {
  return [name, name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())];
}
