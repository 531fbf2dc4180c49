import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';
import { HAS_SUITE, type SuiteCase, suite } from './published-suite.ts';
import { jobOf, mappingOf, partOf, runHere } from './support.ts';

/** The event of a case. Here there is always one, there it may be missing. */
const bodyOf = ({ data, dataset }: SuiteCase): Json => data ?? suite.datasets[dataset ?? ''] ?? {};

/** Where this language differs on purpose: hidden functions, the clock, null, time and length limits, outside variables. */
const differs = (each: SuiteCase): boolean => {
  const text = each.expr ?? '';
  return (
    text === '' ||
    Object.keys(each.bindings ?? {}).length > 0 ||
    each.timelimit !== undefined ||
    each.result === null ||
    /\$(eval|shuffle|random|now|millis)\b|\b2e5\b|\d{8}/.test(text) ||
    /\bnull\b/.test(`${text}${JSON.stringify(bodyOf(each))}`) ||
    (each.data === undefined && each.dataset === null && /^(\*\*|\$)$|\(\)/.test(text))
  );
};

const cases = Object.entries(suite.groups).flatMap(([group, all]) =>
  all.filter((each) => !differs(each)).map((each) => [`${group} ${each.id}`, each] as const),
);

describe.skipIf(!HAS_SUITE)('the published test suite of JSONata', () => {
  it.each(cases)('%s', async (_, each) => {
    const part = await runHere(jobOf(mappingOf({ value: `=${each.expr}` }), JSON.stringify(bodyOf(each)))).then(
      partOf,
      (error: unknown) => ({
        kind: 'failed' as const,
        message: String(error),
      }),
    );
    if (each.code !== undefined || each.error !== undefined) {
      expect(part.kind).toBe('failed');
      return;
    }
    expect(part.kind === 'request' ? part.request['value'] : part.message).toEqual(each.result);
  });
});

describe.skipIf(!HAS_SUITE)('the formula checker on that suite', () => {
  const { check } = createFormulaChecker();

  it('finds nothing wrong with formulas that yield something', () => {
    const sound = cases.filter(([, each]) => each.result !== undefined);
    const wronged = sound.filter(([, each]) => check(each.expr ?? '').length > 0);
    expect(wronged.map(([name]) => name)).toEqual([]);
    expect(sound.length).toBeGreaterThan(1_000);
  });

  it('finds every syntax error, at a place inside the formula', () => {
    const broken = Object.values(suite.groups)
      .flat()
      .filter((each) => each.expr !== undefined && /^S\d/.test(each.code ?? ''));
    for (const { expr = '' } of broken) {
      const [fault] = check(expr);
      expect(fault?.code).toBe('MAPPING_FORMULA_SYNTAX');
      expect(fault?.offset).toBeLessThanOrEqual(expr.length);
    }
    expect(broken.length).toBeGreaterThan(30);
  });
});
