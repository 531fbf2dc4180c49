import { describe, expect, it } from 'vitest';
import { httpEndpoints } from '../../../src/destinations/http/endpoints.ts';
import { compileMappings } from '../../../src/mapping/compile.ts';
import { realContext } from '../../mapping/real-context.ts';

const declared = new Map([
  ['member', { method: 'POST', url: 'https://crm.example.com/members/{id}', headers: {}, description: '' } as const],
]);
const context = {
  ...realContext,
  destinations: new Map([['crm', { endpoints: httpEndpoints('crm', declared) }]]),
};

/** What is found in a mapping whose request is this. */
function found(request: string): readonly string[] {
  const indented = request.replaceAll(/^/gm, '  ');
  const text = `event: CustomerLevelChanged\nto: crm.member\ntransform:\n${indented}\n`;
  const [file] = compileMappings([{ file: 'a.yaml', bytes: Buffer.from(text) }], context);
  return file?.lints.map(({ line, code, message, remedy }) => `${line} ${code} ${message} ${remedy}`) ?? [];
}

describe('a mapping to a destination of type http', () => {
  it('is taken with a value for each placeholder, and any body', () => {
    expect(
      found('path: { id: "=data.customer.customerId" }\nquery: { a: [1, 2] }\nbody: { tier: "=data.level.name" }'),
    ).toEqual([]);
    expect(found('path: { id: "=data.customer.customerId" }\nbody: [1, { a: b }]')).toEqual([]);
  });

  it.each([
    ['body: {}', 'crm.member asks for path'],
    ['path: { idd: x }', 'crm.member asks for path.id'],
    ['path: { id: x, name: y }', 'crm.member takes no path.name'],
    ['path: { id: [x] }', 'path.id, not a list'],
    ['path: { id: x }\nboddy: {}', 'crm.member takes no boddy'],
    ['path: { id: x }\nquery: { a: { b: c } }', 'query.a, not'],
    ['path: { id: x }\nheaders: { Authorization: x }', 'does not take the name "Authorization" in headers'],
    ['path: { id: x }\nheaders: { "a b": x }', 'does not take the name "a b" in headers'],
  ])('is refused before any event comes: %s', (request, message) => {
    const lints = found(request);
    expect(lints.some((lint) => lint.includes('MAPPING_REQUEST_SHAPE') && lint.includes(message))).toBe(true);
  });
});
