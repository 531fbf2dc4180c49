import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { FormulaUse, MappingSight } from '../../src/ports/transform-engine.ts';
import { parseFormula } from '../../src/transform/ast.ts';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';
import { inferFormula } from '../../src/transform/infer.ts';
import { KnowledgeBase } from '../../src/transform/knowledge.ts';
import { HAS_SUITE, suite } from './published-suite.ts';

const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };
const ITEM = {
  type: 'object',
  properties: { name: TEXT, price: NUMBER, tags: { type: 'array', items: TEXT }, any: {} },
};
const ORDER: JsonObject = {
  type: 'object',
  properties: {
    createdAt: TEXT,
    eventName: TEXT,
    data: {
      type: 'object',
      properties: {
        person: { type: 'object', properties: { email: TEXT, name: TEXT } },
        items: { type: 'array', items: ITEM },
        kind: { enum: ['sale', 'return'] },
        isNew: { type: 'boolean' },
        total: NUMBER,
        pin: { type: 'integer' },
        open: { type: 'object' },
        extensible: { type: 'object', properties: { a: TEXT }, additionalProperties: true },
        choice: { oneOf: [{ type: 'object', properties: { left: TEXT } }, { type: 'null' }] },
        both: {
          type: 'object',
          properties: { id: TEXT },
          anyOf: [{ properties: { x: TEXT } }, { properties: { y: NUMBER } }],
        },
        reference: { $ref: '#/$defs/nothing' },
      },
    },
  },
};
const SEEN: MappingSight = {
  events: [{ name: 'Order', schema: ORDER, secrets: ['data.pin'] }],
  facts: new Map([['wallet', { type: 'object', properties: { email: TEXT }, additionalProperties: false }]]),
  each: 'data.items',
};
const SENT: FormulaUse = { kind: 'sent', wanted: null };

const { check } = createFormulaChecker();
const codes = (text: string, use: FormulaUse = SENT, sight: MappingSight = SEEN) =>
  check(text, sight, use).map(({ code, severity }) => (severity === 'warning' ? `${code} warning` : code));

describe('what may be there', () => {
  it.each([
    'data.open.anything.at.all',
    'data.extensible.b.c',
    'data.choice.left',
    'data.both.id & data.both.x & data.both.y',
    'data.reference.anything',
    'data.items[0].any.thing',
    'messageId & requestId & storeCode & eventName',
    '$item.price * $index',
    '$recall("wallet", data.kind).email',
    '$recall("other", data.kind).anything',
    '$lookup(data, "undocumented").x',
    '$reduce(data.items, function($a, $i) { $a + $i.price }, 0)',
    'data.*.name',
    '**.nowhere',
    'data.items.%.kind',
    'data.items@$i.($i.whatever)',
  ])('is no finding: %s', (text) => {
    expect(check(text, SEEN, SENT)).toEqual([]);
  });

  it('is anything where nothing is known of the events', () => {
    expect(codes('nothing.like.it', SENT, { ...SEEN, events: null })).toEqual([]);
  });

  it('is listed, as far as that helps, for whoever guessed wrong', () => {
    const fields = Object.fromEntries([...'abcdefghijklmno'].map((name) => [`field${name}`, TEXT]));
    const schema = {
      type: 'object',
      properties: { data: { type: 'object', properties: { reward: { type: 'object', properties: fields } } } },
    };
    const sight = { ...SEEN, events: [{ name: 'Other', schema, secrets: [] }] };
    expect(check('data.reward.stock', sight, SENT)[0]?.remedy).toMatch(/^There are fielda, .*, fieldl and 3 more\. /);
    expect(check('data.person', sight, SENT)[0]?.remedy).toMatch(/^There is only reward\. /);
  });

  it('is what any of several events has', () => {
    const other = { name: 'Other', schema: { type: 'object', properties: { data: ITEM } }, secrets: [] };
    const sight = { ...SEEN, events: [...(SEEN.events ?? []), other] };
    expect(check('data.price & data.total & data.person.email', sight, SENT)).toEqual([]);
    expect(check('data.pric', sight, SENT)).toMatchObject([{ remedy: 'Did you mean data.price?' }]);
  });
});

describe('a time in arithmetic', () => {
  it('is told how days and seconds are made', () => {
    const remedy = 'For days write $daysUntil(createdAt); for seconds $toSeconds(createdAt).';
    expect(check('createdAt + 7', SEEN, SENT)).toMatchObject([{ code: 'MAPPING_ARGUMENTS', remedy }]);
  });
});

describe('what is not there', () => {
  it.each([
    ['data.totl', 5, 'Did you mean data.total?'],
    ['total', 0, 'Did you mean data.total?'],
    ['data.choice.rigth', 12, 'Use'],
    ['data.both.zebra', 10, 'There are id, x, y.'],
    ['data.items.nam', 11, 'Did you mean data.items.name?'],
    ['$item.nam', 6, 'Did you mean $item.name?'],
    ['$recall("wallet", data.kind).emial', 29, 'Did you mean $recall( ).email?'],
    ['data.items.(nam & price)', 12, 'Did you mean name?'],
    ['$$.data.kin', 8, 'Did you mean $$.data.kind?'],
    ['($d := data; $d.totl)', 16, 'Did you mean $d.total?'],
    ['data.(isNew ? person : items).emial', 30, 'Did you mean'],
    ['$filter(data.items, function($i) { $i.pric > 1 })[0].nam', 38, 'Did you mean $i.price?'],
    ['$sort(data.items, function($a, $b) { $a.price > $b.pric })[0].name', 51, 'Did you mean $b.price?'],
    ['data.items ~> $map(function($i) { $i.nam }) ~> $count()', 37, 'Did you mean $i.name?'],
    ['$merge([data.person, {"x": 1}]).emial', 32, 'Did you mean'],
    ['data.items^(pric)[0].name', 12, 'Did you mean price?'],
    ['data.isNew = TRUE', 13, 'Write true in small letters.'],
    ['data.kind = “sale”', 12, "Write ' on both sides"],
    ['customer.mail', 0, 'There are data.person, data.items, data.kind,'],
  ])('is found with its place: %s', (text, offset, remedy) => {
    const fault = check(text, SEEN, SENT).find(({ severity }) => severity === 'error');
    expect(fault).toMatchObject({ code: 'MAPPING_UNKNOWN_PATH', offset });
    if (remedy !== 'Use') expect(fault?.remedy).toContain(remedy);
  });

  it('is told once, though the rest of the path is missing too', () => {
    expect(codes('data.persn.email.x.y')).toEqual(['MAPPING_UNKNOWN_PATH']);
    expect(codes('data.totl ?: data.totl ?? 1')).toEqual(['MAPPING_UNKNOWN_PATH', 'MAPPING_UNKNOWN_PATH']);
  });

  it('is $item before each and without it', () => {
    expect(codes('$item.name', { kind: 'before-each' })).toEqual(['MAPPING_UNKNOWN_PATH']);
    expect(codes('$item.name', SENT, { ...SEEN, each: null })).toEqual(['MAPPING_UNKNOWN_PATH']);
    expect(codes('$item.name', { kind: 'member' })).toEqual([]);
  });
});

describe('a list that may have one element', () => {
  it.each(['data.items.name', 'data.items[price > 1].name', '$map(data.items, function($i) { $i.name })'])(
    'is told when it is sent: %s',
    (text) => {
      expect(codes(text)).toEqual(['MAPPING_LIST warning']);
      expect(codes(`[${text}]`)).toEqual([]);
      expect(codes(`$count(${text})`)).toEqual([]);
      expect(codes(text, { kind: 'before-each' })).toEqual([]);
      expect(codes(`(${text})[0]`)).toEqual([]);
      expect(codes(`$count(data.items) = 1 ? ${text} : 'more'`)).toEqual([]);
      expect(codes(`{ 'a': ${text} }`)).toEqual(['MAPPING_LIST warning']);
    },
  );

  it.each([
    'data.items',
    'data.items[0].tags',
    'data.items[name = "x"].price',
    'data.items.name[]',
    '$sort(data.items.name)',
  ])('is none: %s', (text) => {
    expect(codes(text)).toEqual([]);
  });
});

describe('a certain outcome', () => {
  it.each([
    ['data.isNew = "true"', 'MAPPING_CONDITION'],
    ['data.total = "1"', 'MAPPING_CONDITION'],
    ['data.total > "1"', 'MAPPING_CONDITION'],
    ['"1" = data.total', 'MAPPING_CONDITION'],
    ['data.kind = "sal"', 'MAPPING_CONDITION warning'],
    ['data.kind in ["sale", "rturn"]', 'MAPPING_CONDITION warning'],
    ['data.person = "x"', 'MAPPING_CONDITION'],
    ['data.kind = null', 'MAPPING_CONDITION'],
    ['data.kind = "sale" or "return"', 'MAPPING_CONDITION'],
    ['data.items = "x"', 'MAPPING_CONDITION'],
    ['data.items.name = "x"', 'MAPPING_LIST warning'],
    ['eventName = "Ordr"', 'MAPPING_CONDITION warning'],
  ])('is found: %s', (text, code) => {
    expect(codes(text, { kind: 'before-each' })).toEqual([code]);
  });

  it.each([
    'data.isNew',
    'data.isNew = true',
    'data.kind != null',
    'data.kind = "sale" or data.kind = "return"',
    '"x" in data.items.name',
    'data.items[0].any = "x" or data.items[0].any = 1',
    'data.total in [1..3]',
    'data.items.name = ["a", "b"]',
    '1 = "1"',
    'eventName = "Order"',
  ])('is none: %s', (text) => {
    expect(codes(text, { kind: 'before-each' })).toEqual([]);
  });
});

describe('what is sent', () => {
  const seconds: FormulaUse = { kind: 'sent', wanted: { type: 'number', exclusiveMaximum: 100_000_000_000 } };

  it('counts seconds where seconds are asked', () => {
    for (const text of ['$millis()', '$toMillis(createdAt)', '$floor($millis() + 1)', 'data.isNew ? $millis() : 1']) {
      expect(codes(text, seconds)).toEqual(['MAPPING_REQUEST_SHAPE']);
    }
    for (const text of [
      '$millis() / 1000',
      '$toSeconds(createdAt)',
      '$toMillis(createdAt) - $millis()',
      'data.total',
    ]) {
      expect(codes(text, seconds)).toEqual([]);
    }
  });

  it('is of the kind that is asked', () => {
    expect(codes('createdAt', seconds)).toEqual(['MAPPING_REQUEST_SHAPE']);
    expect(codes('data.person', { kind: 'sent', wanted: { type: ['string', 'null'] } })).toEqual([
      'MAPPING_REQUEST_SHAPE',
    ]);
    expect(codes('data.open.x', seconds)).toEqual([]);
  });

  it('holds no secret, however it is dressed', () => {
    for (const text of [
      'data.pin',
      '"x" & data.pin',
      '$string(data.pin)',
      'data',
      '[data.pin]',
      '{ "a": { "b": data.pin } }',
    ]) {
      expect(codes(text)).toEqual(['MAPPING_SECRET']);
    }
    for (const text of ['$exists(data.pin)', 'data.pin = 1', 'data.pin ? 1 : 2', 'data.person', '$count(data)']) {
      expect(codes(text)).toEqual([]);
    }
    expect(codes('data.pin', { kind: 'before-each' })).toEqual([]);
  });
});

describe('the inference', () => {
  it.skipIf(!HAS_SUITE)('stumbles over no formula of the published test suite, whatever it is said to see', () => {
    const formulas = Object.values(suite.groups).flatMap((group) =>
      group.flatMap(({ expr }) => parsed(expr ?? '') ?? []),
    );
    const knowledge = new KnowledgeBase().of(SEEN, SENT);
    for (const { text, ast } of formulas) {
      expect(() =>
        inferFormula(ast, text, knowledge, (fault) => expect(fault.offset).toBeLessThanOrEqual(text.length)),
      ).not.toThrow();
    }
    expect(formulas.length).toBeGreaterThan(1_000);
  });
});

function parsed(text: string) {
  try {
    return { text, ast: parseFormula(text) };
  } catch {
    return null;
  }
}
