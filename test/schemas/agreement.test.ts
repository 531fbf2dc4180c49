import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bloomreachEndpoints } from '../../src/destinations/bloomreach/endpoints.ts';
import { httpEndpoints } from '../../src/destinations/http/endpoints.ts';
import { openLoyaltyCatalogue } from '../../src/sources/open-loyalty/catalogue.ts';
import { OWN_FUNCTIONS } from '../../src/transform/function-names.ts';

const FILE = readFileSync('schemas/mapping.schema.json', 'utf8');
const { properties, $defs } = JSON.parse(FILE);

describe('the schema of mappings agrees with the code about', () => {
  it('the names of events, each with what it means', () => {
    const [names] = $defs.eventName.anyOf;
    expect(names.enum).toEqual([...openLoyaltyCatalogue().events.keys()]);
    expect(names.enumDescriptions).toHaveLength(names.enum.length);
    for (const words of names.enumDescriptions) expect(words).toMatch(/^[A-Z].*\.$/);
  });

  it('the endpoints of bloomreach, each with what it is for', () => {
    const [addresses] = properties.to.anyOf;
    expect(addresses.enum).toEqual([...bloomreachEndpoints.keys()].map((name) => `bloomreach.${name}`));
    expect(addresses.enumDescriptions).toHaveLength(addresses.enum.length);
  });

  it('the keys of a request', () => {
    const http = httpEndpoints(
      'crm',
      new Map([['x', { method: 'POST', url: 'https://a.b', headers: {}, description: '' }]]),
    );
    const endpoints = [...bloomreachEndpoints.values(), ...http.values()];
    const taken = endpoints.flatMap(({ schema }) => Object.keys(schema['properties'] ?? {}));
    expect(Object.keys($defs.request.properties).sort()).toEqual([...new Set(taken)].sort());
  });

  it.each(OWN_FUNCTIONS.map((name) => [`$${name}`]))('the function %s, which an example shows', (name) => {
    const examples = JSON.stringify($defs.value.examples);
    expect(examples).toContain(`${name}(`);
  });
});
