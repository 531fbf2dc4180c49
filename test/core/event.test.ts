import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PARTITIONS, partitionOf } from '../../src/core/event.ts';

describe('the partition of an event', () => {
  it('is one of the partitions, the same one for the same member', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), fc.string(), (member, fallback) => {
        const partition = partitionOf(member, fallback);
        expect(Number.isInteger(partition) && partition >= 0 && partition < PARTITIONS).toBe(true);
        expect(partitionOf(member, member === null ? fallback : `${fallback}!`)).toBe(partition);
      }),
    );
  });

  it.each([
    ['customer numbers', (index: number) => `Germany/${index}`],
    ['e-mail addresses', (index: number) => `DEFAULT/email:member${index}@example.com`],
    ['UUIDs', (index: number) => `de/${index.toString(16).padStart(8, '0')}-b00f-4ec9-8b58-0e0c8ebdf3e5`],
  ])('spreads members over all partitions, told apart by %s', (_what, member) => {
    const counts = new Array<number>(PARTITIONS).fill(0);
    const members = 6_400;
    for (let index = 0; index < members; index++) {
      const partition = partitionOf(member(index), '');
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(members / PARTITIONS / 2);
    expect(Math.max(...counts)).toBeLessThan((members / PARTITIONS) * 2);
  });

  it('spreads events about nobody by their fallback', () => {
    const partitions = new Set(Array.from({ length: 1_000 }, (_, index) => partitionOf(null, `hash-${index}`)));
    expect(partitions.size).toBe(PARTITIONS);
  });
});
