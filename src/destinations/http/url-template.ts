import { PointsmanError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { faultOfScalar, isScalar, scalarText } from './scalar.ts';

/** A declared URL, taken apart. */
export interface UrlTemplate {
  /** Scheme, host and port: only what is declared, whatever a request says. */
  readonly origin: string;
  /** Begins with a slash; `{name}` stands for a value. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** Each name once. */
  readonly placeholders: readonly string[];
}

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Takes a URL apart. Throws `CONFIG_INVALID` when it is no http(s) URL. */
export function urlTemplateOf(url: string): UrlTemplate {
  const parsed = URL.parse(url);
  if (parsed === null) throw new PointsmanError('CONFIG_INVALID', 'an endpoint has a url that is no http(s) URL');
  // The parser has encoded the braces.
  const path = parsed.pathname.replaceAll(/%7B(\w+)%7D/gi, '{$1}');
  const placeholders = [...new Set(Array.from(path.matchAll(PLACEHOLDER), ([, name = '']) => name))];
  return { origin: parsed.origin, path, query: parsed.search.slice(1), placeholders };
}

/** Puts values into the path; null when they would make it lead elsewhere: a segment `.` or `..`. */
export function fillPath({ path }: UrlTemplate, values: Readonly<Record<string, string>>): string | null {
  // As a careless server may read it: decoded, some more than once, with slashes of either kind.
  const plain = path.replaceAll(PLACEHOLDER, (_, name: string) => values[name] ?? '').replaceAll(/%2e/gi, '.');
  const segments = plain.split(/[/\\]|%2f|%5c/i);
  if (segments.some((segment) => segment === '.' || segment === '..')) return null;
  return path.replaceAll(PLACEHOLDER, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

/** Whether this can be written as pairs without losing anything. */
export function arePairs(values: JsonObject): boolean {
  return Object.entries(values).every(([name, value]) => name.isWellFormed() && valuesOf(value).every(isFaultless));
}

/** Writes names and values as a query, or as a form; a list becomes one pair for each of its values, null none. */
export function encodePairs(values: JsonObject): string {
  const pairs = Object.entries(values).flatMap(([name, value]) => {
    const texts = valuesOf(value).filter(isScalar).map(scalarText);
    return texts.map((text) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
  });
  return pairs.join('&');
}

/** The values that one name stands before: null is none. */
export function valuesOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return value === null ? [] : [value];
}

function isFaultless(value: Json): boolean {
  return faultOfScalar(value) === null;
}
