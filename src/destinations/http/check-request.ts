import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { isHeaderName, isHeaderValue, isOwnHeader } from '../../core/own-headers.ts';
import { suggest } from '../../core/suggest.ts';
import type { RequestProblem } from '../../ports/destination.ts';
import { faultOfScalar, isScalar, scalarText } from './scalar.ts';
import { type UrlTemplate, valuesOf } from './url-template.ts';

/** The parts of a request that make an address, and everything that is wrong with the request. */
export interface CheckedRequest {
  /** A text for each placeholder. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: JsonObject;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly problems: readonly RequestProblem[];
}

/** The keys of a request, as mappings write it. */
const FIELDS = ['path', 'query', 'headers', 'body'];

/** Checks a request but for its body. Messages never repeat a value. */
export function checkRequest(request: JsonObject, { placeholders }: UrlTemplate): CheckedRequest {
  const problems: RequestProblem[] = Object.keys(request)
    .filter((name) => !FIELDS.includes(name))
    .map((name) => ({ path: shownName(name), message: `is not a field of this request; ${meant(name, FIELDS)}` }));
  const path = pathValues(groupAt(request, 'path', problems), placeholders, problems);
  const query = groupAt(request, 'query', problems);
  checkQuery(query, problems);
  return { path, query, headers: headerValues(groupAt(request, 'headers', problems), problems), problems };
}

/** Absent and null are both empty. */
function groupAt(request: JsonObject, name: string, problems: RequestProblem[]): JsonObject {
  const value = request[name] ?? {};
  if (isJsonObject(value)) return value;
  problems.push({ path: name, message: 'is not an object' });
  return {};
}

function pathValues(
  values: JsonObject,
  placeholders: readonly string[],
  problems: RequestProblem[],
): Readonly<Record<string, string>> {
  for (const name of Object.keys(values).filter((key) => !placeholders.includes(key))) {
    const known = placeholders.length === 0 ? 'the url has no placeholders' : meant(name, placeholders);
    problems.push({ path: `path.${shownName(name)}`, message: `is not in the url; ${known}` });
  }
  const texts = placeholders.map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const message = value === undefined ? 'is missing' : faultOfPathValue(value);
    if (message !== null) problems.push({ path: `path.${name}`, message });
    return [name, isScalar(value) ? scalarText(value) : ''] as const;
  });
  return Object.fromEntries(texts);
}

function faultOfPathValue(value: Json): string | null {
  if (value === '') return 'is empty: the address would lead elsewhere';
  return typeof value === 'string' && /\p{Cc}/u.test(value) ? 'holds a control character' : faultOfScalar(value);
}

function checkQuery(query: JsonObject, problems: RequestProblem[]): void {
  for (const [name, value] of Object.entries(query)) {
    const message =
      valuesOf(value)
        .map(faultOfScalar)
        .find((fault) => fault !== null) ?? null;
    const fault = name.isWellFormed() ? message : 'has a name that holds half a character';
    if (fault !== null) problems.push({ path: `query.${shownName(name)}`, message: fault });
  }
}

function headerValues(headers: JsonObject, problems: RequestProblem[]): Readonly<Record<string, string>> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) continue;
    const message = texts.has(name.toLowerCase()) ? 'is there twice' : faultOfHeader(name, value);
    if (message !== null) problems.push({ path: `headers.${shownName(name)}`, message });
    else texts.set(name.toLowerCase(), isScalar(value) ? scalarText(value) : '');
  }
  return Object.fromEntries(texts);
}

function faultOfHeader(name: string, value: Json): string | null {
  if (!isHeaderName(name)) return 'is no name of a header';
  if (isOwnHeader(name)) return 'is set by Pointsman alone; credentials belong into the config';
  const fault = faultOfScalar(value);
  if (fault !== null) return fault;
  return isHeaderValue(String(value))
    ? null
    : 'holds characters that a header cannot carry; use ASCII without line breaks';
}

function meant(name: string, known: readonly string[]): string {
  const near = suggest(name, known);
  return near === null ? `its fields are ${known.join(', ')}` : `did you mean ${near}?`;
}

/** Printable and not overlong. */
function shownName(name: string): string {
  const clean = name.toWellFormed().replace(/\p{C}/gu, '?');
  return clean.length > 60 ? `${clean.slice(0, 60)}…` : clean;
}
