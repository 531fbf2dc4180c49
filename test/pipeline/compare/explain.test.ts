import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { explainDelivery, formulasOf } from '../../../src/pipeline/compare/explain.ts';
import type { FormulaValue, TransformPart, TransformResult } from '../../../src/ports/transform-engine.ts';
import { createCorridor } from '../../support/corridor.ts';
import { createFakeEngine } from '../../support/fake-engine.ts';
import { aMapping } from '../../support/samples.ts';

const value = (path: string, of: number): FormulaValue => ({ path, formula: path, value: of, inline: true });
const part = (request: JsonObject, ...values: readonly FormulaValue[]): TransformPart => ({
  ...{ kind: 'request', request, emptyKeys: [], member: null },
  values,
});

/** Explains the delivery of an event whose formulas come to this today. */
async function explained(today: TransformResult) {
  const corridor = createCorridor();
  await corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: 'm-1', member: 'ann' });
  await corridor.route();
  const detail = { ...(await corridor.newest()), lookups: [{ kind: 'wallet', key: 'w-1', value: 'then' }] };
  const engine = createFakeEngine(() => today);
  const endpoint = (_id: string, name: string) => corridor.destination.endpoints.get(name) ?? null;
  const found = await explainDelivery(detail, aMapping(), { engine, endpoint, memberIdKind: 'email' });
  return { ...found, job: engine.jobs[0], request: detail.request ?? '' };
}

describe('explaining a delivery', () => {
  it('runs its mapping again with the facts of then, and keeps still when the request is the frozen one', async () => {
    const { request } = await explained({ kind: 'parts', parts: [] });
    const found = await explained({ kind: 'parts', parts: [part(JSON.parse(request), value('when', 1))] });
    expect(found).toMatchObject({ formulas: [value('when', 1)], remark: null });
    expect(found.job).toMatchObject({ trace: true, lookups: [{ value: 'then' }] });
  });

  it.each<[string, TransformResult, string]>([
    ['another request', { kind: 'parts', parts: [part({ a: 1 })] }, 'another request than the one that was frozen'],
    [
      'a failure',
      { kind: 'failed', code: 'TRANSFORM_TIMEOUT', message: 'slow', path: 'when' },
      'when: TRANSFORM_TIMEOUT slow',
    ],
    [
      'a failed part',
      { kind: 'parts', parts: [{ kind: 'failed', code: 'TRANSFORM_ERROR', message: 'no', path: 'a' }] },
      'TRANSFORM_ERROR: a: no',
    ],
    [
      'a fact that was not there',
      { kind: 'missing', facts: [{ source: 's', storeCode: '', kind: 'wallet', key: 'w-1' }] },
      'It recalls what was not known: wallet w-1',
    ],
  ])('remarks on %s', async (_what, today, remark) => {
    expect((await explained(today)).remark).toContain(remark);
  });

  it('shows the values of one part, and of what ran once for all', () => {
    const parts = [part({}, value('when', 1), value('each', 2), value('a', 3)), part({}, value('a', 4))];
    expect(formulasOf({ kind: 'parts', parts }, 0).map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(formulasOf({ kind: 'parts', parts }, 1).map(({ value }) => value)).toEqual([1, 2, 4]);
    expect(formulasOf({ kind: 'skipped', reason: 'condition', values: [value('when', 0)] }, 0)).toHaveLength(1);
    expect(formulasOf({ kind: 'needs', facts: [] }, 0)).toEqual([]);
  });
});
