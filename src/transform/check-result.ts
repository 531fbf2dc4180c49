import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { suggest } from '../core/suggest.ts';
import type { FormulaFault } from '../ports/transform-engine.ts';
import { kindName, kindOf, type ObjectType, type Type } from './types.ts';

type Report = (fault: FormulaFault) => void;

/** A bound on numbers below this one asks for seconds: nothing counted in milliseconds since 1970 is as small. */
const LARGEST_SECONDS = 1e12;

const KINDS: Readonly<Record<string, string>> = { integer: 'number' };

/** What is sent, where it begins in the formula, and how messages call its place. */
interface Sent {
  readonly type: Type;
  readonly at: number;
  readonly path: string;
}

/** Reports what of a value must not be sent as it is: secrets, lists that may shrink, another kind than is asked for. */
export function checkSent(sent: Sent, wanted: JsonObject | null, report: Report): void {
  checkValue(sent, wanted, report);
}

function checkValue(sent: Sent, wanted: JsonObject | null, report: Report): void {
  const { type, at, path } = sent;
  if (type.secret && type.secret.at >= 0) reportSecret(type, report);
  if (type.spread) reportSpread(type, report);
  const [only] = type.alternatives;
  if (only?.kind === 'object' && type.alternatives.length === 1) checkFields(only, sent, wanted, report);
  if (wanted === null) return;
  const kind = kindOf(type);
  const kinds = acceptedKinds(wanted);
  const place = path === '' ? 'This key' : path;
  if (kind !== null && kinds !== null && !kinds.includes(kind) && type.spread === null) {
    const message = `${place} takes ${kinds.map((one) => kindName(one as 'string')).join(' or ')}, not ${kindName(kind)}`;
    const remedy = remedyFor(kind, kinds);
    report({ code: 'MAPPING_REQUEST_SHAPE', severity: 'error', offset: at, message, remedy });
  } else if (asksForSeconds(wanted) && isMilliseconds(type)) {
    const message = `${place} takes seconds, and this counts milliseconds`;
    const remedy = 'Use $toSeconds( ) with the time itself, such as $toSeconds(createdAt).';
    report({ code: 'MAPPING_REQUEST_SHAPE', severity: 'error', offset: at, message, remedy });
  }
}

function checkFields(object: ObjectType, { at, path }: Sent, wanted: JsonObject | null, report: Report): void {
  const properties = objectAt(wanted, 'properties');
  const others = wanted?.['additionalProperties'];
  for (const [name, type] of object.fields) {
    const own = Object.hasOwn(properties, name) ? properties[name] : others;
    const child = path === '' ? name : `${path}.${name}`;
    const place = object.places?.get(name) ?? at;
    if (own === false) reportKey(name, child, Object.keys(properties), place, report);
    else checkValue({ type, at: place, path: child }, isJsonObject(own) ? own : null, report);
  }
  const required = wanted?.['required'];
  if (object.open || !Array.isArray(required)) return;
  for (const name of required.filter((one: Json) => typeof one === 'string' && !object.fields.has(one))) {
    const message = `The request has no ${path === '' ? name : `${path}.${name}`}`;
    report({
      code: 'MAPPING_REQUEST_SHAPE',
      severity: 'error',
      offset: at,
      message,
      remedy: `Add '${name}': … to it.`,
    });
  }
}

function remedyFor(kind: string, kinds: readonly string[]): string {
  if (kind === 'object') return 'Choose one of its fields.';
  if (kind === 'array') return 'Choose one element with [0], or put them together with $join( ).';
  if (kinds.includes('string')) return 'Make text of it with $string( ).';
  if (kinds.includes('number')) return 'Make seconds of a time with $toSeconds( ), a number of digits with $number( ).';
  return 'Give it keys, as in { … }.';
}

function reportKey(name: string, path: string, known: readonly string[], offset: number, report: Report): void {
  const close = suggest(name, known);
  const remedy = close === null ? `It takes ${known.join(', ')}.` : `Did you mean ${close}?`;
  report({ code: 'MAPPING_REQUEST_SHAPE', severity: 'error', offset, message: `The request takes no ${path}`, remedy });
}

function reportSecret({ secret }: Type, report: Report): void {
  if (!secret) return;
  const message = `${secret.name} is or holds a one-time secret: who can read it there can use it`;
  const remedy = 'Leave it out; send only the fields that the campaign needs.';
  report({ code: 'MAPPING_SECRET', severity: 'error', offset: secret.at, message, remedy });
}

function reportSpread({ spread }: Type, report: Report): void {
  if (!spread) return;
  const what = spread.name === '' ? 'This' : spread.name;
  const message = `${what} is a list: with one element a value is sent, with several a list`;
  const remedy =
    'Put the formula in [ ] to send a list always, or choose one with [0], or use $sum( ), $count( ), $join( ).';
  report({ code: 'MAPPING_LIST', severity: 'warning', offset: spread.at, message, remedy });
}

/** Null when anything is accepted. */
function acceptedKinds({ type }: JsonObject): readonly string[] | null {
  const kinds = typeof type === 'string' ? [type] : type;
  return Array.isArray(kinds) ? [...new Set(kinds.map((kind: Json) => KINDS[String(kind)] ?? String(kind)))] : null;
}

function asksForSeconds({ exclusiveMaximum, maximum }: JsonObject): boolean {
  const most = exclusiveMaximum ?? maximum;
  return typeof most === 'number' && most < LARGEST_SECONDS;
}

function isMilliseconds({ alternatives }: Type): boolean {
  return alternatives.some((one) => one.kind === 'number' && one.milliseconds);
}

function objectAt(schema: JsonObject | null, key: string): JsonObject {
  const value = schema?.[key];
  return isJsonObject(value) ? value : {};
}
