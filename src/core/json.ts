/** Any JSON value, deeply read-only. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object, deeply read-only. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a JSON object: neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** UTF-8 takes at most this many bytes for a character of JavaScript's: most texts need not be measured to be small enough. */
export const MOST_BYTES_A_CHARACTER = 3;
