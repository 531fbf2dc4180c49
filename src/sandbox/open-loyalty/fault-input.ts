import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { suggest } from '../../core/suggest.ts';
import type { FaultSpec, RestFault, WebhookFault } from './fault.ts';

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

const text: Rule = { must: 'must be a text', test: (value) => typeof value === 'string' };
const duration: Rule = { must: 'must be a number of milliseconds, 0 or more', test: (value) => isNumber(value, 0) };
const positive: Rule = {
  must: 'must be a whole number from 1',
  test: (value) => Number.isInteger(value) && isNumber(value, 1),
};

const SCOPE: Readonly<Record<string, Rule>> = {
  kind: text,
  probability: { must: 'must be a number from 0 to 1', test: (value) => isNumber(value, 0, 1) },
  count: positive,
  forMs: duration,
  match: { must: 'must be an object with eventName, storeCode or path', test: isJsonObject },
};
const MATCH: Readonly<Record<string, Rule>> = { eventName: text, storeCode: text, path: text };

interface Own {
  readonly fields: Readonly<Record<string, Rule>>;
  readonly required?: string;
}

const NO_FIELDS: Own = { fields: {} };

const WEBHOOK: Readonly<Record<WebhookFault['kind'], Own>> = {
  duplicate: NO_FIELDS,
  reorder: { fields: { by: positive } },
  drop: NO_FIELDS,
  slow: { fields: { ms: duration }, required: 'ms' },
  'missing-ids': NO_FIELDS,
  'null-email': NO_FIELDS,
  'null-phone': NO_FIELDS,
  nobody: NO_FIELDS,
  unsigned: NO_FIELDS,
  stale: NO_FIELDS,
  tampered: NO_FIELDS,
};

const REST: Readonly<Record<RestFault['kind'], Own>> = {
  latency: { fields: { ms: duration }, required: 'ms' },
  status: { fields: { status: oneOf(401, 403, 404, 429, 500, 502, 503), retryAfter: positive }, required: 'status' },
  html: { fields: { status: oneOf(200, 502) } },
  half: NO_FIELDS,
  cut: NO_FIELDS,
  hang: NO_FIELDS,
};

const KINDS: ReadonlyMap<unknown, Own> = new Map(Object.entries({ ...WEBHOOK, ...REST }));

/** Whether a fault is one of webhooks. */
export function isWebhookFault(spec: FaultSpec): spec is WebhookFault {
  return Object.hasOwn(WEBHOOK, spec.kind);
}

/** Checks a fault from outside; throws ControlInputError on the first field that is unknown, missing or wrong. */
export function parseFault(input: unknown): FaultSpec {
  if (!isJsonObject(input)) throw new ControlInputError('body', 'must be a JSON object such as {"kind":"drop"}');
  const own = KINDS.get(input['kind']);
  if (own === undefined) throw new ControlInputError('kind', `must be one of ${[...KINDS.keys()].join(', ')}`);
  checkFields(input, { ...SCOPE, ...own.fields }, '');
  if (isJsonObject(input['match'])) checkFields(input['match'], MATCH, 'match.');
  const { required } = own;
  if (required !== undefined && !Object.hasOwn(input, required)) {
    throw new ControlInputError(required, `is missing: a fault of kind ${String(input['kind'])} needs it`);
  }
  return input as unknown as FaultSpec;
}

function checkFields(input: JsonObject, rules: Readonly<Record<string, Rule>>, prefix: string): void {
  for (const [name, value] of Object.entries(input)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const near = suggest(name, Object.keys(rules));
    if (rule === undefined) {
      throw new ControlInputError(prefix + name, `is unknown${near === null ? '' : `; did you mean ${near}?`}`);
    }
    if (!rule.test(value)) throw new ControlInputError(prefix + name, rule.must);
  }
}

function oneOf(...allowed: readonly number[]): Rule {
  return { must: `must be one of ${allowed.join(', ')}`, test: (value) => allowed.some((each) => each === value) };
}

function isNumber(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}
