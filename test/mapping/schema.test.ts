import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  AMBIGUOUS_POLICIES,
  ID_PATTERN,
  MAPPING_KEYS,
  MODES,
  ORDERS,
  RETRY_KEYS,
  TEST_KEYS,
} from '../../src/mapping/keys.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/mapping.schema.json', import.meta.url), 'utf8'));
const { properties, $defs } = schema;
const ajv = new Ajv2020({ allowUnionTypes: true, strictTypes: false });
const validate = ajv.addVocabulary(['enumDescriptions']).compile(schema);

const SHIPPED = new URL('../../mappings/', import.meta.url);
const INVALID = new URL('../fixtures/mappings/invalid/', import.meta.url);

function documentsOf(file: URL): readonly unknown[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
}

describe('the schema for editors', () => {
  it('lists the keys that the compiler takes', () => {
    expect(Object.keys(properties)).toEqual(MAPPING_KEYS);
    expect(Object.keys(properties.retry.properties)).toEqual(RETRY_KEYS);
    expect(Object.keys($defs.test.properties)).toEqual(TEST_KEYS);
  });

  it('lists the words that the compiler takes, and their defaults', () => {
    for (const [key, words] of Object.entries({ order: ORDERS, mode: MODES, onAmbiguous: AMBIGUOUS_POLICIES })) {
      expect(properties[key]).toMatchObject({ enum: words, default: words[0] });
    }
    expect(properties.id.pattern).toBe(ID_PATTERN.source);
  });

  it('explains every key', () => {
    const explained = [...Object.values(properties), ...Object.values(properties.retry.properties)];
    for (const key of [...explained, ...Object.values($defs.test.properties)]) {
      expect(key).toMatchObject({ description: expect.stringMatching(/\.$/) });
    }
  });

  it('gives examples that it takes itself', () => {
    const base = { event: 'PointsWillExpire', to: 'a.b', transform: {} };
    for (const [key, { examples = [] }] of Object.entries<{ readonly examples?: readonly unknown[] }>(properties)) {
      for (const example of examples) expect(validate({ ...base, [key]: example }), `${key}: ${example}`).toBe(true);
    }
  });

  it.each(readdirSync(SHIPPED))('takes the shipped %s', (file) => {
    for (const document of documentsOf(new URL(file, SHIPPED))) {
      validate(document);
      expect(validate.errors).toBeNull();
    }
  });

  it.each(['unknown-key', 'missing-keys', 'options', 'retry', 'bad-id', 'no-events', 'tests-shape', 'when-list'])(
    'refuses %s',
    (name) => {
      expect(validate(documentsOf(new URL(`${name}.yaml`, INVALID))[0])).toBe(false);
    },
  );
});
