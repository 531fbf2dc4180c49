import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json } from '../../../src/core/json.ts';
import { openLoyaltyCatalogue } from '../../../src/sources/open-loyalty/catalogue.ts';
import { DATA, sample } from './samples.ts';

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
  it('holds the 28 documented events, read once', () => {
    expect(events.size).toBe(28);
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

  it('notices a field of the wrong kind', () => {
    expect(compiled('PointsWillExpire')({ ...sample('PointsWillExpire'), data: { points: 'many' } })).toBe(false);
  });

  it.skipIf(!existsSync(OFFICIAL))('is what the import script makes of the official schemas', () => {
    const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
    execFileSync(process.execPath, ['scripts/import-open-loyalty-schemas.ts', OFFICIAL, folder]);
    for (const [name, schema] of events) {
      expect(JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8'))).toEqual(schema);
    }
    rmSync(folder, { recursive: true });
  });
});
