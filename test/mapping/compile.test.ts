import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMappings, createMemory } from '../../src/mapping/compile.ts';
import { compileText, fakeContext, places } from './fakes.ts';

const HEAD = 'event: CustomerLevelChanged\nto: bloomreach.event\n';
const TRANSFORM = 'transform:\n  customer_ids: { registered: "=data.email" }\n  event_type: x\n';
const MINIMAL = HEAD + TRANSFORM;

const bytes = (text: string) => new TextEncoder().encode(text);

function only(text: string, file?: string) {
  const compiled = compileText(text, file);
  expect(compiled.lints).toEqual([]);
  expect(compiled.mappings).toHaveLength(1);
  const [mapping] = compiled.mappings;
  if (!mapping) throw new Error('no mapping');
  return mapping;
}

describe('a mapping file', () => {
  it('fills in what it leaves out', () => {
    expect(only(MINIMAL, 'loyalty/tier-up.yml')).toEqual({
      id: 'tier-up',
      file: 'loyalty/tier-up.yml',
      version: createHash('sha256').update(MINIMAL).digest('hex'),
      text: MINIMAL,
      description: null,
      enabled: true,
      source: null,
      events: ['CustomerLevelChanged'],
      when: null,
      each: null,
      member: null,
      transform: {
        kind: 'template',
        template: {
          kind: 'object',
          entries: [
            [
              'customer_ids',
              {
                kind: 'object',
                entries: [
                  [
                    'registered',
                    {
                      kind: 'formula',
                      formula: { text: 'data.email', path: 'customer_ids.registered', line: 4, column: 33 },
                    },
                  ],
                ],
              },
            ],
            ['event_type', { kind: 'literal', value: 'x' }],
          ],
        },
      },
      destination: 'bloomreach',
      endpoint: 'event',
      order: 'member',
      mode: 'live',
      onAmbiguous: 'resend',
      retry: {},
      tests: [],
    });
  });

  it('reads every key', () => {
    const mapping = only(`id: all-keys
description: Everything at once
enabled: false
source: open-loyalty
event: [CustomerRegistered, "Points*"]
when: =data.a
each: data.items
to: bloomreach.event
member: $recall('wallet', data.b).customerId
order: none
mode: shadow
onAmbiguous: hold
retry: { quick: 0, schedule: [5s, 2m, 3h], jitter: 0.5, giveUpAfter: 90d }
${TRANSFORM}tests:
  - name: nothing happens
    at: 2026-02-11T09:30:00+01:00
    event: { eventName: PointsWillExpire, createdAt: 2026-02-11T09:30:00+01:00, "=literal": "=x" }
    recall: { wallet: { w-1: { email: a } } }
    expect: skipped
  - event: ../samples/points.json
    expect: { error: TRANSFORM_ERROR }
  - event: {}
    expect: [{ event_type: x }, { error: TRANSFORM_ERROR }]
  - event: {}
    expect: waiting
  - event: {}
`);
    expect(mapping).toMatchObject({
      id: 'all-keys',
      description: 'Everything at once',
      enabled: false,
      source: 'open-loyalty',
      events: ['CustomerRegistered', 'Points*'],
      when: { text: 'data.a', path: 'when', line: 6, column: 8 },
      each: { text: 'data.items', path: 'each', line: 7, column: 7 },
      member: { text: "$recall('wallet', data.b).customerId", path: 'member', line: 9, column: 9 },
      order: 'none',
      mode: 'shadow',
      onAmbiguous: 'hold',
      retry: { quick: 0, scheduleMs: [5000, 120_000, 10_800_000], jitter: 0.5, giveUpAfterMs: 7_776_000_000 },
    });
    expect(mapping.tests).toEqual([
      {
        name: 'nothing happens',
        event: {
          kind: 'inline',
          value: {
            eventName: 'PointsWillExpire',
            createdAt: '2026-02-11T09:30:00+01:00',
            '=literal': '=x',
          },
        },
        recall: { wallet: { 'w-1': { email: 'a' } } },
        atMs: 1_770_798_600_000,
        expect: { kind: 'skipped' },
        line: 18,
        column: 5,
      },
      expect.objectContaining({
        name: 'test 2',
        event: { kind: 'file', path: '../samples/points.json' },
        recall: {},
        atMs: null,
        expect: { kind: 'error', code: 'TRANSFORM_ERROR' },
      }),
      expect.objectContaining({
        expect: { kind: 'requests', requests: [{ event_type: 'x' }, { error: 'TRANSFORM_ERROR' }] },
      }),
      expect.objectContaining({ expect: { kind: 'waiting' } }),
      expect.objectContaining({ expect: null }),
    ]);
  });

  it('keeps literals and formulas apart, in the shape of the request', () => {
    const { transform } = only(`${HEAD}transform:
  customer_ids: { registered: "=data.email" }
  event_type: "='=text'"
  properties:
    number: 5
    text: "5"
    none: null
    empty:
    date: 2026-02-11
    yes: true
    list: [a, "=data.b"]
    012: digits
    __proto__: safe
    block: |

      =data.c
        & "x"
`);
    const shape = JSON.stringify(transform);
    expect(shape).toContain('["number",{"kind":"literal","value":5}]');
    expect(shape).toContain('["text",{"kind":"literal","value":"5"}]');
    expect(shape).toContain('["none",{"kind":"literal","value":null}]');
    expect(shape).toContain('["empty",{"kind":"literal","value":null}]');
    expect(shape).toContain('["date",{"kind":"literal","value":"2026-02-11"}]');
    expect(shape).toContain('["yes",{"kind":"literal","value":true}]');
    expect(shape).toContain('["012",{"kind":"literal","value":"digits"}]');
    expect(shape).toContain('["__proto__",{"kind":"literal","value":"safe"}]');
    expect(shape).toContain('{"text":"\'=text\'","path":"event_type","line":5,"column":17}');
    expect(shape).toContain('{"text":"data.b","path":"properties.list[1]","line":13,"column":17}');
    expect(shape).toContain('{"text":"data.c\\n  & \\"x\\"","path":"properties.block","line":18,"column":8}');
  });

  it('takes one expression for the whole request, with or without the =', () => {
    const text = `${HEAD}transform: |\n  {\n    "event_type": "x"\n  }\n`;
    expect(only(text).transform).toEqual({
      kind: 'expression',
      formula: { text: '{\n  "event_type": "x"\n}', path: 'transform', line: 4, column: 3 },
    });
    expect(only(`${HEAD}transform: =data.request\n`).transform).toMatchObject({ formula: { text: 'data.request' } });
  });

  it('takes a comment after a plain condition that is whole, and true as a condition', () => {
    expect(only(`when: data.a      # optional; absent = always\n${MINIMAL}`).when?.text).toBe('data.a');
    expect(only(`when: true\n${MINIMAL}`).when?.text).toBe('true');
  });

  it('follows aliases', () => {
    const { tests } = only(`${MINIMAL}tests:
  - event: &ann { data: { email: a } }
  - event: { data: *ann }
`);
    expect(tests[1]?.event).toEqual({ kind: 'inline', value: { data: { data: { email: 'a' } } } });
  });
});

describe('the version of a mapping', () => {
  it('is the same with CRLF and a BOM', () => {
    const { version } = only(MINIMAL);
    const windows = compileText(`\u{feff}${MINIMAL.replaceAll('\n', '\r\n')}`);
    expect(windows.mappings[0]?.version).toBe(version);
    expect(windows.text).toBe(MINIMAL);
  });

  it('changes with its own document only', () => {
    const file = (first: string, second: string) => `${MINIMAL}# ${first}\n---\nid: second\n${MINIMAL}# ${second}\n`;
    const [first, second] = compileText(file('a', 'b')).mappings;
    const [firstAgain, changed] = compileText(file('a', 'c')).mappings;
    expect(firstAgain?.version).toBe(first?.version);
    expect(changed?.version).not.toBe(second?.version);
  });

  it('stands for a part of the file: the parts of all documents make up the whole', () => {
    const document = (id: string) => `id: ${id}\n${MINIMAL}`;
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('---\n', '# between\n---\n', '...\n---\n', '--- # next\n', '\n\n---\n\n'),
        fc.constantFrom('', '---\n', '# head\n---\n', '# head\n'),
        (ids, separator, head) => {
          const text = head + ids.map(document).join(separator);
          const { mappings, lints } = compileText(text);
          expect(lints).toEqual([]);
          expect(mappings.map(({ id }) => id)).toEqual(ids);
          expect(mappings.map((mapping) => mapping.text).join('')).toBe(text);
        },
      ),
    );
  });
});

describe('several files', () => {
  it('come back in the order of their names; the later file loses an id that is taken', () => {
    const compiled = compileMappings(
      [
        { file: 'b.yaml', bytes: bytes(`id: a\n${MINIMAL}`) },
        { file: 'c.yaml', bytes: bytes(MINIMAL) },
        { file: 'a.yaml', bytes: bytes(MINIMAL) },
      ],
      fakeContext,
    );
    expect(compiled.map(({ file, mappings }) => [file, mappings.length])).toEqual([
      ['a.yaml', 1],
      ['b.yaml', 0],
      ['c.yaml', 1],
    ]);
    expect(compiled[1]?.lints).toMatchObject([
      { file: 'b.yaml', line: 1, column: 5, code: 'MAPPING_DUPLICATE_ID', message: 'The id a is taken in a.yaml' },
    ]);
  });

  it('do not hurt each other', () => {
    const compiled = compileMappings(
      [
        { file: 'a.yaml', bytes: Uint8Array.of(0xff, 0xfe) },
        { file: 'b.yaml', bytes: bytes('{') },
        { file: 'good.yaml', bytes: bytes(MINIMAL) },
      ],
      fakeContext,
    );
    expect(compiled.map(({ lints }) => lints.length)).toEqual([1, 1, 0]);
  });
});

describe('files that were compiled before', () => {
  it('come out as if they were read anew, whatever came in between', () => {
    const context = { ...fakeContext, memory: createMemory() };
    const first = { file: 'a.yaml', bytes: bytes(MINIMAL) };
    const steps = [
      [first, { file: 'b.yaml', bytes: bytes(`id: a\n${MINIMAL}`) }],
      [first, { file: 'b.yaml', bytes: bytes(MINIMAL) }],
      [first, { file: 'b.yaml', bytes: bytes(`id: a\n${MINIMAL}`) }],
      [{ file: 'b.yaml', bytes: bytes(`id: a\n${MINIMAL}`) }],
      [{ file: 'b.yaml', bytes: Uint8Array.of(0) }],
      [{ file: 'b.yaml', bytes: new Uint8Array() }],
    ];
    for (const files of steps) expect(compileMappings(files, context)).toEqual(compileMappings(files, fakeContext));
  });

  it('are not read again while their text is the same', () => {
    let checked = 0;
    const check = () => {
      checked += 1;
      return [];
    };
    const context = { ...fakeContext, checker: { check }, memory: createMemory() };
    const files = [{ file: 'a.yaml', bytes: bytes(MINIMAL) }];
    compileMappings(files, context);
    const once = checked;
    compileMappings(files, context);
    expect({ once, twice: checked }).toEqual({ once: 1, twice: 1 });
  });
});

describe('a file that is no mapping', () => {
  it.each([
    ['nothing', new Uint8Array(), '1:1 MAPPING_INVALID'],
    ['only comments', bytes('# todo\n'), '1:1 MAPPING_INVALID'],
    ['only separators', bytes('---\n---\n'), '1:1 MAPPING_INVALID'],
    ['invalid UTF-8', Uint8Array.of(0x61, 0xff), '1:1 MAPPING_YAML'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00), '1:1 MAPPING_YAML'],
    ['a binary', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0), '1:1 MAPPING_YAML'],
    ['more than 1 MB', new Uint8Array(1024 * 1024 + 1).fill(0x20), '1:1 MAPPING_TOO_LARGE'],
  ])('%s has one finding', (_, content, place) => {
    const [compiled] = compileMappings([{ file: 'x.yaml', bytes: content }], fakeContext);
    expect(compiled && places(compiled)).toEqual([place]);
  });

  it('a name that makes no id asks for one', () => {
    expect(compileText(MINIMAL, 'Tier Change.yaml').lints).toMatchObject([
      { code: 'MAPPING_INVALID', remedy: 'Rename the file, or add id:.' },
    ]);
  });

  it.each([
    ['brackets without end', '['.repeat(50_000)],
    ['nesting', `${HEAD}transform: ${'{ a: '.repeat(100)}1${' }'.repeat(100)}\n`],
    ['an alias of itself', `${HEAD}transform: &x\n  a: *x\n`],
    [
      'aliases of aliases',
      `${HEAD}transform:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi']
        .map((name, index) => `  ${name}: &${name} [${`*${'abcdefghi'[index]}, `.repeat(10)}]`)
        .join('\n')}\n`,
    ],
  ])('is refused in good time for %s', (_, text) => {
    const started = performance.now();
    expect(places(compileText(text))).toContainEqual(expect.stringMatching(/ MAPPING_YAML$/));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('says how large a formula may be', () => {
    const formula = (length: number) => `${HEAD}transform: "${'a'.repeat(length)}"\n`;
    expect(places(compileText(formula(16 * 1024)))).toEqual([]);
    expect(places(compileText(formula(16 * 1024 + 1)))).toEqual(['3:12 MAPPING_TOO_LARGE']);
  });

  it('tells the first 200 findings and counts the rest', () => {
    const { lints } = compileText(Array.from({ length: 997 }, (_, index) => `k${index}: x\n`).join(''));
    expect(lints).toHaveLength(201);
    // 997 unknown keys and three missing ones.
    expect(lints.at(-1)?.message).toBe('800 more findings from here on');
  });

  it('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      'event',
      ': ',
      '=x',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '#',
      '|',
      '&a ',
    );
    const more = fc.constantFrom(
      '*a',
      '!x ',
      '? ',
      '---\n',
      '\t',
      '<<',
      'to',
      'transform',
      'tests',
      '+1',
      '%',
      '`',
      'é',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, more), { maxLength: 40 }), (parts) => {
        const { lints, mappings } = compileText(parts.join(''));
        expect(lints.length > 0 || mappings.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('event names', () => {
  const check = (event: string, sources: typeof fakeContext.sources) =>
    places(compileText(`event: ${event}\nto: bloomreach.event\n${TRANSFORM}`, 'a.yaml', { ...fakeContext, sources }));

  it('are free where a source lists no events', () => {
    const other = { events: new Map() };
    expect(check('Whatever', new Map([...fakeContext.sources, ['other', other]]))).toEqual([]);
    expect(check('Whatever', new Map())).toEqual([]);
    expect(check('Whatever\nsource: open-loyalty', new Map([...fakeContext.sources, ['other', other]]))).toEqual([
      '1:8 MAPPING_UNKNOWN_EVENT',
    ]);
  });

  it.each(['"*"', 'Customer*', '"*Changed"', '[PointsWillExpire, "*Level*"]'])('take %s', (event) => {
    expect(check(event, fakeContext.sources)).toEqual([]);
  });
});
