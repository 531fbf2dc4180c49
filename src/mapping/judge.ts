import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Expectation } from '../core/mapping.ts';
import { shownApart } from './shown.ts';

/** What running a mapping over a test's event came to. A part that failed is `{ error: CODE }`. */
export type Outcome =
  | { readonly kind: 'requests'; readonly requests: readonly (JsonObject | { readonly error: string })[] }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** One place where a result is not what a test expects. Both sides are short JSON texts, or words for people. */
export interface Mismatch {
  /** Key path such as `properties.tier_name`; with several requests `[1].properties.tier_name`; empty for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/**
 * Compares a result with what a test expects; no mismatch = passed. Objects match by subset, lists by equal length and
 * their elements likewise, numbers exactly; null expects null or nothing.
 */
export function judge(expectation: Expectation, outcome: Outcome): readonly Mismatch[] {
  if (expectation.kind === 'error') return judgeError(expectation.code, outcome);
  if (expectation.kind !== 'requests') {
    return expectation.kind === outcome.kind ? [] : [whole(expectation.kind, outcome)];
  }
  const { requests } = expectation;
  const parts = partsOf(outcome);
  if (parts.length !== requests.length) return [whole(countOf(requests.length), outcome)];
  return requests.flatMap((request, index) => {
    const part = parts[index] ?? {};
    const path = requests.length === 1 ? '' : `[${index}]`;
    const failure = failureOf(part);
    if (failure === null || 'error' in request) return compare(request, part, path);
    const actual = outcome.kind === 'error' ? described(outcome) : `error ${failure}`;
    return [{ path, expected: 'a request', actual }];
  });
}

function judgeError(code: string, outcome: Outcome): readonly Mismatch[] {
  const [only, ...others] = partsOf(outcome);
  const isExpected = only !== undefined && others.length === 0 && failureOf(only) === code;
  return isExpected ? [] : [whole(`error ${code}`, outcome)];
}

/** The parts of a result; an error that failed the whole event counts as its one part. */
function partsOf(outcome: Outcome): readonly JsonObject[] {
  if (outcome.kind === 'error') return [{ error: outcome.code }];
  return outcome.kind === 'requests' ? outcome.requests : [];
}

/** The code of a part that failed; null for a request. */
function failureOf(part: JsonObject): string | null {
  const { error, ...others } = part;
  return typeof error === 'string' && Object.keys(others).length === 0 ? error : null;
}

function whole(expected: string, outcome: Outcome): Mismatch {
  return { path: '', expected, actual: described(outcome) };
}

function described(outcome: Outcome): string {
  if (outcome.kind === 'error') return `error ${outcome.code}: ${outcome.message}`;
  return outcome.kind === 'requests' ? countOf(outcome.requests.length) : outcome.kind;
}

function countOf(requests: number): string {
  return requests === 1 ? '1 request' : `${requests} requests`;
}

function compare(expected: Json, actual: Json | undefined, path: string): readonly Mismatch[] {
  if (isJsonObject(expected) && isJsonObject(actual)) {
    return Object.entries(expected).flatMap(([key, value]) => {
      const found = Object.hasOwn(actual, key) ? actual[key] : undefined;
      return compare(value, found, path === '' ? key : `${path}.${key}`);
    });
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((value: Json, index) => compare(value, actual[index], `${path}[${index}]`));
  }
  const isSame = expected === actual || (expected === null && actual === undefined);
  if (isSame) return [];
  const [wanted, found] = shownApart(expected, actual);
  return [{ path, expected: wanted, actual: found }];
}
