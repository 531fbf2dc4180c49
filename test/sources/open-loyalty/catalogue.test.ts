import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json } from '../../../src/core/json.ts';
import { openLoyaltyCatalogue } from '../../../src/sources/open-loyalty/catalogue.ts';
import { learnedFacts } from '../../../src/sources/open-loyalty/remembers.ts';
import { split } from '../../../src/sources/open-loyalty/split.ts';
import { DATA, LEGACY_DATA, legacy, sample, webhook } from './samples.ts';

const OFFICIAL = '../shared/data/open-loyalty/webhooks.json';
const { events } = openLoyaltyCatalogue();

function compiled(name: string) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  return ajv.compile(events.get(name) ?? false);
}

/** Open Loyalty sends null for what is not there, while its schemas say nothing of null: to formulas it is absent too. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([key, member]) => [key, withoutNulls(member)]));
}

describe('the catalogue', () => {
  it('holds the 28 published events, one that is newer, and the 12 of legacy bodies, read once', () => {
    const legacy = [...events.keys()].filter((name) => name.includes('.'));
    expect(events.size).toBe(28 + 1 + 12);
    expect(legacy).toEqual(Object.keys(LEGACY_DATA).sort());
    expect(openLoyaltyCatalogue().events).toBe(events);
  });

  it.each([...events.keys()])('has a schema of %s that compiles', (name) => {
    expect(events.get(name)?.['title']).toBe(name);
    expect(() => compiled(name)).not.toThrow();
  });

  it.each(Object.keys(DATA))('accepts the sample of %s', (name) => {
    const validate = compiled(name);
    validate(withoutNulls(sample(name)));
    expect(validate.errors).toBeNull();
  });

  it.each(Object.keys(LEGACY_DATA))('accepts each body that a legacy %s is split into', (name) => {
    const bodies = split(legacy(name)).map(withoutNulls);
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) {
      const validate = compiled(name);
      validate(body);
      expect(validate.errors).toBeNull();
    }
  });

  it('lets WalletBalanceUpdated hold anything, since nothing is published about it', () => {
    const body = webhook('WalletBalanceUpdated', { wallet: { anything: [1] } });
    expect(compiled('WalletBalanceUpdated')(body)).toBe(true);
  });

  it('notices a field of the wrong kind', () => {
    expect(compiled('PointsWillExpire')({ ...sample('PointsWillExpire'), data: { points: 'many' } })).toBe(false);
  });

  it.skipIf(!existsSync(OFFICIAL))('is what the import script makes of the official schemas', () => {
    const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
    execFileSync(process.execPath, ['scripts/import-open-loyalty-schemas.ts', OFFICIAL, folder]);
    const published = [...events].filter(([, schema]) => !('$comment' in schema));
    expect(published).toHaveLength(28);
    for (const [name, schema] of published) {
      expect(JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8'))).toEqual(schema);
    }
    rmSync(folder, { recursive: true });
  });
});

describe('what the catalogue says beyond the bodies', () => {
  const { secrets, facts } = openLoyaltyCatalogue();

  it('calls a secret only what the event has', () => {
    expect(secrets?.size).toBe(5);
    for (const [name, paths] of secrets ?? []) {
      for (const path of paths) {
        const keys = path.split('.').flatMap((key) => ['properties', key]);
        const field = keys.reduce<Json | undefined>(
          (at, key) => (isJsonObject(at) ? at[key] : undefined),
          events.get(name),
        );
        expect(field, `${name} ${path}`).toBeDefined();
      }
    }
  });

  it('describes facts as they are learned', () => {
    const lesson = {
      eventName: 'AvailablePointsAmountChanged',
      data: {
        customer: { customerId: 'c-1', email: 'a@b.pl', phone: '1', loyaltyCardNumber: '2' },
        wallet: { walletId: 'w-1', walletType: { code: 'default', name: 'Points' } },
      },
    };
    const learned = learnedFacts({ source: 'ol', storeCode: '', body: lesson, clockMs: 0 });
    for (const { kind, value } of learned) {
      const validate = new Ajv2020({ strict: true }).compile(facts?.get(kind) ?? false);
      expect(validate(value)).toBe(true);
    }
    expect(learned.map(({ kind }) => kind)).toEqual([...(facts?.keys() ?? [])]);
  });
});
