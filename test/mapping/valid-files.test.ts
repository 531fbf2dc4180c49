import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Lookup } from '../../src/core/delivery.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { matchesPattern } from '../../src/core/rule-set.ts';
import { bloomreachEndpoints } from '../../src/destinations/bloomreach/endpoints.ts';
import { formatLint } from '../../src/mapping/format-lint.ts';
import { openLoyaltyCatalogue } from '../../src/sources/open-loyalty/catalogue.ts';
import { createTransformEngine } from '../../src/transform/engine.ts';
import { fullEvent } from '../support/full-event.ts';
import { compileText } from './fakes.ts';
import { realContext } from './real-context.ts';

const FOLDER = new URL('../fixtures/mappings/valid/', import.meta.url);
const CLOCK_MS = Date.parse('2026-02-11T09:30:00+01:00');
const WALLET = { customerId: 'c-1', email: 'ann@example.com', phone: '48500100200', wallet: { code: 'default' } };

const files = readdirSync(FOLDER).map((file) => {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  return compileText(text, file, realContext);
});
const runs = files.flatMap(({ mappings }) =>
  mappings.flatMap((mapping) => eventsOf(mapping).map((event) => ({ id: mapping.id, event, mapping }))),
);

const engine = createTransformEngine({ deadlineMs: 5_000, workers: 1 });
afterAll(() => engine.close());

describe('a hundred correct mappings, written to be tricky', () => {
  it.each(files)('$file is free of findings', ({ lints, text }) => {
    expect(lints.map((lint) => formatLint(lint, text))).toEqual([]);
  });

  it('are that many, each with a name of its own', () => {
    const ids = files.flatMap(({ mappings }) => mappings.map(({ id }) => id));
    expect(ids.length).toBeGreaterThanOrEqual(100);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(runs)('$id makes of a whole $event what its endpoint takes', async ({ mapping, event }) => {
    const schema = openLoyaltyCatalogue().events.get(event) ?? {};
    const body = JSON.stringify(fullEvent(event, schema));
    expect(await problemsOf(mapping, body)).toEqual([]);
  });
});

/** Of a pattern, a few of the names that match it. */
function eventsOf({ events }: Mapping): readonly string[] {
  const names = [...openLoyaltyCatalogue().events.keys()];
  return [...new Set(events.flatMap((pattern) => names.filter((name) => matchesPattern(pattern, name)).slice(0, 3)))];
}

async function problemsOf(mapping: Mapping, body: string, lookups: readonly Lookup[] = []): Promise<readonly string[]> {
  const input = { body, eventId: 'm-1', clockMs: CLOCK_MS, source: 'open-loyalty', storeCode: 'DEFAULT' } as const;
  const job = { mapping, input: { ...input, memberIdKind: 'email' }, lookups, trace: false } as const;
  const [result] = await engine.run([job]);
  if (result?.kind === 'needs') {
    return problemsOf(mapping, body, [...lookups, ...result.facts.map((fact) => ({ ...fact, value: WALLET }))]);
  }
  if (result?.kind === 'skipped') return [];
  if (result?.kind !== 'parts') return [JSON.stringify(result)];
  const endpoint = bloomreachEndpoints.get(mapping.endpoint);
  return result.parts.flatMap((part) => {
    if (part.kind === 'failed') return [`${part.code} ${part.path}: ${part.message}`];
    const frozen = endpoint?.freeze(part.request, CLOCK_MS);
    return frozen?.ok ? [] : (frozen?.problems.map(({ path, message }) => `${path}: ${message}`) ?? ['no endpoint']);
  });
}
