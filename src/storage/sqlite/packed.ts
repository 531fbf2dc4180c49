/** A text as it is stored: UUIDs and SHA-256 hashes as bytes, everything else as it is. */
export type Packed = string | Buffer;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_SHAPE = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
const SHA256 = /^[0-9a-f]{64}$/;
/** Sorts after every text that has the same start. */
const AFTER_ALL = '\u{10ffff}';

/** Packs a text; `unpack` gives the very same text back. */
export function pack(text: string): Packed {
  if (text.length === 36 && UUID.test(text)) return Buffer.from(text.replaceAll('-', ''), 'hex');
  return text.length === 64 && SHA256.test(text) ? Buffer.from(text, 'hex') : text;
}

/** The text that was packed. */
export function unpack(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  const hex = packed.toString('hex');
  if (packed.length !== 16) return hex;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The ranges (from, to; both included) that hold every packed text starting with `start`, which is not empty. */
export function packedRanges(start: string): readonly (readonly [from: Packed, to: Packed])[] {
  const texts = [start, start + AFTER_ALL] as const;
  if (!startsUuid(start)) return [texts];
  const hex = start.replaceAll('-', '');
  return [texts, [Buffer.from(hex.padEnd(32, '0'), 'hex'), Buffer.from(hex.padEnd(32, 'f'), 'hex')]];
}

function startsUuid(start: string): boolean {
  if (start.length > UUID_SHAPE.length) return false;
  return [...start].every((character, index) =>
    UUID_SHAPE[index] === '-' ? character === '-' : /[0-9a-f]/.test(character),
  );
}
