import { PointsmanError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { isScalar, scalarText } from './scalar.ts';

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

/** Puts values into the path; null when they would make it lead elsewhere: a segment `.` or `..`, once decoded. */
export function fillPath({ path }: UrlTemplate, values: Readonly<Record<string, string>>): string | null {
  const filled = path.replaceAll(PLACEHOLDER, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const segments = decodeURIComponent(filled).split(/[/\\]/);
  return segments.some((segment) => segment === '.' || segment === '..') ? null : filled;
}

/** Writes names and values as a query, or as a form; a list becomes one pair for each of its values, null none. */
export function encodePairs(values: Readonly<Record<string, Json>>): string {
  const pairs = Object.entries(values).flatMap(([name, value]) => {
    const texts = (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isScalar).map(scalarText);
    return texts.map((text) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
  });
  return pairs.join('&');
}
