import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formula, jobOf, mappingOf } from '../support.ts';
import { bothWays, compileFormula, formulaBothWays, hasFailed } from './both-ways.ts';
import { documents, formulas } from './formulas.ts';

const RUNS = 1_500;

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

/** A mapping of formulas of the fragment, most of which meet parts. */
const mappings = fc
  .record({
    when: fc.option(formulas, { freq: 4 }),
    each: fc.option(fc.oneof(fc.constantFrom('items', '[a, b, c]', '[[1], [2]]', 'items[[0..1]]'), formulas), {
      freq: 2,
    }),
    member: fc.option(formulas),
    values: fc.array(fc.oneof(formulas, fc.constantFrom('$item', '$index', '$item.a', '$eventId()')), { maxLength: 4 }),
    recalls: fc.boolean(),
  })
  .map(({ when, each, member, values, recalls }) => {
    const texts = recalls ? [...values, "$recall('wallet', a)"] : values;
    const shape = Object.fromEntries(texts.map((text, index) => [String(3 - index), `=${text}`]));
    const optional = (text: string | null, path: string) => (text === null ? null : formula(text, path));
    const over = { when: optional(when, 'when'), each: optional(each, 'each'), member: optional(member, 'member') };
    return mappingOf({ literal: { '2': null, '1': ['x'] }, ...shape }, over);
  });

describe('a mapping whose formulas are all of the fragment', () => {
  it('comes inline to what it comes to in a worker', async () => {
    const seen = { inline: 0, parts: 0 };
    const property = fc.asyncProperty(mappings, documents, async (mapping, body) => {
      const lookups = [{ kind: 'wallet', key: 'x', value: { of: null, a: [{ b: null }] } }];
      const { inline, worker } = await bothWays({ ...jobOf(mapping, body), lookups });
      if (inline === null) return;
      seen.inline += 1;
      seen.parts += inline.kind === 'parts' ? inline.parts.length : 0;
      expect(inline).toEqual(worker);
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(seen.inline).toBeGreaterThan(RUNS / 10);
    expect(seen.parts).toBeGreaterThan(RUNS / 15);
  });
});
