import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { ruleSetOf } from '../../../src/core/rule-set.ts';
import { type DiffScope, diffEvents } from '../../../src/pipeline/compare/diff.ts';
import type { PageRequest } from '../../../src/ports/log.ts';
import { createCorridor } from '../../support/corridor.ts';
import { createFakeEngine, requests } from '../../support/fake-engine.ts';
import { aMapping } from '../../support/samples.ts';

const OLD = 'a'.repeat(64);

/** Compares over so many stored events; every third one is sent otherwise, every seventh fails. */
async function diffed(events: number, over: Partial<DiffScope> = {}, log: { readonly hasGaps?: boolean } = {}) {
  const corridor = createCorridor();
  for (let n = 1; n <= events; n++) {
    await corridor.receive({ eventName: 'LevelChanged', storeCode: 'de', messageId: `m-${n}`, member: 'ann', n });
  }
  await corridor.route();
  const pages: PageRequest[] = [];
  const engine = createFakeEngine(({ input, mapping }) => {
    const body = JSON.parse(input.body) as JsonObject;
    const n = Number(body['n']);
    if (mapping.version === OLD) return requests(body);
    if (n % 7 === 0) return { kind: 'failed', code: 'TRANSFORM_ERROR', message: 'no', path: null };
    return requests(n % 3 === 0 ? { ...body, extra: true } : body);
  });
  const told: number[] = [];
  const found = await diffEvents(
    { live: ruleSetOf([aMapping()]), edited: ruleSetOf([aMapping({ version: 'b'.repeat(64) })]) },
    { filter: {}, last: null, samples: null, pageSize: 10, ...over },
    {
      ...{ engine, memberIdKind: 'email' },
      endpoint: (_id, name) => corridor.destination.endpoints.get(name) ?? null,
      onProgress: (n) => told.push(n),
      log: {
        facts: (keys) => corridor.store.facts(keys),
        runnableEvents: (filter, page) => {
          pages.push(page);
          const isGap = log.hasGaps && pages.length % 2 === 1;
          if (isGap) return Promise.resolve({ items: [], nextBefore: page.before ?? events + 1 });
          return corridor.store.runnableEvents(filter, page);
        },
      },
    },
  );
  return { ...found, pages, told };
}

describe('a diff over stored events', () => {
  it('counts all of them, page by page, and tells how far it is', async () => {
    const { summary, groups, told, pages } = await diffed(25);
    expect(summary).toEqual({ events: 25, same: 15, changed: 7, newlySent: 0, newlySkipped: 0, nowFailing: 3 });
    expect(groups).toMatchObject([
      { mapping: 'all', kind: 'changed', count: 7 },
      { mapping: 'all', kind: 'nowFailing', count: 3 },
    ]);
    expect(groups[0]?.paths).toEqual(new Map([['extra', 7]]));
    expect(told).toEqual([10, 20, 25]);
    expect(pages.map(({ limit }) => limit)).toEqual([10, 10, 10]);
  });

  it('goes on after a page that is empty and not the last', async () => {
    const { summary, pages } = await diffed(25, {}, { hasGaps: true });
    expect(summary).toMatchObject({ events: 25, changed: 7 });
    expect(pages).toHaveLength(6);
  });

  it('looks at the newest only, exactly as many as asked', async () => {
    const { summary, changes, pages } = await diffed(25, { last: 13 });
    expect(summary).toMatchObject({ events: 13, changed: 3, nowFailing: 2 });
    expect(pages.map(({ limit }) => limit)).toEqual([10, 3]);
    expect(changes.map(({ event }) => event.id)).toEqual([24, 21, 18, 15, 14]);
  });

  it('keeps samples of every kind, so that a frequent one hides no rare one', async () => {
    const { changes, summary } = await diffed(25, { samples: 2 });
    expect(summary.changed).toBe(7);
    expect(changes.map(({ kind, event }) => [kind, event.id])).toEqual([
      ['changed', 24],
      ['nowFailing', 21],
    ]);
  });

  it('finds nothing where nothing is stored', async () => {
    const { summary, changes } = await diffed(0);
    expect(summary).toEqual({ events: 0, same: 0, changed: 0, newlySent: 0, newlySkipped: 0, nowFailing: 0 });
    expect(changes).toEqual([]);
  });
});
