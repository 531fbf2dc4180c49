import { describe, expect, it } from 'vitest';
import { drainOptionsOf } from '../../bench/drain/options.ts';
import { logOptionsOf } from '../../bench/log/options.ts';
import { optionsOf } from '../../bench/options.ts';

describe('the options of the bench', () => {
  it('have a default each', () => {
    expect(optionsOf([])).toMatchObject({
      rounds: 5,
      mostDropped: 3,
      events: 20_000,
      seconds: 5,
      slowMs: 50,
      pin: [0, 1],
    });
    expect(optionsOf([])).toMatchObject({ secondsLimit: 480, jsonFile: null, profileDir: null });
  });

  it('are smaller for a quick look, unless they are given', () => {
    expect(optionsOf(['--quick', '--rounds', '2'])).toMatchObject({ rounds: 2, mostDropped: 0, events: 2_000 });
  });

  it('can leave everything to the operating system', () => {
    expect(optionsOf(['--pin', 'none'])?.pin).toBeNull();
  });

  it('are none when help is asked for', () => {
    expect([optionsOf(['--help']), drainOptionsOf(['--help']), logOptionsOf(['--help'])]).toEqual([null, null, null]);
  });

  it.each([
    [['--rounds', '0'], '--rounds takes a whole number from 1 to 50, not 0'],
    [['--events', '1e9'], '--events takes a whole number from 1 to 100000, not 1e9'],
    [['--pin', '0'], '--pin takes two processors such as 0,1, or none, not 0'],
    [['--sink-ms', '5'], "Unknown option '--sink-ms'"],
  ])('refuse %j', (args, message) => {
    expect(() => optionsOf(args)).toThrow(message);
  });
});

describe('the options of the drain', () => {
  it('have a default each', () => {
    expect(drainOptionsOf([])).toMatchObject({ deliveries: 1_000_000, members: 20_000, pin: [0, 1] });
    expect(drainOptionsOf(['--quick'])?.deliveries).toBe(20_000);
  });

  it('refuse a backlog of nothing', () => {
    expect(() => drainOptionsOf(['--deliveries', '0'])).toThrow('--deliveries takes a whole number from 1');
  });
});

describe("the options of the log's bench", () => {
  it('have a default each', () => {
    expect(logOptionsOf([])).toEqual({
      rows: [10_000, 1_000_000, 5_000_000],
      blocked: 100_000,
      times: 100,
      keepFile: null,
      jsonFile: null,
    });
  });

  it('take sizes that rise, and no blocked deliveries at all', () => {
    expect(logOptionsOf(['--rows', '10,200', '--blocked', '0'])).toMatchObject({ rows: [10, 200], blocked: 0 });
  });

  it.each([
    [['--rows', '200,10'], '--rows takes numbers that rise, not 200,10'],
    [['--rows', '10,10'], '--rows takes numbers that rise, not 10,10'],
    [['--rows', '10,'], '--rows takes a whole number from 1 to 100000000, not '],
  ])('refuse %j', (args, message) => {
    expect(() => logOptionsOf(args)).toThrow(message);
  });
});
