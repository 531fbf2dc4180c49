import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../bench/options.ts';
import { PHASE_NAMES, phaseOf, warmUpOf } from '../../bench/phases.ts';

const OPTIONS = optionsOf([]);
if (OPTIONS === null) throw new Error('the defaults are options');

describe('the phases', () => {
  it('are the same for both, but for a subject that waits for a slow sink', () => {
    for (const name of PHASE_NAMES.filter((each) => each !== 'slowSaturated')) {
      expect(phaseOf(name, 'pointsman', OPTIONS)).toEqual(phaseOf(name, 'forwarder', OPTIONS));
    }
    const [ours, theirs] = [
      phaseOf('slowSaturated', 'pointsman', OPTIONS),
      phaseOf('slowSaturated', 'forwarder', OPTIONS),
    ];
    expect([ours.count, theirs.count]).toEqual([20_000, 3_840]);
    expect([ours.sinkMs, theirs.sinkMs]).toEqual([50, 50]);
  });

  it('never send the forwarder more than was asked for', () => {
    expect(phaseOf('slowSaturated', 'forwarder', { ...OPTIONS, events: 500 }).count).toBe(500);
    expect(warmUpOf({ ...OPTIONS, events: 500 }).count).toBe(500);
  });
});
