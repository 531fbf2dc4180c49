import type { ImportedFact } from '../../core/event.ts';
import { MAX_DEPTH } from '../../core/event.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { suggest } from '../../core/suggest.ts';
import type { Source } from '../../ports/source.ts';
import { isDeeperThan } from '../receive/canonical.ts';

const FIELDS = ['storeCode', 'kind', 'key', 'value'] as const;

/** The most characters of each text; those that events teach are no longer. */
const MOST_CHARACTERS = { storeCode: 200, kind: 100, key: 320 } as const;
/** The most characters of a value as JSON. */
const MOST_VALUE_CHARACTERS = 16_000;

/** A fact to be learned, or everything that is wrong with it: one phrase each, without the value itself. */
export type CheckedFact =
  | { readonly ok: true; readonly fact: ImportedFact }
  | { readonly ok: false; readonly findings: readonly string[] };

/** Checks a fact from outside: its fields, and that the source can tell whom it is about. Never throws. */
export function checkFact(input: Json, source: Pick<Source, 'lessonOf'>): CheckedFact {
  if (!isJsonObject(input)) return { ok: false, findings: ['it is not a JSON object'] };
  const findings = [...strangers(input), ...textFindings(input), ...valueFindings(input['value'])];
  if (findings.length > 0) return { ok: false, findings };
  const { storeCode, kind, key, value } = input as unknown as ImportedFact;
  const fact = { storeCode, kind, key, value };
  if (source.lessonOf(fact).member !== null) return { ok: true, fact };
  return { ok: false, findings: ['value names no member: it needs customerId, email, phone or loyaltyCardNumber'] };
}

function strangers(input: JsonObject): readonly string[] {
  const unknown = Object.keys(input).filter((name) => !FIELDS.some((field) => field === name));
  return unknown.map((name) => {
    const meant = suggest(name, FIELDS);
    return `it has an unknown field "${name.slice(0, 50)}"${meant === null ? '' : `; did you mean ${meant}?`}`;
  });
}

function textFindings(input: JsonObject): readonly string[] {
  return (['storeCode', 'kind', 'key'] as const).flatMap((name) => {
    const text = input[name];
    if (text === undefined) return [`${name} is missing`];
    // Events of older versions name no tenant: theirs is the empty one.
    const least = name === 'storeCode' ? 0 : 1;
    const most = MOST_CHARACTERS[name];
    const fits = typeof text === 'string' && text.length <= most && text.trim() === text && text.length >= least;
    return fits ? [] : [`${name} is not a text of ${least} to ${most} characters without spaces around it`];
  });
}

function valueFindings(value: Json | undefined): readonly string[] {
  if (value === undefined) return ['value is missing'];
  if (!isJsonObject(value)) return ['value is not an object'];
  if (isDeeperThan(value, MAX_DEPTH)) return [`value is nested deeper than ${MAX_DEPTH} levels`];
  if (JSON.stringify(value).length <= MOST_VALUE_CHARACTERS) return [];
  return [`value is longer than ${MOST_VALUE_CHARACTERS} characters`];
}
