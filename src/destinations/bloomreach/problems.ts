import type { ErrorObject } from 'ajv/dist/2020.js';
import { suggest } from '../../core/suggest.ts';
import type { RequestProblem } from '../../ports/destination.ts';

const LONGEST_NAME = 60;
const TIME_KEYS: ReadonlySet<string> = new Set(['timestamp', 'update_timestamp']);

/** Says in a marketer's words what a schema error means; null for an error that another one explains better. */
export function problemOf(error: ErrorObject): RequestProblem | null {
  const path = keyPath(...error.instancePath.split('/').slice(1).map(unescapePointer));
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'required':
      return { path: keyPath(path, String(params['missingProperty'])), message: 'is missing' };
    case 'additionalProperties':
      return unknownField(String(params['additionalProperty']), fieldsOf(error));
    case 'propertyNames':
      return {
        path: keyPath(path, String(params['propertyName'])),
        message: 'is not a name that Bloomreach takes; use ASCII characters only',
      };
    case 'type':
      return { path, message: wrongKind(path, error.data, params['type']) };
    case 'minProperties':
      return { path, message: path === 'customer_ids' ? 'holds no id that is not empty' : 'is empty' };
    case 'exclusiveMaximum':
      return { path, message: `is ${error.data}: milliseconds where Bloomreach asks seconds; use $toSeconds()` };
    case 'minimum':
      return { path, message: `is ${error.data}; Unix seconds are not negative` };
    default:
      // The pattern of a property's name is told by `propertyNames`; the only other pattern is "not blank".
      return error.propertyName === undefined ? { path, message: 'is empty' } : null;
  }
}

/** Joins names to a key path, each made printable and not overlong; an empty first name is the request itself. */
export function keyPath(...names: readonly string[]): string {
  return names
    .filter((name, index) => index > 0 || name !== '')
    .map(printable)
    .join('.');
}

function printable(name: string): string {
  const clean = name.replace(/\p{C}/gu, '?');
  return clean.length > LONGEST_NAME ? `${clean.slice(0, LONGEST_NAME)}…` : clean;
}

function unknownField(name: string, fields: readonly string[]): RequestProblem {
  const meant = suggest(name, fields);
  const hint = meant === null ? `its fields are ${fields.join(', ')}` : `did you mean ${meant}?`;
  return { path: keyPath(name), message: `is not a field of this request; ${hint}` };
}

function fieldsOf({ parentSchema }: ErrorObject): readonly string[] {
  return Object.keys(parentSchema?.['properties'] ?? {});
}

function wrongKind(path: string, value: unknown, expected: unknown): string {
  if (TIME_KEYS.has(path) && typeof value === 'string') {
    return 'is a text where Bloomreach asks Unix seconds; use $toSeconds()';
  }
  const wanted = path.startsWith('customer_ids.') ? 'text or a number' : `${kindName(String(expected))}`;
  return `is ${kindOf(value)}, not ${wanted}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return kindName(Array.isArray(value) ? 'array' : typeof value);
}

function kindName(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
  };
  return names[type] ?? type;
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
