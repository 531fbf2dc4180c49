import type { Json, JsonObject } from '../../core/json.ts';
import { MAX_REQUEST_BYTES } from '../../core/mapping.ts';
import type { RequestProblem } from '../../ports/destination.ts';
import { keyPath } from './problems.ts';

/** A property's value must be smaller. Source: documentation.bloomreach.com/engagement/reference/add-event. */
const VALUE_LIMIT_BYTES = 16 * 1024;

/**
 * Finds ids that Bloomreach does not take: without a letter or digit, the words `null` and `undefined`, and numbers
 * whose digits are lost. Messages tell an id's name, never its value.
 */
export function checkIds(ids: JsonObject): readonly RequestProblem[] {
  return Object.entries(ids).flatMap(([name, value]) => {
    const message = faultOfId(value);
    return message === null ? [] : [{ path: keyPath('customer_ids', name), message }];
  });
}

/** Finds values over 16 kB, and the request over 256 kB or (`text` null) too deep to be written as JSON. */
export function checkSizes(properties: JsonObject, text: string | null): readonly RequestProblem[] {
  if (text === null) return [{ path: '', message: 'The request is nested too deeply' }];
  const requestBytes = Buffer.byteLength(text);
  // A small request cannot hold anything too large, and is not measured.
  if (requestBytes < VALUE_LIMIT_BYTES) return [];
  const problems = Object.entries(properties).flatMap(([name, value]) => {
    const bytes = sizeOf(value);
    if (bytes < VALUE_LIMIT_BYTES) return [];
    const message = `has ${bytes} bytes; Bloomreach takes values smaller than ${VALUE_LIMIT_BYTES} bytes`;
    return [{ path: keyPath('properties', name), message }];
  });
  if (requestBytes <= MAX_REQUEST_BYTES) return problems;
  return [
    ...problems,
    { path: '', message: `The request has ${requestBytes} bytes; at most ${MAX_REQUEST_BYTES} are sent` },
  ];
}

/** Source: support.bloomreach.com, Most common API requests errors ("At least one valid id should be specified"). */
function faultOfId(value: Json): string | null {
  if (typeof value === 'number') return 'is a number beyond 2^53 whose last digits are lost; send it as text';
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  if (trimmed === 'null' || trimmed === 'undefined') return `is the word ${trimmed}, not an id`;
  return /[\p{L}\p{N}]/u.test(trimmed) ? null : 'has no letter or digit, so it is no valid id';
}

function sizeOf(value: Json): number {
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}
