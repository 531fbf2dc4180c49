import { isJsonObject, type Json } from '../../core/json.ts';

/** Longer texts are no identifier: an email address has at most 320 characters. */
const MAX_IDENTIFIER_LENGTH = 320;

/** The value at a dotted path of object keys; null when nothing is there. Never throws. */
function valueAt(value: Json, path: string): Json {
  return path.split('.').reduce<Json>((inner, key) => {
    return isJsonObject(inner) && Object.hasOwn(inner, key) ? (inner[key] ?? null) : null;
  }, value);
}

/** The text at the first of these paths that holds an identifier: trimmed, neither empty nor overlong; else null. */
export function identifierAt(value: Json, paths: readonly string[]): string | null {
  for (const path of paths) {
    const found = valueAt(value, path);
    const text = typeof found === 'string' ? found.trim() : '';
    if (text !== '' && text.length <= MAX_IDENTIFIER_LENGTH) return text;
  }
  return null;
}
