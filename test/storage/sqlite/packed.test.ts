import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitIdentifier } from '../../../src/storage/sqlite/identifier.ts';
import { type Packed, pack, packedRanges, unpack } from '../../../src/storage/sqlite/packed.ts';

const UUID = '7b6d6f4e-6f1f-4d0e-9a53-1b8f0f0c2d11';

const someText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc.stringMatching(/^[0-9a-f]{64}$/),
);

/** SQLite's order: text by its UTF-8 bytes, then bytes. */
function isWithin(packed: Packed, from: Packed, to: Packed): boolean {
  if (typeof packed !== typeof from) return false;
  const [bytes, low, high] = [packed, from, to].map((one) => Buffer.from(one));
  if (!bytes || !low || !high) return false;
  return Buffer.compare(low, bytes) <= 0 && Buffer.compare(bytes, high) <= 0;
}

describe('packed texts', () => {
  it('come back as they were', () => {
    fc.assert(fc.property(someText, (text) => unpack(pack(text)) === text));
  });

  it('take 16 bytes for a UUID and 32 for a hash', () => {
    expect(pack(UUID)).toHaveLength(16);
    expect(pack('0f'.repeat(32))).toHaveLength(32);
    expect(pack(UUID.toUpperCase())).toBe(UUID.toUpperCase());
  });

  it('are found in the ranges of their start, and only there', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.integer({ min: 1, max: 36 }), (uuid, other, length) => {
        const start = uuid.slice(0, length);
        const found = (text: string): boolean =>
          packedRanges(start).some(([from, to]) => isWithin(pack(text), from, to));
        return found(uuid) && found(other) === other.startsWith(start);
      }),
    );
  });
});

describe('an identifier', () => {
  it.each([
    ['Germany/email:ann@example.com', 'Germany/email:', 'ann@example.com'],
    ['Germany/c-1', 'Germany/', 'c-1'],
    ['/c-1', '/', 'c-1'],
    ['c-1', '', 'c-1'],
    ['email:a/b@example.com', 'email:', 'a/b@example.com'],
    ['Germany/email:a/b:c', 'Germany/email:', 'a/b:c'],
    ['', '', ''],
  ])('splits %j', (text, prefix, value) => {
    expect(splitIdentifier(text)).toEqual({ prefix, value });
  });
});
