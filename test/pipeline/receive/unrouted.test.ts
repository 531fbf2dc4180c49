import { describe, expect, it } from 'vitest';
import { Unrouted } from '../../../src/pipeline/receive/unrouted.ts';

/** As after a start with nothing left over. */
function fresh(): Unrouted {
  const unrouted = new Unrouted();
  unrouted.exhausted(0, 0);
  return unrouted;
}

describe('unrouted events', () => {
  it('block every partition until those of an earlier life are routed', () => {
    const unrouted = new Unrouted();
    expect(unrouted.isClear(3)).toBe(false);
    unrouted.exhausted(20, 2);
    expect(unrouted.isClear(3)).toBe(false);
    unrouted.routed(1, 19);
    unrouted.routed(2, 20);
    expect(unrouted.isClear(3)).toBe(true);
  });

  it('block their own partition alone, until the last of them is routed', () => {
    const unrouted = fresh();
    for (const id of [7, 8]) {
      unrouted.enter(3);
      unrouted.stored(id);
    }
    expect([unrouted.isClear(3), unrouted.isClear(4)]).toEqual([false, true]);
    unrouted.routed(3, 7);
    expect(unrouted.isClear(3)).toBe(false);
    unrouted.routed(3, 8);
    expect(unrouted.isClear(3)).toBe(true);
  });

  it('block from before they are stored, and no longer when they are not', () => {
    const unrouted = fresh();
    unrouted.enter(3);
    expect(unrouted.isClear(3)).toBe(false);
    unrouted.leave(3);
    expect(unrouted.isClear(3)).toBe(true);
  });

  it('of this life that come before the old ones are routed are counted once', () => {
    const unrouted = new Unrouted();
    unrouted.enter(3);
    unrouted.stored(21);
    unrouted.exhausted(21, 3);
    for (const [partition, id] of [
      [1, 19],
      [3, 20],
    ] as const)
      unrouted.routed(partition, id);
    expect([unrouted.isClear(1), unrouted.isClear(3)]).toEqual([false, false]);
    unrouted.routed(3, 21);
    expect([unrouted.isClear(1), unrouted.isClear(3)]).toEqual([true, true]);
  });
});
