import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IdKind, publicId, rowKey } from '../../src/core/id.ts';

const kinds = fc.constantFrom<IdKind>('evt', 'dlv', 'att', 'rpl');
const keys = fc.maxSafeNat();

describe('a public id', () => {
  it('leads back to its row, however it is typed', () => {
    fc.assert(
      fc.property(kinds, keys, (kind, key) => {
        const id = publicId(kind, key);
        expect(rowKey(kind, id)).toBe(key);
        expect(rowKey(kind, id.toUpperCase())).toBe(key);
        expect(rowKey(kind, id.replace(/_0+(?=.)/, '_'))).toBe(key);
      }),
    );
  });

  it('sorts as text the way its row sorts', () => {
    fc.assert(
      fc.property(keys, keys, (left, right) => {
        expect(publicId('evt', left) < publicId('evt', right)).toBe(left < right);
      }),
    );
  });

  it('reads the letters that people confuse as the digits they look like', () => {
    expect(rowKey('evt', 'evt_1O')).toBe(32);
    expect(rowKey('evt', 'evt_l0')).toBe(32);
    expect(rowKey('evt', 'evt_i0')).toBe(32);
  });

  it('has a fixed form', () => {
    expect(publicId('dlv', 1)).toBe('dlv_00000000001');
    expect(publicId('dlv', Number.MAX_SAFE_INTEGER)).toBe('dlv_7zzzzzzzzzz');
  });

  it.each([
    '',
    'evt_',
    'dlv_1',
    'evt_u',
    'evt_1 ',
    'evt_1\n',
    'evt_-1',
    'evt_zzzzzzzzzzz',
    'evt_000000000001',
    'evt_é',
  ])('is not %j', (text) => {
    expect(rowKey('evt', text)).toBeNull();
  });

  it('is never invented from noise', () => {
    fc.assert(
      fc.property(kinds, fc.string(), (kind, text) => {
        const key = rowKey(kind, text);
        expect(key === null || Number.isSafeInteger(key)).toBe(true);
      }),
    );
  });
});
