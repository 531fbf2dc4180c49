import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Sizes a command must stay below, in bytes. Source: Add event; Update customer properties. */
const VALUE_LIMIT_BYTES = 16 * 1024;
const MESSAGE_LIMIT_BYTES = 800 * 1024;

/** Nesting the sandbox can carry without risk to its stack; not a limit of Bloomreach. */
const DEPTH_LIMIT = 500;

/** A command's properties, checked; `errors` holds what the caller is told. */
export type CheckedProperties =
  | { readonly properties: JsonObject; readonly errors: null }
  | { readonly properties: null; readonly errors: readonly string[] };

/**
 * Checks that `properties` is an object, not an array. Only the identifier and permission texts of refusals are
 * Bloomreach's own; those for shapes and sizes are unpublished and worded here.
 */
export function checkProperties(data: JsonObject, required: boolean): CheckedProperties {
  if (deeperThan(data, DEPTH_LIMIT)) return { properties: null, errors: ['data: nested too deeply'] };
  const properties = data['properties'];
  if (properties === undefined && !required) return { properties: {}, errors: null };
  if (!isJsonObject(properties)) return { properties: null, errors: ['properties: must be an object'] };
  if (required && Object.keys(properties).length === 0) {
    return { properties: null, errors: ['properties: at least one property should be specified'] };
  }
  return { properties, errors: null };
}

/**
 * Names what is over its size limit, or null.
 * @param requestBytes size of the whole request body: a small one cannot hold anything too large, and is not measured.
 */
export function overLimit(data: JsonObject, properties: JsonObject, requestBytes: number): string | null {
  if (requestBytes < VALUE_LIMIT_BYTES) return null;
  for (const [name, value] of Object.entries(properties)) {
    if (sizeOf(value) >= VALUE_LIMIT_BYTES) return `properties.${name}: value must be smaller than 16 KB`;
  }
  if (requestBytes < MESSAGE_LIMIT_BYTES) return null;
  return sizeOf(data) >= MESSAGE_LIMIT_BYTES ? 'message must be smaller than 800 KB' : null;
}

function sizeOf(value: Json): number {
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}

function deeperThan(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const item of Object.values(value)) if (deeperThan(item, levels - 1)) return true;
  return false;
}
