import { describe, expect, it } from 'vitest';
import type { DeliveryDraft } from '../../../src/core/delivery.ts';
import type { FactKey } from '../../../src/core/event.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { MAX_REQUEST_BYTES, type Mapping } from '../../../src/core/mapping.ts';
import { shape } from '../../../src/pipeline/route/shape.ts';
import type { TransformResult } from '../../../src/ports/transform-engine.ts';
import { createFakeEngine, type FakeTransform, requestPart, requests } from '../../support/fake-engine.ts';
import { NOON_MS } from '../../support/manual-clock.ts';
import { aMapping, anEvent } from '../../support/samples.ts';
import { passThrough } from '../../support/scripted-destination.ts';

const WALLET: FactKey = { source: 'loyalty', storeCode: 'de', kind: 'wallet', key: 'w-1' };
const HOUR_MS = 3_600_000;

/** Shapes one event with one mapping; `known` are the facts of the store, by key. */
async function shaped(
  transform: FakeTransform | TransformResult,
  { mapping = {}, event = {}, known = {}, waitedMs = 0 }: Given = {},
): Promise<readonly DeliveryDraft[]> {
  const engine = createFakeEngine(typeof transform === 'function' ? transform : () => transform);
  const shaping = {
    event: anEvent(event),
    mapping: aMapping(mapping),
    run: 0,
    waitingSinceMs: NOON_MS - waitedMs,
    nowMs: NOON_MS,
  };
  const [drafts = []] = await shape([shaping], {
    engine,
    memberIdKind: 'email',
    facts: async (keys) =>
      keys.map((fact) => (fact.key in known ? { ...fact, value: known[fact.key] ?? null, learnedAtMs: 0 } : null)),
    endpoint: (destination, endpoint) => (`${destination}.${endpoint}` === 'bloomreach.event' ? passThrough : null),
  });
  return drafts;
}

interface Given {
  readonly mapping?: Partial<Mapping>;
  readonly event?: Parameters<typeof anEvent>[0];
  readonly known?: JsonObject;
  readonly waitedMs?: number;
}

describe('a mapping over an event', () => {
  it('makes a pending delivery with its request frozen', async () => {
    const part = { ...requestPart({ a: 1 }), emptyKeys: ['properties.tier'] };
    expect(await shaped({ kind: 'parts', parts: [part] })).toEqual([
      {
        mapping: 'all',
        mappingVersion: 'a'.repeat(64),
        part: 0,
        run: 0,
        destination: 'bloomreach',
        endpoint: 'event',
        member: 'de/ann',
        ordered: true,
        status: 'pending',
        reason: null,
        code: null,
        detail: null,
        request: '{"a":1}',
        emptyKeys: ['properties.tier'],
        lookups: [],
        missing: [],
        dueAtMs: NOON_MS,
        background: false,
      },
    ]);
  });

  it('is given the body, the clock of the event and its id', async () => {
    const jobs: unknown[] = [];
    await shaped((job) => {
      jobs.push(job.input);
      return requests({});
    });
    const { body, clockMs, source, storeCode } = anEvent();
    expect(jobs).toEqual([{ body, clockMs, source, storeCode, eventId: 'm-1', memberIdKind: 'email' }]);
  });

  it('knows an event without a message id by its dedupe hash', async () => {
    const [draft] = await shaped((job) => requests({ id: job.input.eventId }), { event: { messageId: null } });
    expect(draft?.request).toBe(`{"id":"${'d'.repeat(64)}"}`);
  });

  it.each(['condition', 'empty'] as const)('is skipped and says why: %s', async (reason) => {
    const [draft, ...more] = await shaped({ kind: 'skipped', reason, values: [] });
    expect(draft).toMatchObject({ status: 'skipped', reason, request: null, part: 0 });
    expect(more).toEqual([]);
  });

  it('is skipped as empty when it made no request', async () => {
    expect(await shaped(requests())).toMatchObject([{ status: 'skipped', reason: 'empty' }]);
  });

  it('is dead with code, place and words when its formulas fail', async () => {
    const failed = { kind: 'failed', code: 'TRANSFORM_ERROR', message: 'not a number', path: 'properties.a' } as const;
    const detail = 'properties.a: not a number';
    expect(await shaped(failed)).toMatchObject([{ status: 'dead', code: 'TRANSFORM_ERROR', detail, request: null }]);
  });

  it('keeps only the beginning of a long explanation', async () => {
    const failed = { kind: 'failed', code: 'TRANSFORM_ERROR', message: 'x'.repeat(9_999), path: null } as const;
    const [draft] = await shaped(failed);
    expect(draft?.detail).toHaveLength(500);
  });

  it('is recorded and not sent in shadow mode', async () => {
    const drafts = await shaped(requests({ a: 1 }), { mapping: { mode: 'shadow' } });
    expect(drafts).toMatchObject([{ status: 'shadowed', request: '{"a":1}' }]);
  });
});

describe('several requests from one event', () => {
  it('are parts, in order', async () => {
    const drafts = await shaped(requests({ n: 1 }, { n: 2 }, { n: 3 }));
    expect(drafts.map(({ part, request }) => [part, request])).toEqual([
      [0, '{"n":1}'],
      [1, '{"n":2}'],
      [2, '{"n":3}'],
    ]);
  });

  it('fail one by one: an error in a part kills that part only', async () => {
    const broken = { kind: 'failed', code: 'TRANSFORM_ERROR', message: 'broken', path: null } as const;
    const parts = [requestPart({ n: 1 }), broken, requestPart({ refused: 1 }), requestPart({ n: 4 })];
    expect(await shaped({ kind: 'parts', parts })).toMatchObject([
      { part: 0, status: 'pending', request: '{"n":1}' },
      { part: 1, status: 'dead', code: 'TRANSFORM_ERROR', request: null },
      { part: 2, status: 'dead', code: 'TRANSFORM_REQUEST_INVALID', request: null },
      { part: 3, status: 'pending', request: '{"n":4}' },
    ]);
  });
});

describe('a request that cannot be sent', () => {
  it('is dead with everything its endpoint finds wrong', async () => {
    const detail = 'refused: is not allowed';
    expect(await shaped(requests({ refused: true }))).toMatchObject([{ code: 'TRANSFORM_REQUEST_INVALID', detail }]);
  });

  it('is dead when it is larger than an endpoint takes, and not one byte earlier', async () => {
    const fitting = MAX_REQUEST_BYTES - Buffer.byteLength('{"a":""}');
    expect(await shaped(requests({ a: 'x'.repeat(fitting) }))).toMatchObject([{ status: 'pending' }]);
    const detail = `The request has ${MAX_REQUEST_BYTES + 1} bytes`;
    expect(await shaped(requests({ a: 'x'.repeat(fitting + 1) }))).toMatchObject([
      { status: 'dead', code: 'TRANSFORM_TOO_LARGE', detail, request: null },
    ]);
  });

  it('is measured in bytes, not letters', async () => {
    const drafts = await shaped(requests({ a: 'ä'.repeat(MAX_REQUEST_BYTES / 2) }));
    expect(drafts).toMatchObject([{ code: 'TRANSFORM_TOO_LARGE' }]);
  });

  it('is dead when its destination is gone', async () => {
    const [draft] = await shaped(requests({}), { mapping: { destination: 'elsewhere' } });
    expect(draft).toMatchObject({ status: 'dead', code: 'MAPPING_UNKNOWN_DESTINATION', request: null });
  });
});

describe('whose lane a delivery joins', () => {
  it("is the event's member", async () => {
    expect(await shaped(requests({}))).toMatchObject([{ member: 'de/ann', ordered: true }]);
  });

  it("is the member that the mapping names, in the event's tenant", async () => {
    const parts = [requestPart({}, 'bob'), requestPart({})];
    expect(await shaped({ kind: 'parts', parts })).toMatchObject([
      { member: 'de/bob', ordered: true },
      { member: 'de/ann', ordered: true },
    ]);
  });

  it('is nobody when the event names nobody', async () => {
    expect(await shaped(requests({}), { event: { member: null } })).toMatchObject([{ member: null, ordered: false }]);
  });

  it('is nobody when the mapping keeps no order', async () => {
    const drafts = await shaped(requests({}), { mapping: { order: 'none' } });
    expect(drafts).toMatchObject([{ member: 'de/ann', ordered: false }]);
  });
});

describe('a recalled fact', () => {
  const recalling: FakeTransform = ({ lookups }) => {
    const [wallet] = lookups;
    if (!wallet) return { kind: 'needs', facts: [WALLET] };
    return wallet.value === null ? { kind: 'missing', facts: [WALLET] } : requests({ wallet: wallet.value });
  };

  it('is looked up, and the job runs again with it', async () => {
    const drafts = await shaped(recalling, { known: { 'w-1': 'ann@example.com' } });
    const lookups = [{ kind: 'wallet', key: 'w-1', value: 'ann@example.com' }];
    expect(drafts).toMatchObject([{ status: 'pending', request: '{"wallet":"ann@example.com"}', lookups }]);
  });

  it('that is not there makes the delivery wait until the next look', async () => {
    expect(await shaped(recalling)).toMatchObject([
      {
        status: 'waiting',
        code: null,
        detail: 'Waits for wallet w-1',
        missing: [WALLET],
        lookups: [{ kind: 'wallet', key: 'w-1', value: null }],
        request: null,
        dueAtMs: NOON_MS + 60_000,
      },
    ]);
  });

  it('that did not come in three days makes the delivery dead', async () => {
    const detail = 'Nothing taught us wallet w-1 in time';
    expect(await shaped(recalling, { waitedMs: 72 * HOUR_MS })).toMatchObject([
      { status: 'dead', code: 'TRANSFORM_RECALL_MISSING', detail, missing: [] },
    ]);
  });

  it('may lead to further facts', async () => {
    const known = { 'w-1': 'w-2', 'w-2': 'w-3', 'w-3': 'end' };
    const drafts = await shaped(
      ({ lookups }) => {
        const key = String(lookups.at(-1)?.value ?? 'w-1');
        return key === 'end' ? requests({ found: lookups.length }) : { kind: 'needs', facts: [{ ...WALLET, key }] };
      },
      { known },
    );
    expect(drafts).toMatchObject([{ request: '{"found":3}' }]);
    expect(drafts[0]?.lookups.map(({ key }) => key)).toEqual(['w-1', 'w-2', 'w-3']);
  });

  it('that leads on for ever ends the delivery', async () => {
    const endless: FakeTransform = ({ lookups }) => {
      return { kind: 'needs', facts: [{ ...WALLET, key: `w-${lookups.length}` }] };
    };
    expect(await shaped(endless)).toMatchObject([{ status: 'dead', code: 'TRANSFORM_ERROR' }]);
  });

  it('belongs to the job that asked for it, when several ask at once', async () => {
    const engine = createFakeEngine(({ input, lookups }) => {
      if (input.eventId === 'none') return requests({ own: null });
      const facts = [`${input.eventId}-1`, `${input.eventId}-2`].map((key) => ({ ...WALLET, key }));
      return lookups.length === 0 ? { kind: 'needs', facts } : requests({ own: lookups.map(({ value }) => value) });
    });
    const shapings = ['a', 'none', 'b'].map((messageId) => {
      const event = anEvent({ messageId });
      return { event, mapping: aMapping(), run: 0, waitingSinceMs: NOON_MS, nowMs: NOON_MS };
    });
    const drafts = await shape(shapings, {
      engine,
      memberIdKind: 'email',
      facts: async (keys) => keys.map((key) => ({ ...key, value: key.key, learnedAtMs: 0 })),
      endpoint: () => passThrough,
    });
    const texts = ['{"own":["a-1","a-2"]}', '{"own":null}', '{"own":["b-1","b-2"]}'];
    expect(drafts.map(([draft]) => draft?.request)).toEqual(texts);
  });
});

describe('an engine that says nothing about a job', () => {
  it('leaves a dead delivery behind, not none', async () => {
    const tools = { facts: async () => [], endpoint: () => passThrough, memberIdKind: 'email' } as const;
    const shaping = { event: anEvent(), mapping: aMapping(), run: 0, waitingSinceMs: NOON_MS, nowMs: NOON_MS };
    const drafts = await shape([shaping], { ...tools, engine: { run: async () => [] } });
    expect(drafts).toMatchObject([[{ status: 'dead', code: 'TRANSFORM_CRASHED' }]]);
  });
});
