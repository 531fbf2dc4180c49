import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Mapping, MappingTest } from '../../../src/core/mapping.ts';
import { compileInline } from '../../../src/transform/inline/inline-program.ts';
import { compiledFiles, galleryFiles, publishedEvents } from '../../mappings/gallery.ts';
import { randomEvent } from '../../support/random-event.ts';
import { inputOf } from '../support.ts';
import { bothWays, compileFormula, hasFailed } from './both-ways.ts';

/** Mappings that look outside of an item in a filter, or use a regular expression. */
const IN_WORKERS = ['campaign-effect', 'employee-tier', 'referral-rewarded', 'streak'];

const mappings = compiledFiles(galleryFiles()).flatMap((file) => file.mappings);
const isInline = (mapping: Mapping) => compileInline(mapping, compileFormula) !== null;
const inlineMappings = mappings.filter(isInline);

const lookupsOf = ({ recall }: Pick<MappingTest, 'recall'>) =>
  Object.entries(recall).flatMap(([kind, facts]) =>
    Object.entries(facts).map(([key, value]) => ({ kind, key, value })),
  );

async function expectAgreement(
  mapping: Mapping,
  body: JsonObject,
  lookups: ReturnType<typeof lookupsOf>,
): Promise<void> {
  const input = inputOf(body, { parsed: body });
  const { inline, worker } = await bothWays({ mapping, input, lookups, trace: false });
  if (inline === null) expect([mapping.id, hasFailed(worker)]).toEqual([mapping.id, true]);
  else expect(inline).toEqual(worker);
}

describe('the gallery, inline', () => {
  it('is compiled, but for what needs the whole language', () => {
    const others = mappings.filter((mapping) => !isInline(mapping)).map(({ id }) => id);
    expect(others.sort()).toEqual(IN_WORKERS);
  });

  it.each(inlineMappings.map((mapping) => [mapping.id, mapping] as const))(
    'makes of the tests of %s what JSONata makes of them',
    async (_, mapping) => {
      for (const test of mapping.tests) {
        if (test.event.kind === 'inline') await expectAgreement(mapping, test.event.value, lookupsOf(test));
      }
    },
  );

  it.each(publishedEvents())('makes of any %s what JSONata makes of it', async (name, schema) => {
    const event = randomEvent(name, schema);
    const property = fc.asyncProperty(event, fc.constantFrom(...inlineMappings), async (body, mapping) => {
      await expectAgreement(mapping, body, []);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
