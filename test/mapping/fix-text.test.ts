import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { broughtBy, fixText } from '../../src/mapping/fix-text.ts';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';
import { compileText, fakeContext } from './fakes.ts';

const context = { ...fakeContext, checker: createFormulaChecker() };
const INVALID = new URL('../fixtures/mappings/invalid/', import.meta.url);
const HEAD = 'event: CustomerLevelChanged\nto: bloomreach.event\n';

const lintsOf = (text: string) => compileText(text, 'a-mapping.yaml', context).lints;
const fixed = (text: string) => fixText(text, lintsOf).text;

/** A mapping whose request has these lines under `properties`. */
function withProperties(lines: string): string {
  return `${HEAD}transform: # the request\n  customer_ids: { registered: "=data.a" }\n  event_type: x # kept\n  properties:\n${lines}\n    last:   =data.z\n`;
}

/** A mapping with these lines before its `transform`. */
function withHead(lines: string): string {
  return `${lines}\ntransform:\n  customer_ids: { registered: "=data.a" }\n  event_type: x\n`;
}

describe('a formula that YAML would cut', () => {
  it.each([
    ['a flow collection', '    a: { b: =data.b }', '    a: { b: "=data.b" }'],
    ['commas and brackets of its own', "    a: [=$join(data.x[0], ','), 1]", '    a: ["=$join(data.x[0], \',\')", 1]'],
    [
      'both kinds of quotes in a flow',
      '    a: { b: =data.b & "it\'s", c: 1 }',
      "    a: { b: '=data.b & \"it''s\"', c: 1 }",
    ],
    ['a colon', "    a: =data.b ? 'x': 'y'", "    a: \"=data.b ? 'x': 'y'\""],
    ['an object', '    a: ={ "x": data.b, "y": 1 }', '    a: \'={ "x": data.b, "y": 1 }\''],
    ['a number sign', '    a: =data.b & " #1"', '    a: \'=data.b & " #1"\''],
    ['a comment that is one', '    a: =data.b # why', '    a: "=data.b" # why'],
    ['a backslash', '    a: =$contains(data.b, /\\d: /)', "    a: '=$contains(data.b, /\\d: /)'"],
    ['a colon before a comment', '    a: =data.b ? 1: 2 # "why"', '    a: "=data.b ? 1: 2" # "why"'],
    ['both kinds of quotes', '    a: =data.b & "it\'s: "', '    a: |\n      =data.b & "it\'s: "'],
    [
      'a ternary over lines',
      "    a: =data.b\n      ? 'x'\n      : 'y'",
      "    a: |\n      =data.b\n      ? 'x'\n      : 'y'",
    ],
    [
      'a ternary not indented',
      "    a: =data.b\n    ? 'x'\n    : 'y'",
      "    a: |\n      =data.b\n      ? 'x'\n      : 'y'",
    ],
  ])('is quoted or moved, in %s', (_, wrong, right) => {
    expect(lintsOf(withProperties(wrong))).not.toEqual([]);
    expect(fixed(withProperties(wrong))).toBe(withProperties(right));
    expect(lintsOf(withProperties(right))).toEqual([]);
  });

  it('is kept whole in a condition that begins with a quote', () => {
    const text = withHead(`${HEAD}when: 'up' in data.moves`);
    expect(fixed(text)).toBe(text.replace("'up' in data.moves", '"\'up\' in data.moves"'));
  });
});

describe('a name with a typing error', () => {
  it.each([
    ['a key', withHead(`${HEAD}discription: x`), 'discription', 'description'],
    ['a quoted key', withHead(`${HEAD}"discription": x`), 'discription', 'description'],
    ['an event', withHead('event: CustomerLevelChangd\nto: bloomreach.event'), 'Changd', 'Changed'],
    ['a destination', withHead('event: CustomerLevelChanged\nto: blomreach.event'), 'blomreach', 'bloomreach'],
    ['an endpoint', withHead('event: CustomerLevelChanged\nto: "bloomreach.evnt"'), 'evnt', 'event'],
    ['a source', withHead(`${HEAD}source: open-loyality`), 'loyality', 'loyalty'],
    ['a word', withHead(`${HEAD}mode: shadwo`), 'shadwo', 'shadow'],
    ['a field of the request', withHead(HEAD).replace('event_type', 'event_typ'), 'event_typ', 'event_type'],
    ['a function', withProperties('    a: =$lowrcase(data.b)'), '$lowrcase', '$lowercase'],
    ['a function in quotes', withProperties('    a: "=$lowrcase(data.b)"'), '$lowrcase', '$lowercase'],
    [
      'a function in a block',
      withProperties('    a: |\n      =data.c &\n        $lowrcase(data.b)'),
      '$lowrcase',
      '$lowercase',
    ],
  ])('is corrected: %s', (_, text, wrong, right) => {
    expect(fixed(text)).toBe(text.replace(wrong, right));
  });

  it.each([
    ['two names are nearly as close', withProperties('    a: =$sun(data.b)')],
    ['the right key is there already', withHead(`${HEAD}descripton: x\ndescription: y`)],
    ['it is written with an escape', withHead(`${HEAD}"discripti\\u006fn": x`)],
  ])('is left when %s', (_, text) => {
    expect(fixed(text)).toBe(text);
  });
});

describe('other slips', () => {
  it('makes text of digits that YAML reads as a number', () => {
    const text = withProperties('    a: +48500100200\n    b: [00123, 12]');
    expect(fixed(text)).toBe(text.replace('+48500100200', '"+48500100200"').replace('00123', '"00123"'));
  });

  it('takes the blank before the = in quotes away', () => {
    const text = withProperties('    a: " =data.b"\n    b: \'  =data.c\'');
    expect(fixed(text)).toBe(text.replace('" =', '"=').replace("'  =", "'="));
  });

  it('takes the second = of a comparison out', () => {
    const text = withProperties('    a: "=data.b == \'x\' and data.c == 1"\n    d: =data.b==data.c');
    expect(fixed(text)).toBe(text.replaceAll('==', '='));
  });

  it('repairs what comes to light only when the YAML can be read', () => {
    const text = withProperties("    a: =data.b ? $lowrcase(data.c): 'y'").replace('event_type', 'event_typ');
    const { text: after, repaired } = fixText(text, lintsOf);
    expect(lintsOf(after)).toEqual([]);
    expect(repaired.map(({ code }) => code)).toEqual([
      'MAPPING_YAML',
      'MAPPING_REQUEST_SHAPE',
      'MAPPING_UNKNOWN_FUNCTION',
    ]);
  });

  it('leaves lines that ran together to a person', () => {
    const joined = withProperties('    a: =data.b    c: =data.d');
    expect(fixed(joined)).toBe(joined);
    const outdented = withProperties('  a: =data.b\n    c: =data.d');
    expect(fixed(outdented)).toBe(outdented);
  });

  it('leaves a comment between the lines of a formula to a person', () => {
    const text = withProperties("    a: =data.b # first\n      ? 'x'\n      : 'y'");
    expect(fixed(text)).toBe(text);
  });

  it('leaves a name whose correction would bring a mistake that it cannot repair', () => {
    const text = withHead('event: CustomerLevelChanged\nto: bloomreach.evnt').replace('event_type: x', 'colour: red');
    expect(lintsOf(text.replace('evnt', 'event')).map(({ code }) => code)).toContain('MAPPING_REQUEST_SHAPE');
    expect(fixed(text)).toBe(text);
  });

  it('leaves a mistake without a safe remedy, and repairs the others', () => {
    const text = withProperties('    a: =data.b +\n    b: 0012');
    expect(fixed(text)).toBe(text.replace('0012', '"0012"'));
  });
});

describe('every invalid fixture', () => {
  it.each(readdirSync(INVALID))('%s: repairing twice is repairing once, whatever the line ends', (file) => {
    const text = readFileSync(new URL(file, INVALID), 'utf8');
    const once = fixed(text);
    expect(fixed(once)).toBe(once);
    const crlf = `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    expect(fixed(crlf)).toBe(`\uFEFF${once.replaceAll('\n', '\r\n')}`);
    expect(broughtBy(lintsOf(text), lintsOf(once))).toEqual([]);
  });
});
