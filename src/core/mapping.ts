import type { Json, JsonObject } from './json.ts';
import type { AmbiguousPolicy, RetryPolicy } from './retry-policy.ts';

/** One formula of a mapping: JSONata over the event, and where it stands. */
export interface Formula {
  /** The JSONata text, without the leading `=`. */
  readonly text: string;
  /** The key path in the request, such as `properties.tier_id`; `when`, `each`, `member` or `transform` for those. */
  readonly path: string;
  /** 1-based position of the formula's first character in its file. */
  readonly line: number;
  readonly column: number;
}

/** A transform written as YAML: literals and formulas in the shape of the request. */
export type Template =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'formula'; readonly formula: Formula }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, node: Template])[] }
  | { readonly kind: 'array'; readonly items: readonly Template[] };

/** What a test of a mapping expects. */
export type Expectation =
  | { readonly kind: 'requests'; readonly requests: readonly JsonObject[] }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'error'; readonly code: string };

/** One test of a mapping. */
export interface MappingTest {
  readonly name: string;
  /** The event: inline, or the path of a sample relative to the mapping file. */
  readonly event:
    | { readonly kind: 'inline'; readonly value: JsonObject }
    | { readonly kind: 'file'; readonly path: string };
  /** Facts the test may recall: kind → key → value. */
  readonly recall: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** The event's clock, in ms; null = `createdAt` of the event. */
  readonly atMs: number | null;
  /** Null = print the result. */
  readonly expect: Expectation | null;
  readonly line: number;
  readonly column: number;
}

/** One mapping document, checked and ready: plain data, so that it can travel to a worker. */
export interface Mapping {
  readonly id: string;
  /** The file, relative to the mappings folder. */
  readonly file: string;
  /** SHA-256 hex of the document's text (LF, no BOM). */
  readonly version: string;
  readonly text: string;
  readonly description: string | null;
  readonly enabled: boolean;
  /** Null = any source. */
  readonly source: string | null;
  /** Names or patterns with `*`. */
  readonly events: readonly string[];
  readonly when: Formula | null;
  readonly each: Formula | null;
  readonly member: Formula | null;
  readonly transform:
    | { readonly kind: 'template'; readonly template: Template }
    | { readonly kind: 'expression'; readonly formula: Formula };
  readonly destination: string;
  readonly endpoint: string;
  readonly order: 'member' | 'none';
  readonly mode: 'live' | 'shadow' | 'off';
  readonly onAmbiguous: AmbiguousPolicy;
  /** Overrides of the destination's retry policy; empty = none. */
  readonly retry: Partial<RetryPolicy>;
  readonly tests: readonly MappingTest[];
}

/** How many characters of a mapping's version people see. */
export const SHOWN_VERSION_LENGTH = 12;

/** Requests one `each` may yield. */
export const MAX_PARTS = 500;

/** The largest request that is sent, in bytes of UTF-8. */
export const MAX_REQUEST_BYTES = 256 * 1024;
