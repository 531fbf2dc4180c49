import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { httpEndpoints } from '../../../src/destinations/http/endpoints.ts';
import { compileMappings } from '../../../src/mapping/compile.ts';
import { configOf, load, SMALLEST } from '../../config/input.ts';
import { realContext } from '../../mapping/real-context.ts';

const PAGE = readFileSync('docs/http-destination.md', 'utf8');
const [CONFIG = '', MAPPING = '', TEST = ''] = Array.from(
  PAGE.matchAll(/```yaml\n(.*?)```/gs),
  ([, text = '']) => text,
);

it('the page about destinations of type http shows a config that loads and a mapping that is free of findings', () => {
  const entry = CONFIG.replace(/^destinations:\n/, '');
  const crm = configOf(load(SMALLEST + entry, { env: { CRM_TOKEN: 'x' } })).destinations.get('crm');
  if (crm?.type !== 'http') throw new Error('no crm');
  const destinations = new Map([['crm', { endpoints: httpEndpoints('crm', crm.endpoints) }]]);
  const files = [{ file: 'tier.yaml', bytes: Buffer.from(MAPPING + TEST) }];
  const [compiled] = compileMappings(files, { ...realContext, destinations });
  expect(compiled?.lints).toEqual([]);
  expect(compiled?.mappings[0]?.tests).toHaveLength(1);
});
