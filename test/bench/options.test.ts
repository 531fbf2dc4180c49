import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../bench/options.ts';

describe('the options', () => {
  it('have a default each', () => {
    expect(optionsOf([])).toMatchObject({ rounds: 3, events: 4_000, sinkMs: 0, pin: [0, 1], jsonFile: null });
  });

  it('can leave everything to the operating system', () => {
    expect(optionsOf(['--pin', 'none'])?.pin).toBeNull();
  });

  it.each([
    [['--rounds', '0'], '--rounds takes a whole number from 1 to 50, not 0'],
    [['--events', '1e9'], '--events takes a whole number from 1 to 1000000, not 1e9'],
    [['--pin', '0'], '--pin takes two processors such as 0,1, or none, not 0'],
  ])('refuse %j', (args, message) => {
    expect(() => optionsOf(args)).toThrow(message);
  });
});
