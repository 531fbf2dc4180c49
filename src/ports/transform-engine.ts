import type { Lookup, SkipReason } from '../core/delivery.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { FactKey, MemberIdKind } from '../core/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Severity } from '../core/lint.ts';
import type { Mapping } from '../core/mapping.ts';

/** The event as formulas see it. */
export interface TransformInput {
  /** The body as JSON text. */
  readonly body: string;
  /** The body parsed, where it is at hand: equal to `body`, and never changed. It spares an inline run the parsing. */
  readonly parsed?: JsonObject;
  /** What `$eventId()` yields for part 0. */
  readonly eventId: string;
  /** What `$now()` and `$millis()` yield: the event's clock, in ms. */
  readonly clockMs: number;
  readonly source: string;
  readonly storeCode: string;
  /** Which identifier `$memberId` yields. */
  readonly memberIdKind: MemberIdKind;
}

/** One mapping to run over one event. */
export interface TransformJob {
  readonly mapping: Mapping;
  readonly input: TransformInput;
  /** Facts looked up so far; null = looked up and not there. */
  readonly lookups: readonly Lookup[];
  /** Whether each formula's value is wanted back. */
  readonly trace: boolean;
}

/** One formula's value, for preview and the log. */
export interface FormulaValue {
  readonly path: string;
  readonly formula: string;
  /** Undefined when it yielded nothing. */
  readonly value: Json | undefined;
  /** Whether it is compiled and runs inline; a job does so only where all its formulas can. Else it runs in a worker. */
  readonly inline: boolean;
}

/** One request that a job made, or why that part failed. */
export type TransformPart =
  | {
      readonly kind: 'request';
      /** The request, not yet completed. Parts may share pieces of it: never changed. */
      readonly request: JsonObject;
      readonly emptyKeys: readonly string[];
      /** What the mapping's `member` formula yielded; null = it has none or it yielded nothing. */
      readonly member: string | null;
      readonly values: readonly FormulaValue[];
    }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly path: string | null };

/** What a job came to. */
export type TransformResult =
  | {
      readonly kind: 'skipped';
      readonly reason: Extract<SkipReason, 'condition' | 'empty'>;
      /** Of `when` and `each`, as far as it came. */
      readonly values: readonly FormulaValue[];
    }
  | { readonly kind: 'parts'; readonly parts: readonly TransformPart[] }
  /** Facts that no look-up covered yet: look them up and run the job again. */
  | { readonly kind: 'needs'; readonly facts: readonly FactKey[] }
  /** Looked up and not there. */
  | { readonly kind: 'missing'; readonly facts: readonly FactKey[] }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly path: string | null };

/**
 * Runs mappings over events: in place where all formulas are compiled and the event is small, so that the cost is linear
 * in both; else in worker threads, with a deadline that really kills.
 */
export interface TransformEngine {
  /** Runs a job in place. Null = it needs a worker. Never throws. */
  runInline(job: TransformJob): TransformResult | null;
  /** Runs a chunk, each job inline where it can; results in the jobs' order. Never rejects: a failure is a result. */
  run(jobs: readonly TransformJob[]): Promise<readonly TransformResult[]>;
  close(): Promise<void>;
}

/** What is wrong with a formula. */
export interface FormulaFault {
  readonly code: Extract<ErrorCode, `MAPPING_${string}`>;
  readonly severity: Severity;
  /** 0-based offset in the formula's text. */
  readonly offset: number;
  readonly message: string;
  /** Left out where the code's own remedy says it all. */
  readonly remedy?: string;
  /** What stands at the offset and what alone it can be a typing error of. */
  readonly rename?: { readonly from: string; readonly to: string };
}

/** An event that a formula may run over. */
export interface EventSight {
  readonly name: string;
  /** JSON Schema (draft 2020-12) of the whole body. */
  readonly schema: JsonObject;
  /** Dotted paths of one-time secrets in the body. */
  readonly secrets: readonly string[];
}

/** What the formulas of one mapping see, as far as it is known beforehand. */
export interface MappingSight {
  /** A field is there when any of these has it; null = nothing is known of the events. */
  readonly events: readonly EventSight[] | null;
  /** JSON Schemas of recalled facts, by kind. */
  readonly facts: ReadonlyMap<string, JsonObject>;
  /** The formula whose elements `$item` holds; null without one. */
  readonly each: string | null;
}

/** What becomes of a formula's value. */
export type FormulaUse =
  /** `when` and `each`: they run before there is an `$item`. */
  | { readonly kind: 'before-each' }
  | { readonly kind: 'member' }
  /** It is sent; `wanted` is the JSON Schema of its place in the request, null where nothing is known. */
  | { readonly kind: 'sent'; readonly wanted: JsonObject | null };

/** Checks formulas without running them. */
export interface FormulaChecker {
  /**
   * All faults of a formula, in the order they stand. Without a sight only what holds of every event: that it compiles,
   * calls functions that exist, and gives them what they take.
   */
  check(text: string, sight?: MappingSight, use?: FormulaUse): readonly FormulaFault[];
}
