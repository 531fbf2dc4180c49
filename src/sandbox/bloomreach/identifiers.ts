import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** One usable identifier of a customer: a name such as `registered` and a cleaned value. */
export interface Identifier {
  readonly name: string;
  readonly value: string;
}

/** Why a command names no customer. Source: Tracking API error messages; Most common API requests errors. */
export type IdentifierError = 'At least one id should be specified.' | 'At least one valid id should be specified';

/**
 * Cleans `customer_ids`: trims, turns numbers to text, lower-cases where the project does, leaves out what is no valid
 * id. That an invalid id next to a valid one is ignored is inferred.
 */
export function readIdentifiers(raw: Json | undefined, lowercase: boolean): readonly Identifier[] | IdentifierError {
  if (!isJsonObject(raw) || isEmpty(raw)) return 'At least one id should be specified.';
  const identifiers: Identifier[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const text = lowercase ? String(value).trim().toLowerCase() : String(value).trim();
    if (isValid(text)) identifiers.push({ name, value: text });
  }
  return identifiers.length > 0 ? identifiers : 'At least one valid id should be specified';
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

function isValid(value: string): boolean {
  return /[\p{L}\p{N}]/u.test(value) && value !== 'null' && value !== 'undefined';
}
