import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { HAS_SUITE, type SuiteCase, suite } from '../published-suite.ts';
import { compileFormula, formulaBothWays, hasFailed } from './both-ways.ts';

/** Cases of the suite that compile and have an object to run over; raise it with the fragment. */
const LEAST_IN_FRAGMENT = 865;

const bodyOf = ({ data, dataset }: SuiteCase): Json => data ?? suite.datasets[dataset ?? ''] ?? {};

/** An event is always an object. */
const isObject = (body: Json) => typeof body === 'object' && body !== null && !Array.isArray(body);

const all = Object.entries(suite.groups).flatMap(([group, cases]) =>
  cases.map((each) => [`${group} ${each.id}`, each] as const),
);
const runnable = all.filter(([, each]) => isObject(bodyOf(each)) && compileFormula(each.expr ?? '') !== null);

describe.skipIf(!HAS_SUITE)('the published test suite of JSONata, inline', () => {
  it(`has at least ${LEAST_IN_FRAGMENT} cases in the fragment`, () => {
    expect(runnable.length).toBeGreaterThanOrEqual(LEAST_IN_FRAGMENT);
  });

  it.each(runnable)('%s', async (_, each) => {
    const { inline, worker } = await formulaBothWays(each.expr ?? '', bodyOf(each));
    if (inline === null) expect(hasFailed(worker), JSON.stringify(worker)).toBe(true);
    else expect(inline).toEqual(worker);
  });
});
