import { describe, expect, it } from 'vitest';
import {
  NOTHING_REPLAYED,
  type ReplayAction,
  type ReplayStatus,
  statusAfter,
  sumOfCounts,
} from '../../src/core/replay.ts';

describe('the status of a replay', () => {
  it.each<[ReplayStatus, ReplayAction, ReplayStatus | null]>([
    ['running', 'pause', 'paused'],
    ['running', 'resume', 'running'],
    ['running', 'cancel', 'canceled'],
    ['paused', 'pause', 'paused'],
    ['paused', 'resume', 'running'],
    ['paused', 'cancel', 'canceled'],
    ['canceled', 'cancel', 'canceled'],
    ['canceled', 'resume', null],
    ['canceled', 'pause', null],
    ['done', 'cancel', null],
    ['done', 'pause', null],
    ['done', 'resume', null],
  ])('%s, %s: %s', (status, action, expected) => {
    expect(statusAfter(status, action)).toBe(expected);
  });
});

describe('the counts of a replay', () => {
  it('add up', () => {
    const one = { looked: 1, replayed: 2, changed: 3, unchanged: 4, canceled: 5, refused: 6 };
    expect(sumOfCounts(one, one)).toEqual({
      looked: 2,
      replayed: 4,
      changed: 6,
      unchanged: 8,
      canceled: 10,
      refused: 12,
    });
    expect(sumOfCounts(one, NOTHING_REPLAYED)).toEqual(one);
  });
});
