import { describe, expect, it } from 'vitest';
import { suggest } from '../../src/core/suggest.ts';

const KEYS = ['event', 'transform', 'tests', 'when', 'to'];

describe('did you mean', () => {
  it.each([
    ['trasform', 'transform'],
    ['Transform', 'transform'],
    ['evnet', 'event'],
    ['test', 'tests'],
    ['whne', 'when'],
    ['vent', 'event'],
    ['nehw', null],
    ['colour', null],
    ['', null],
  ])('%j is %j', (word, meant) => {
    expect(suggest(word, KEYS)).toBe(meant);
  });

  it('prefers the closest candidate, and the first of equals', () => {
    expect(suggest('events', ['event', 'eventss', 'events2'])).toBe('event');
    expect(suggest('status', ['stats', 'statuses', 'status'])).toBe('status');
  });

  it('tells a huge word apart at once', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `candidate-${index}`);
    expect(suggest('x'.repeat(1_000_000), many)).toBeNull();
  });
});
