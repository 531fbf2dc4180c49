import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { suggest } from '../../core/suggest.ts';
import type { FaultKind, FaultSpec } from './fault.ts';

/** A control request that cannot be carried out; the message begins with the field. */
export class ControlInputError extends Error {
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.name = 'ControlInputError';
    this.field = field;
  }
}

interface Rule {
  readonly must: string;
  readonly test: (value: unknown) => boolean;
}

const duration: Rule = { must: 'must be a number of milliseconds, 0 or more', test: (value) => isNumber(value, 0) };
const text: Rule = { must: 'must be a text', test: (value) => typeof value === 'string' };

const textOrObject: Rule = {
  must: 'must be a text or an object',
  test: (value) => typeof value === 'string' || isJsonObject(value),
};

const SCOPE: ReadonlyMap<string, Rule> = new Map([
  ['kind', text],
  ['probability', { must: 'must be a number from 0 to 1', test: (value) => isNumber(value, 0, 1) }],
  ['count', { must: 'must be a whole number from 1', test: (value) => Number.isInteger(value) && isNumber(value, 1) }],
  ['forMs', duration],
  ['match', { must: 'must be an object with eventType, command or path', test: isJsonObject }],
]);

const MATCH: ReadonlyMap<string, Rule> = new Map([
  ['eventType', text],
  ['command', oneOf('customers', 'customers/events')],
  ['path', text],
]);

const OWN_FIELDS: ReadonlyMap<unknown, Readonly<Record<string, Rule>>> = new Map<FaultKind, Record<string, Rule>>([
  ['latency', { ms: duration, jitterMs: duration }],
  [
    'status',
    {
      status: oneOf(400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504),
      retryAfter: headerValue(),
      body: textOrObject,
    },
  ],
  ['html', { status: oneOf(200, 502) }],
  ['reset-before', {}],
  ['reset-after', {}],
  ['refuse', { message: text }],
  ['results', { change: oneOf('reversed', 'missing', 'extra', 'without-ids') }],
  ['hang', {}],
  ['outage', { mode: oneOf('answer', 'reset') }],
]);

const REQUIRED: ReadonlyMap<unknown, string> = new Map<FaultKind, string>([
  ['latency', 'ms'],
  ['status', 'status'],
  ['refuse', 'message'],
  ['results', 'change'],
  ['outage', 'forMs'],
]);

/** Checks a fault from outside; throws ControlInputError on the first field that is unknown, missing or wrong. */
export function parseFault(input: unknown): FaultSpec {
  if (!isJsonObject(input)) throw new ControlInputError('body', 'must be a JSON object such as {"kind":"hang"}');
  const kind = input['kind'];
  const own = OWN_FIELDS.get(kind);
  const kinds = [...OWN_FIELDS.keys()].join(', ');
  if (own === undefined) throw new ControlInputError('kind', `must be one of ${kinds}, not ${show(kind)}`);
  checkFields(input, new Map([...SCOPE, ...Object.entries(own)]), '');
  if (isJsonObject(input['match'])) checkFields(input['match'], MATCH, 'match.');
  const required = REQUIRED.get(kind);
  if (required !== undefined && !Object.hasOwn(input, required)) {
    throw new ControlInputError(required, `is missing: a fault of kind ${show(kind)} needs it`);
  }
  return input as unknown as FaultSpec;
}

function checkFields(input: JsonObject, rules: ReadonlyMap<string, Rule>, prefix: string): void {
  for (const [name, value] of Object.entries(input)) {
    const rule = rules.get(name);
    const near = suggest(name, rules.keys());
    if (rule === undefined) {
      throw new ControlInputError(prefix + name, `is unknown${near === null ? '' : `; did you mean ${near}?`}`);
    }
    if (!rule.test(value)) throw new ControlInputError(prefix + name, `${rule.must}, not ${show(value)}`);
  }
}

function oneOf(...allowed: readonly unknown[]): Rule {
  return { must: `must be one of ${allowed.join(', ')}`, test: (value) => allowed.includes(value) };
}

function isNumber(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

/** A line break in a header would make the answer itself fail. */
function headerValue(): Rule {
  return {
    must: 'must be seconds or an HTTP date',
    test: (value) => isNumber(value, 0) || (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)),
  };
}

/** Lists and objects are only named: they may be nested too deep to be written out. */
function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return isJsonObject(value) ? 'an object' : String(JSON.stringify(value));
}
