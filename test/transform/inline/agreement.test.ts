import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFormula, formulaBothWays, hasFailed } from './both-ways.ts';
import { documents, formulas } from './formulas.ts';

const RUNS = 3_000;

describe('a formula of the fragment', () => {
  it('yields inline what JSONata yields, to the byte, or leaves it to JSONata', async () => {
    const seen = { inline: 0, failed: 0, left: 0 };
    const property = fc.asyncProperty(formulas, documents, async (text, body) => {
      if (compileFormula(text) === null) return;
      const { inline, worker } = await formulaBothWays(text, body);
      seen[inline !== null ? 'inline' : hasFailed(worker) ? 'failed' : 'left'] += 1;
      if (inline !== null) expect(inline).toEqual(worker);
    });
    await fc.assert(property, { numRuns: RUNS });
    // Without a failure only what is rare in events is left: objects made of lists in lists, lists compared with objects.
    expect(seen.inline).toBeGreaterThan(RUNS / 3);
    expect(seen.left).toBeLessThan(RUNS / 50);
  });
});
