import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_EVENT_NAME } from '../../src/core/event.ts';
import { isActive, matchesPattern, ruleSetOf } from '../../src/core/rule-set.ts';
import { aMapping } from '../support/samples.ts';

const letters = fc.constantFrom('a', 'b', '.', '+', 'A');

describe('a pattern of event names', () => {
  it('agrees with the regular expression it stands for', () => {
    const patterns = fc.string({ unit: fc.oneof(letters, fc.constant('*')), maxLength: 8 });
    fc.assert(
      fc.property(patterns, fc.string({ unit: letters, maxLength: 10 }), (pattern, name) => {
        const source = pattern.split('*').map(escaped).join('.*');
        expect(matchesPattern(pattern, name)).toBe(new RegExp(`^${source}$`, 's').test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['Customer*', 'CustomerLevelChanged', true],
    ['Customer*', 'Customer', true],
    ['*Changed', 'CustomerLevelChanged', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['customer*', 'CustomerLevelChanged', false],
  ])('%j takes %j: %j', (pattern, name, taken) => {
    expect(matchesPattern(pattern, name)).toBe(taken);
  });

  it('is told in time linear in the name, whatever the stars', () => {
    expect(matchesPattern(`${'*a'.repeat(50)}*b`, 'a'.repeat(100_000))).toBe(false);
  });
});

describe('a rule set', () => {
  it('matches every mapping that names the event, in file order', () => {
    const rules = ruleSetOf([
      aMapping({ id: 'first', events: ['LevelChanged'] }),
      aMapping({ id: 'other', events: ['PointsEarned'] }),
      aMapping({ id: 'last', events: ['PointsEarned', 'Level*'] }),
    ]);
    expect(rules.match('loyalty', 'LevelChanged').map(({ id }) => id)).toEqual(['first', 'last']);
    expect(rules.match('loyalty', 'LevelChanged')).toBe(rules.match('loyalty', 'LevelChanged'));
    expect(rules.match('loyalty', 'Nothing')).toEqual([]);
  });

  it('keeps mappings of another source out', () => {
    const rules = ruleSetOf([aMapping({ id: 'mine', source: 'loyalty' }), aMapping({ id: 'any', source: null })]);
    expect(rules.match('loyalty', 'A').map(({ id }) => id)).toEqual(['mine', 'any']);
    expect(rules.match('shop', 'A').map(({ id }) => id)).toEqual(['any']);
  });

  it('leaves out mappings that are disabled or off, and still knows them by id', () => {
    const rules = ruleSetOf([
      aMapping({ id: 'disabled', enabled: false }),
      aMapping({ id: 'off', mode: 'off' }),
      aMapping({ id: 'shadow', mode: 'shadow' }),
    ]);
    expect(rules.match('loyalty', 'A').map(({ id }) => id)).toEqual(['shadow']);
    expect([...rules.byId.keys()]).toEqual(['disabled', 'off', 'shadow']);
    expect(rules.mappings.map(isActive)).toEqual([false, false, true]);
  });

  it('matches nothing for an event without a name, not even a star', () => {
    expect(ruleSetOf([aMapping({ events: ['*'] })]).match('loyalty', NO_EVENT_NAME)).toEqual([]);
  });

  it('answers right for more names than it remembers', () => {
    const rules = ruleSetOf([aMapping({ events: ['E9*'] })]);
    for (let index = 0; index < 10_500; index++) rules.match('loyalty', `E${index}`);
    expect(rules.match('loyalty', 'E9999')).toHaveLength(1);
    expect(rules.match('loyalty', 'E10499')).toHaveLength(0);
    expect(rules.match('loyalty', 'E99999')).toHaveLength(1);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.+]/g, '\\$&');
}
