import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Fact, FactKey } from '../../src/core/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { bloomreachEndpoints } from '../../src/destinations/bloomreach/endpoints.ts';
import { compileMappings } from '../../src/mapping/compile.ts';
import { formatLint } from '../../src/mapping/format-lint.ts';
import { shape } from '../../src/pipeline/route/shape.ts';
import { eventOf, runMappingTests } from '../../src/runtime/mapping-tests.ts';
import { createOpenLoyaltySource } from '../../src/sources/open-loyalty/source.ts';
import { createTransformEngine } from '../../src/transform/engine.ts';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';

const FOLDER = new URL('../../mappings/', import.meta.url);

const source = createOpenLoyaltySource({ id: 'open-loyalty', verify: { type: 'none' } });
const engine = createTransformEngine({ deadlineMs: 2000, workers: 1 });
afterAll(() => engine.close());

const files = readdirSync(FOLDER).map((file) => ({ file, bytes: readFileSync(new URL(file, FOLDER)) }));
const compiled = compileMappings(files, {
  sources: new Map([[source.id, source.catalogue]]),
  destinations: new Map([['bloomreach', { endpoints: bloomreachEndpoints }]]),
  checker: createFormulaChecker(),
});
const mappings = compiled.flatMap((file) => file.mappings);

const endpoint = (_destination: string, name: string) => bloomreachEndpoints.get(name) ?? null;
const tools = { engine, endpoint, sources: new Map([[source.id, source]]), readSample: async () => '{}' };

/** The first delivery that a shipped mapping makes of an event; facts are looked up in `facts`. */
async function deliveryOf(id: string, body: JsonObject, facts: Readonly<Record<string, JsonObject>> = {}) {
  const mapping = mappings.find((candidate) => candidate.id === id);
  if (!mapping) throw new Error(`no mapping ${id}`);
  const event = eventOf(source, JSON.stringify(body), 0);
  const recall = (key: FactKey): Fact | null => {
    const value = facts[`${key.kind} ${key.key}`];
    return value === undefined ? null : { ...key, value, learnedAtMs: 0 };
  };
  const shaping = { event, mapping, run: 0, waitingSinceMs: event.clockMs, nowMs: event.clockMs };
  const [drafts = []] = await shape([shaping], {
    ...tools,
    memberIdKind: 'email',
    facts: async (keys) => keys.map(recall),
  });
  return { event, draft: drafts[0], request: JSON.parse(drafts[0]?.request ?? 'null') };
}

describe.each(compiled)('the shipped mapping $file', ({ file, text, lints, mappings: own }) => {
  it('is free of findings', () => {
    expect(lints.map((lint) => formatLint(lint, text))).toEqual([]);
    expect(own.length).toBeGreaterThan(0);
  });

  it('tells a marketer what it is for, and an editor which schema it has', () => {
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schemas\/mapping\.schema\.json\n#\n# \S/);
    expect(text).toMatch(/\n# In Bloomreach build: /);
    for (const mapping of own) expect(mapping.description).not.toBeNull();
  });

  it('passes its own tests, which show what is sent and what is not', async () => {
    const reports = await runMappingTests(own, tools);
    expect(reports.map(({ test, mismatches }) => [test.name, mismatches])).toEqual(
      reports.map(({ test }) => [test.name, []]),
    );
    const kinds = new Set(reports.map(({ test }) => test.expect?.kind));
    expect(kinds, file).toContain('requests');
    expect(kinds, file).toContain('skipped');
  });
});

describe('tier-change', () => {
  it('makes exactly the published request of the published event, and adds timestamp and event_id', async () => {
    const { event, request } = await deliveryOf('tier-change', {
      eventName: 'CustomerLevelChanged',
      storeCode: 'Germany',
      createdAt: '2022-04-26T13:27:13+02:00',
      data: {
        customer: { email: 'john.doe@example.com' },
        level: { levelId: 'e82c96cf-32a3-43bd-9034-4df343e5fd00', name: 'Gold', levelMoveUp: true },
      },
    });
    expect(request).toEqual({
      customer_ids: { registered: 'john.doe@example.com' },
      event_type: 'loyalty_challenge',
      timestamp: 1_650_972_433,
      properties: {
        event_id: event.dedupeKey,
        tier_id: 'e82c96cf-32a3-43bd-9034-4df343e5fd00',
        tier_name: 'Gold',
        tenant_code: 'Germany',
        levelMove: 'up',
      },
    });
  });
});

describe('points-expiring', () => {
  const body = {
    eventName: 'PointsWillExpire',
    storeCode: 'DEFAULT',
    createdAt: '2026-02-11T09:30:00+01:00',
    data: { accountId: 'w-1', points: 50, remainingUnits: 35, pointsWillExpire: '2026-03-01T00:00:00+01:00' },
  };

  it('queues in the lane of the member whose wallet it is', async () => {
    const { draft } = await deliveryOf('points-expiring', body, {
      'wallet w-1': { customerId: 'c-1', email: 'ann@example.com' },
    });
    expect(draft).toMatchObject({ status: 'pending', member: 'DEFAULT/c-1', ordered: true });
  });

  it('waits for the wallet it does not know, and says so', async () => {
    const { draft } = await deliveryOf('points-expiring', body);
    expect(draft).toMatchObject({ status: 'waiting', request: null, missing: [{ kind: 'wallet', key: 'w-1' }] });
  });
});
