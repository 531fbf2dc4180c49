import { isJsonObject, type Json } from '../../core/json.ts';

/** Longer texts are no identifier: an email address has at most 320 characters. */
const MAX_IDENTIFIER_LENGTH = 320;

/** The keys on the way to a value, outermost first. */
export type KeyPath = readonly string[];

/** The keys of a dotted path: read once, since every webhook is asked for them. */
export function keyPath(path: string): KeyPath {
  return path.split('.');
}

/** The value at a path of object keys; null when nothing is there. Never throws. */
function valueAt(value: Json, path: KeyPath): Json {
  let inner = value;
  for (const key of path) {
    if (!isJsonObject(inner) || !Object.hasOwn(inner, key)) return null;
    inner = inner[key] ?? null;
  }
  return inner;
}

/** The text at the first of these paths that holds an identifier: trimmed, neither empty nor overlong; else null. */
export function identifierAt(value: Json, paths: readonly KeyPath[]): string | null {
  for (const path of paths) {
    const found = valueAt(value, path);
    const text = typeof found === 'string' ? found.trim() : '';
    if (text !== '' && text.length <= MAX_IDENTIFIER_LENGTH) return text;
  }
  return null;
}
