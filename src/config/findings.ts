import type { ErrorObject } from 'ajv/dist/2020.js';
import { suggest } from '../core/suggest.ts';
import type { Fault } from './fault.ts';
import { keysOf, pointerOf, shownPath } from './path.ts';
import { configSchema, isSecretAt, nodesAt } from './schema.ts';
import { placeOf, type Settings } from './settings.ts';

/** Errors that only repeat what others at the same place say better. */
const ECHOES = new Set(['if', 'propertyNames']);
const KINDS: Readonly<Record<string, string>> = {
  string: 'text (numbers in quotes)',
  boolean: 'true or false',
  object: 'a group of settings',
  array: 'a list',
};
const LONGEST_SHOWN_TEXT = 60;

/** Says what the schema finds wrong, each finding at its place in the file, one per setting. */
export function findingsOf(errors: readonly ErrorObject[], settings: Settings): readonly Fault[] {
  const found = new Map<string, Fault>();
  for (const error of errors) {
    if (ECHOES.has(error.keyword)) continue;
    const pointer = pointerOf([...keysOf(error.instancePath), ...childOf(error)]);
    if (!found.has(pointer)) found.set(pointer, findingOf(error, pointer, settings));
  }
  return [...found.values()];
}

/** The key below the place of the error that it is about. */
function childOf({ params, propertyName }: ErrorObject): readonly string[] {
  const child: unknown = params['additionalProperty'] ?? params['missingProperty'] ?? propertyName;
  return typeof child === 'string' ? [child] : [];
}

function findingOf(error: ErrorObject, pointer: string, settings: Settings): Fault {
  const place = placeOf(settings, pointer);
  if (error.keyword === 'additionalProperties') return unknownKey(pointer, place.keyOffset);
  if (error.keyword === 'required') return missing(pointer, place.keyOffset);
  if (error.propertyName !== undefined) {
    const message = `${JSON.stringify(error.propertyName)} must be ${configSchema().$defs?.['name']?.title}`;
    return { offset: place.keyOffset, code: 'CONFIG_INVALID', message };
  }
  if (error.keyword === 'minLength' && isSecretAt(keysOf(pointer))) return weakSecret(error, pointer, place.offset);
  return { offset: place.offset, code: 'CONFIG_INVALID', message: wrongValue(error, pointer, settings) };
}

function unknownKey(pointer: string, offset: number): Fault {
  const keys = keysOf(pointer);
  const [key = '', parents] = [keys.at(-1), keys.slice(0, -1)];
  const known = nodesAt(parents).flatMap((node) => Object.keys(node.properties ?? {}));
  const guess = suggest(key, known);
  const where = shownPath(pointerOf(parents)) || 'the config';
  const hint = known.includes(key)
    ? ': it belongs to another type'
    : guess === null
      ? ''
      : `; did you mean "${guess}"?`;
  const message = `Unknown key ${JSON.stringify(key)} in ${where}${hint}`;
  return { offset, code: 'CONFIG_UNKNOWN_KEY', message };
}

function missing(pointer: string, offset: number): Fault {
  const message = `${shownPath(pointer)} is missing`;
  if (!/^\/sources\/[^/]+\/verify$/.test(pointer)) return { offset, code: 'CONFIG_INVALID', message };
  const remedy =
    'Write how webhooks are verified: header, hmac, basic, none, or a list; no door is open unless it says so.';
  return { offset, code: 'CONFIG_INSECURE', message, remedy };
}

function weakSecret({ params }: ErrorObject, pointer: string, offset: number): Fault {
  const limit = Number(params['limit']);
  if (limit === 1) {
    // An empty credential of our own opens no door of ours.
    const code = pointer.startsWith('/destinations/') ? 'CONFIG_INVALID' : 'CONFIG_INSECURE';
    const remedy = 'Write the secret, or set the variable it comes from.';
    return { offset, code, message: `${shownPath(pointer)} is empty`, remedy };
  }
  const message = `${shownPath(pointer)} is shorter than ${limit} characters`;
  return { offset, code: 'CONFIG_INSECURE', message, remedy: 'Take a long random one, as openssl rand -hex 24 makes.' };
}

function wrongValue(error: ErrorObject, pointer: string, settings: Settings): string {
  const path = shownPath(pointer) || 'the config';
  if (error.keyword === 'minProperties' || error.keyword === 'minItems') return `${path} must hold at least one entry`;
  if (error.keyword === 'maxItems') return `${path} must hold at most ${String(error.params['limit'])} entries`;
  return `${path} must be ${expectedAt(keysOf(pointer))}, not ${shownValue(pointer, settings)}`;
}

function expectedAt(keys: readonly (string | number)[]): string {
  const nodes = nodesAt(keys);
  const kind = KINDS[String(nodes.find((node) => node.type)?.type)] ?? 'something else';
  const { min, max } = nodes.find((node) => node['x-quantity'])?.['x-quantity'] ?? {};
  const limits = [min && `at least ${min}`, max && `at most ${max}`].filter(Boolean).join(' and ');
  const title = keys.length > 0 ? nodes.find((node) => node.title)?.title : undefined;
  return `${title ?? kind}${limits && `, ${limits}`}`;
}

/** The value for a message: never a secret, nor what came from outside the file, which may be one in the wrong place. */
function shownValue(pointer: string, settings: Settings): string {
  const keys = keysOf(pointer);
  const { reference } = placeOf(settings, pointer);
  if (isSecretAt(keys)) return 'what it is (not shown: it is a secret)';
  if (reference !== null) return `the value of ${reference}`;
  const value = keys.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], settings.value);
  if (value === null) return 'empty';
  if (typeof value === 'string') return shownText(value, keys);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a group of settings' : String(value);
}

function shownText(text: string, keys: readonly string[]): string {
  const isText = nodesAt(keys).some((node) => node.type === undefined || node.type.includes('string'));
  // Credentials inside an address are secrets wherever they stand.
  const harmless = JSON.stringify(text.replace(/\/\/.*@/, '//…@'));
  const shown = harmless.length > LONGEST_SHOWN_TEXT ? `${harmless.slice(0, LONGEST_SHOWN_TEXT)}…` : harmless;
  return isText ? shown : `the text ${shown}`;
}
