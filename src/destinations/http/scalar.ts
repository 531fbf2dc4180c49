import type { Json } from '../../core/json.ts';

/** A value that has one text: what may stand in a path, a query or a header. */
export type Scalar = string | number | boolean;

/** Whether a value has one text. */
export function isScalar(value: Json | undefined): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The text of a value. */
export function scalarText(value: Scalar): string {
  return String(value);
}

/** What keeps a value from standing in a path, a query or a header, in words; null when nothing does. */
export function faultOfScalar(value: Json | undefined): string | null {
  if (!isScalar(value)) return 'is no text, number, true or false';
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return 'is a number beyond 2^53 whose last digits are lost; send it as text';
  }
  return typeof value === 'string' && !value.isWellFormed() ? 'holds half a character' : null;
}
