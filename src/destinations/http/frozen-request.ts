import { isJsonObject, type Json } from '../../core/json.ts';
import { arePairs, encodePairs } from './url-template.ts';

/** What a delivery keeps of its call: neither host nor credentials nor signature, and no header of the config. */
export interface FrozenHttpRequest {
  readonly method: string;
  /** Values in it are encoded. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** Lower-case names; with a body, its content type too. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent = the call has no body. */
  readonly body?: Json;
}

/** Writes it as the text that is stored. Throws when it is nested deeper than can be written. */
export function frozenText({ method, path, query, headers, body }: FrozenHttpRequest): string {
  return JSON.stringify({ method, path, query, headers, ...(body !== undefined && { body }) });
}

/** Reads a stored text; null when it is none, as one that another type of destination wrote. */
export function readFrozen(text: string): FrozenHttpRequest | null {
  const value = JSON.parse(text) as Json;
  if (!isJsonObject(value)) return null;
  const { path, query, headers } = value;
  if (typeof path !== 'string' || typeof query !== 'string' || !isJsonObject(headers)) return null;
  return value as unknown as FrozenHttpRequest;
}

/** How a body of this content type is written: JSON, or a form, or a text as it is. Null = it cannot be. */
export function bodyText(body: Json, contentType: string): string | null {
  if (/^[^;]*[/+]json\b/i.test(contentType)) return JSON.stringify(body);
  if (typeof body === 'string') return body;
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType);
  return isForm && isJsonObject(body) && arePairs(body) ? encodePairs(body) : null;
}
