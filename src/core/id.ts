/** The kinds of rows that have a public id. */
export type IdKind = 'evt' | 'dlv' | 'att' | 'rpl';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const DIGITS = 11;

/** The public id of a row: its integer key in Crockford base 32, padded so that ids sort as text. */
export function publicId(kind: IdKind, key: number): string {
  let text = '';
  for (let rest = key; text.length < DIGITS; rest = Math.floor(rest / 32)) {
    text = ALPHABET[rest % 32] + text;
  }
  return `${kind}_${text}`;
}

/** The integer key behind a public id; null when it is not an id of this kind. Padding may be left out. */
export function rowKey(kind: IdKind, id: string): number | null {
  const match = new RegExp(`^${kind}_([0-9a-z]{1,${DIGITS}})$`).exec(id.toLowerCase());
  if (!match?.[1]) return null;
  let key = 0;
  for (const character of match[1].replaceAll('o', '0').replaceAll(/[il]/g, '1')) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return null;
    key = key * 32 + digit;
  }
  return Number.isSafeInteger(key) ? key : null;
}
