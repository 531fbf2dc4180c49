import { describe, expect, it } from 'vitest';
import { logTable, logTargets } from '../../../bench/log/report.ts';
import type { Stage } from '../../../bench/log/stages.ts';
import { isMet } from '../../../bench/targets.ts';

const timing = (p50: number, p99 = p50) => ({ times: 100, p50, p99 });

const SMALL: Stage = {
  title: '10 k',
  transitions: new Map([['accept 1', timing(0.5, 2)]]),
  onEmpty: new Map([['accept 1', timing(0.5, 2)]]),
  reads: new Map([['deliveries', new Map([['status=dead', timing(0.1, 0.2)]])]]),
};
const GROWN: Stage = {
  title: '1 M',
  transitions: new Map([['accept 1', timing(0.5, 2)]]),
  onEmpty: new Map([['accept 1', timing(0.4, 1)]]),
  reads: new Map([
    ['deliveries', new Map([['status=dead', timing(0.2, 0.3)]])],
    [
      'deliveries, combined',
      new Map(Array.from({ length: 30 }, (_, index) => [`pair ${index}`, timing(index, index)] as const)),
    ],
  ]),
};

describe('the table of a growing log', () => {
  it('shows p50 and p99 at every size, and how p50 grew', () => {
    const line = logTable([SMALL, GROWN]).find((each) => each.includes('status=dead'));
    expect(line).toMatch(/0\.10\/0\.20 +0\.20\/0\.30 +2\.00x$/);
  });

  it('compares a transition with the same one on an empty database at the same time', () => {
    const lines = logTable([SMALL, GROWN]);
    const at = lines.findIndex((line) => line.includes('accept 1'));
    expect(lines[at]).toMatch(/0\.50\/2\.00 +0\.50\/2\.00 +1\.25x$/);
    expect(lines[at + 1]).toMatch(/empty +0\.50\/2\.00 +0\.40\/1\.00$/);
  });

  it('lists of the combinations only the slowest', () => {
    const shown = logTable([SMALL, GROWN]).filter((line) => line.includes('pair'));
    expect(shown).toHaveLength(15);
    expect(shown[0]).toContain('pair 29');
  });
});

describe('the targets of a growing log', () => {
  it('are transitions that cost what they cost at first, and first pages that take less than 20 ms', () => {
    const [small, accept, smallPages, pages] = logTargets([SMALL, GROWN]);
    expect(small).toMatchObject({ title: 'accept 1: p50 at 10 k against empty', measured: 1 });
    expect(accept).toMatchObject({ title: 'accept 1: p50 at 1 M against empty', measured: 1.25, atMost: 1.5 });
    expect([smallPages?.measured, pages?.measured]).toEqual([0, 10]);
    expect(pages?.title).toContain('of 31 log queries');
  });

  it('are missed by a transition that was not measured', () => {
    const [accept] = logTargets([{ ...GROWN, transitions: new Map() }]);
    expect(accept && isMet(accept)).toBe(false);
  });
});
