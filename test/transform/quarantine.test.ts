import { describe, expect, it } from 'vitest';
import { DEATHS_TO_QUARANTINE, Quarantine } from '../../src/transform/quarantine.ts';
import { mappingOf } from './support.ts';

const bad = mappingOf({}, { id: 'bad' });

const afterDeaths = (count: number): { readonly quarantine: Quarantine; readonly told: boolean[] } => {
  const quarantine = new Quarantine();
  return { quarantine, told: Array.from({ length: count }, () => quarantine.died(bad)) };
};

describe('the quarantine', () => {
  it('sets a version aside at the fifth death in a row, and says so once', () => {
    const { quarantine, told } = afterDeaths(DEATHS_TO_QUARANTINE + 1);
    expect(told).toEqual([false, false, false, false, true, false]);
    expect(quarantine.holds(bad)).toBe(true);
  });

  it('starts to count anew after a survivor', () => {
    const { quarantine } = afterDeaths(DEATHS_TO_QUARANTINE - 1);
    expect(quarantine.suspects(bad)).toBe(true);
    quarantine.survived(bad);
    expect(quarantine.suspects(bad)).toBe(false);
    quarantine.died(bad);
    expect(quarantine.holds(bad)).toBe(false);
  });

  it('is not lifted by a late survivor', () => {
    const { quarantine } = afterDeaths(DEATHS_TO_QUARANTINE);
    quarantine.survived(bad);
    expect(quarantine.holds(bad)).toBe(true);
  });

  it('ends with the next version, and never held another mapping', () => {
    const { quarantine } = afterDeaths(DEATHS_TO_QUARANTINE);
    expect(quarantine.holds({ ...bad, version: 'v2' })).toBe(false);
    expect(quarantine.holds(mappingOf({}, { id: 'good' }))).toBe(false);
  });
});
