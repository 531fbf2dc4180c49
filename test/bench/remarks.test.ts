import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../bench/options.ts';
import { faultsOf, remarksOf } from '../../bench/remarks.ts';
import { tableOf } from '../../bench/table.ts';
import { LOGGED, roundOf, roundsOf } from './rounds-fixture.ts';

const OPTIONS = optionsOf([]);
if (OPTIONS === null) throw new Error('the defaults are options');

describe('the faults', () => {
  it('are none when everything arrived and is logged', () => {
    expect(faultsOf(roundsOf(roundOf(), roundOf()))).toEqual([]);
  });

  it('tell what was lost, in the warm-up and in dropped rounds too', () => {
    const lossy = roundOf({ warmUp: { ...LOGGED, lost: 2 }, phases: { calm: { ...LOGGED, lost: 1 } } });
    expect(faultsOf({ kept: [roundOf()], dropped: [lossy], isCutShort: false })).toEqual([
      'pointsman lost 3 events that it had acknowledged.',
    ]);
  });

  it('tell what was not accepted, and why', () => {
    const refusing = roundOf({
      phases: { slowCalm: { ...LOGGED, accepted: 98, refusals: { '503': 1, ECONNRESET: 1 } } },
    });
    expect(faultsOf(roundsOf(refusing))).toEqual(['pointsman did not accept 2 events: 503, ECONNRESET.']);
  });

  it('come with what the server complained of', () => {
    const complaining = roundOf({ phases: { calm: { ...LOGGED, lost: 1 } }, complaints: ['{"level":"error"}'] });
    expect(faultsOf(roundsOf(complaining)).at(-1)).toBe('  it said: {"level":"error"}');
    expect(faultsOf(roundsOf(roundOf({ complaints: ['{"level":"warn"}'] })))).toEqual([]);
  });

  it('tell when the log never caught up; a subject without a log has nothing to catch up', () => {
    const behind = roundOf({ phases: { saturated: { ...LOGGED, loggedPerSecond: Number.NaN } } });
    expect(faultsOf(roundsOf(behind))).toEqual(['The log of pointsman does not call everything delivered.']);
  });
});

describe('the remarks', () => {
  it.each([{ stolen: 0.06 }, { others: 0.11 }])('warn of rounds in which something else ran: %j', (disturbance) => {
    const remarks = remarksOf(roundsOf(roundOf(disturbance), roundOf()), OPTIONS).join('\n');
    expect(remarks).toContain('Read with care: of these 2 rounds, 1 disturbed');
  });

  it('warn of nothing after quiet rounds', () => {
    expect(remarksOf(roundsOf(roundOf()), OPTIONS)).toEqual([
      expect.stringContaining('1 rounds, medians; 0 more dropped'),
    ]);
  });

  it('warn when load and sink were the limit', () => {
    const remarks = remarksOf(roundsOf(roundOf({ phases: { saturated: { ...LOGGED, aroundBusy: 0.97 } } })), OPTIONS);
    expect(remarks.join('\n')).toContain('load and sink were as busy');
  });
});

describe('the table', () => {
  it('shows medians, their range, and the median of the ratios', () => {
    const faster = roundOf({ phases: { saturated: { ...LOGGED, deliveredPerSecond: 500 } } });
    const lines = tableOf([roundOf(), roundOf(), faster], OPTIONS);
    expect(lines.find((line) => line.includes('delivered events/s'))).toMatch(
      /250 \(250 to 500\) +500 \(500 to 500\) +0\.50x$/,
    );
  });

  it('compares nothing with what the forwarder has not', () => {
    const lines = tableOf([roundOf()], OPTIONS);
    expect(lines.find((line) => line.includes('logged events/s'))).toMatch(/250 +– *$/);
  });

  it('tells what each phase sends, and where the forwarder gets less', () => {
    const lines = tableOf([roundOf()], OPTIONS);
    expect(lines).toContain('saturated, 64 connections, sink 0 ms: 20000 events');
    expect(lines).toContain('1000 events/s, sink 0 ms: 5000 events');
    expect(lines).toContain('saturated, 64 connections, sink 50 ms: 20000 events (forwarder 3840)');
    expect(lines).toContain('100 events/s, sink 50 ms: 500 events');
  });
});
