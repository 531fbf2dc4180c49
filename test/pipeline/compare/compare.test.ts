import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Mapping } from '../../../src/core/mapping.ts';
import { ruleSetOf } from '../../../src/core/rule-set.ts';
import { compareEvents } from '../../../src/pipeline/compare/compare.ts';
import type { MadeDelivery, RunnableEvent } from '../../../src/ports/log.ts';
import type { TransformJob, TransformResult } from '../../../src/ports/transform-engine.ts';
import { bodyOf, createFakeEngine, requests } from '../../support/fake-engine.ts';
import { aMapping, anEvent } from '../../support/samples.ts';
import { createScriptedDestination } from '../../support/scripted-destination.ts';

const OLD = 'a'.repeat(64);
const NEW = 'b'.repeat(64);
const failed: TransformResult = { kind: 'failed', code: 'TRANSFORM_ERROR', message: 'no', path: 'when' };
const skipped: TransformResult = { kind: 'skipped', reason: 'condition', values: [] };
const key = { source: 'loyalty', storeCode: 'de', kind: 'wallet', key: 'w-1' };
const missing: TransformResult = { kind: 'missing', facts: [key] };

const made = (over: Partial<MadeDelivery> = {}): MadeDelivery => ({
  ...{ mapping: 'all', mappingVersion: OLD, part: 0, run: 0, status: 'delivered', reason: null },
  ...{ request: '{"a":1}', lookups: [] },
  ...over,
});
const runnable = (deliveries: readonly MadeDelivery[] = [], over: Partial<RunnableEvent> = {}): RunnableEvent => ({
  ...{ id: 1, event: anEvent(), code: null, deliveries },
  ...over,
});

interface Case {
  readonly events?: readonly RunnableEvent[];
  readonly live?: Partial<Mapping> | null;
  readonly edited?: Partial<Mapping> | null;
  readonly before?: TransformResult;
  readonly after?: TransformResult;
}

/** Compares a live mapping with an edited one whose runs come to these results. */
async function compared({ events = [runnable()], live = {}, edited = {}, before, after }: Case) {
  const { endpoints } = createScriptedDestination();
  const engine = createFakeEngine((job: TransformJob) => {
    return (job.mapping.version === OLD ? before : after) ?? requests(bodyOf(job));
  });
  const of = (mapping: Partial<Mapping> | null, version: string) =>
    ruleSetOf(mapping === null ? [] : [aMapping({ version, ...mapping })]);
  const found = await compareEvents(
    events,
    { live: of(live, OLD), edited: of(edited, NEW) },
    {
      ...{ engine, memberIdKind: 'email' },
      facts: async (keys) => keys.map(() => null),
      endpoint: () => endpoints.get('event') ?? null,
    },
  );
  return { ...found, jobs: engine.jobs };
}

const request = (value: JsonObject) => requests(value);

describe('comparing edited mappings with live ones', () => {
  it('does not run a mapping whose text is the same', async () => {
    const { same, differences, jobs } = await compared({ edited: { version: OLD } });
    expect({ same, differences, jobs }).toEqual({ same: 1, differences: [], jobs: [] });
  });

  it.each<[string, Case, string | null]>([
    ['equal requests', {}, null],
    ['another request', { after: request({ b: 1 }) }, 'changed'],
    ['another address', { edited: { endpoint: 'customer' } }, 'changed'],
    ['a request that is skipped now', { after: skipped }, 'newlySkipped'],
    ['a request that waits now', { after: missing }, 'newlySkipped'],
    ['a mapping that is gone', { edited: null }, 'newlySkipped'],
    ['a mapping that is switched off', { edited: { enabled: false } }, 'newlySkipped'],
    ['a mapping that only records now', { edited: { mode: 'shadow' } }, 'newlySkipped'],
    ['a mapping that begins to send', { live: { mode: 'shadow' } }, 'newlySent'],
    ['a new mapping', { live: null }, 'newlySent'],
    ['a new mapping that skips', { live: null, after: skipped }, null],
    ['a skipped request that is sent now', { before: skipped }, 'newlySent'],
    ['a failing one that is repaired', { before: failed }, 'newlySent'],
    ['one that fails now', { after: failed }, 'nowFailing'],
    ['a skipped one that fails now', { before: skipped, after: failed }, 'nowFailing'],
    ['one that fails as before', { before: failed, after: failed }, null],
    ['one that fails otherwise', { before: failed, after: { ...failed, code: 'TRANSFORM_MEMORY' } }, 'changed'],
    ['one that waits as before', { before: missing, after: missing }, null],
    ['one that is skipped instead of waiting', { before: missing, after: skipped }, 'changed'],
    ['another shadow', { live: { mode: 'shadow' }, edited: { mode: 'shadow' }, after: request({ b: 1 }) }, 'changed'],
  ])('tells %s', async (_what, input, kind) => {
    const { same, differences } = await compared(input);
    expect(differences.map((one) => one.kind)).toEqual(kind === null ? [] : [kind]);
    expect(same).toBe(kind === null ? 1 : 0);
  });

  it('compares part by part', async () => {
    const { same, differences } = await compared({
      before: requests({ n: 1 }, { n: 2 }),
      after: requests({ n: 1 }, { n: 3 }, { n: 4 }),
    });
    expect(same).toBe(1);
    expect(differences).toMatchObject([
      { kind: 'changed', part: 1, fields: [{ path: 'n', before: 2, after: 3 }] },
      { kind: 'newlySent', part: 2, before: { standing: 'none' }, fields: [{ path: 'n', after: 4 }] },
    ]);
  });

  it('leaves out what was never fit to be routed', async () => {
    const { same, differences } = await compared({
      events: [runnable([], { code: 'SOURCE_TOO_DEEP' })],
      after: request({ b: 1 }),
    });
    expect([same, differences]).toEqual([0, []]);
  });

  it('recalls what was recalled then: by any mapping, and by the same one last', async () => {
    const lookup = (value: string) => [{ kind: 'wallet', key: 'w-1', value }];
    const deliveries = [made({ lookups: lookup('own') }), made({ mapping: 'other', lookups: lookup('other') })];
    const { jobs } = await compared({ events: [runnable(deliveries)] });
    expect(new Set(jobs.map(({ lookups }) => lookups.at(-1)?.value))).toEqual(new Set(['own']));
  });
});

describe('what the store holds of the live version', () => {
  const many = (deliveries: readonly MadeDelivery[]) => [1, 2, 3].map((id) => runnable(deliveries, { id }));
  const liveRuns = (jobs: readonly TransformJob[]) => jobs.filter(({ mapping }) => mapping.version === OLD).length;

  it('is not made again, but for one event of each mapping', async () => {
    const input = { events: many([made()]), before: request({ a: 1 }), after: request({ a: 2 }) };
    const { differences, jobs } = await compared(input);
    expect(liveRuns(jobs)).toBe(1);
    expect(differences.map(({ fields }) => fields)).toEqual(Array(3).fill([{ path: 'a', before: 1, after: 2 }]));
  });

  it('is made again when that one comes out otherwise today', async () => {
    const input = { events: many([made()]), before: request({ a: 2 }), after: request({ a: 2 }) };
    const { same, jobs } = await compared(input);
    expect([same, liveRuns(jobs)]).toEqual([3, 4]);
  });

  it.each<[string, MadeDelivery]>([
    ['another version', made({ mappingVersion: 'c'.repeat(64) })],
    ['a failure', made({ request: null, status: 'dead' })],
    ['a wait', made({ request: null, status: 'waiting' })],
    ['a later part alone', made({ part: 1 })],
  ])('is made again for %s', async (_what, delivery) => {
    const { jobs } = await compared({ events: many([delivery]) });
    expect(liveRuns(jobs)).toBe(3);
  });

  it('tells of a skipped one, whatever became of a sent one, and of the newest run', async () => {
    const skips = made({ request: null, status: 'skipped', reason: 'condition' });
    const after = request({ a: 1 });
    expect((await compared({ events: many([skips]), before: skipped, after })).differences[2]?.kind).toBe('newlySent');
    const byHand = made({ status: 'skipped', reason: 'by_hand' });
    expect((await compared({ events: many([byHand]), before: after, after })).same).toBe(3);
    const runs = [made({ request: '{"a":0}' }), made({ run: 1 })];
    expect((await compared({ events: many(runs), before: after, after })).same).toBe(3);
  });
});
