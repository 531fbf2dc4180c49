import type { JsonObject } from '../../src/core/json.ts';
import { type CompiledFile, compileMappings, type MappingContext } from '../../src/mapping/compile.ts';
import type { Endpoint } from '../../src/ports/destination.ts';
import type { FormulaChecker, FormulaFault } from '../../src/ports/transform-engine.ts';

const FUNCTIONS = new Set(['lowercase', 'toSeconds', 'eventId', 'recall', 'sum', 'exists', 'string', 'merge']);

/** Finds brackets without a partner and functions that do not exist: enough to test where faults are shown. */
const fakeChecker: FormulaChecker = {
  check: (text) => [...bracketFaults(text), ...functionFaults(text)],
};

const EVENT_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['customer_ids', 'event_type'],
  properties: {
    customer_ids: { $ref: '#/$defs/ids' },
    event_type: { type: 'string', pattern: '\\S' },
    timestamp: { type: 'number', exclusiveMaximum: 100_000_000_000 },
    properties: { type: 'object', propertyNames: { pattern: '^[ -~]+$' } },
    flags: { type: 'array', items: { type: ['boolean', 'null'] } },
    size: { anyOf: [{ type: 'number' }, { type: 'object', required: ['w'], properties: { w: { type: 'number' } } }] },
  },
  $defs: { ids: { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } } },
};

/** Open, so that formulas may read anything. */
const LEVEL_CHANGED: JsonObject = {
  type: 'object',
  additionalProperties: true,
  properties: {
    data: {
      type: 'object',
      additionalProperties: true,
      properties: {
        customer: {
          type: 'object',
          additionalProperties: true,
          properties: { phone: { type: 'string' }, loyaltyCardNumber: { type: 'string' } },
        },
        cards: { type: 'array', items: { type: 'string' } },
      },
    },
  },
};

/** A context with one source and two destinations. */
export const fakeContext: MappingContext = {
  checker: fakeChecker,
  sources: new Map([
    [
      'open-loyalty',
      {
        events: new Map<string, JsonObject>([
          ['CustomerLevelChanged', LEVEL_CHANGED],
          ['CustomerRegistered', {}],
          ['PointsWillExpire', {}],
        ]),
      },
    ],
  ]),
  destinations: new Map([
    ['bloomreach', { endpoints: new Map([endpoint('event', EVENT_SCHEMA), endpoint('customer', { type: 'object' })]) }],
    ['hook', { endpoints: new Map([endpoint('send', { type: 'object' })]) }],
  ]),
};

/** Compiles one file in the fake context. */
export function compileText(text: string, file = 'a-mapping.yaml', context = fakeContext): CompiledFile {
  const [compiled] = compileMappings([{ file, bytes: new TextEncoder().encode(text) }], context);
  if (!compiled) throw new Error('compileMappings lost a file');
  return compiled;
}

/** `line:column CODE` of every finding, and whether it is only a warning. */
export function places({ lints }: Pick<CompiledFile, 'lints'>): readonly string[] {
  return lints.map(({ line, column, code, severity }) => {
    return `${line}:${column} ${code}${severity === 'warning' ? ' warning' : ''}`;
  });
}

function endpoint(name: string, schema: JsonObject): [string, Endpoint] {
  return [name, { name, schema, freeze: (request) => ({ ok: true, text: JSON.stringify(request) }) }];
}

function bracketFaults(text: string): readonly FormulaFault[] {
  const open: number[] = [];
  const faults: number[] = [];
  for (const { 0: bracket, index } of text.matchAll(/[()]|'[^']*'|"[^"]*"/g)) {
    if (bracket === '(') open.push(index);
    if (bracket === ')' && open.pop() === undefined) faults.push(index);
  }
  return [...faults, ...open].map((offset) => ({
    code: 'MAPPING_FORMULA_SYNTAX',
    severity: 'error',
    offset,
    message: 'No partner',
  }));
}

function functionFaults(text: string): readonly FormulaFault[] {
  return [...text.matchAll(/\$(\w+)\(/g)]
    .filter(([, name]) => !FUNCTIONS.has(name ?? ''))
    .map(({ 0: call, index }) => ({
      code: 'MAPPING_UNKNOWN_FUNCTION',
      severity: 'error',
      offset: index,
      message: `No ${call}`,
    }));
}
