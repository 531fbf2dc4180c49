import type { Lookup } from '../core/delivery.ts';
import type { FactKey } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import type { TransformInput, TransformResult } from '../ports/transform-engine.ts';
import { withoutNulls } from './event-tree.ts';

/** The facts of one job: what was looked up, what formulas asked for beyond it. */
export class Recalls {
  readonly #known: ReadonlyMap<string, Json>;
  readonly #needed = new Map<string, FactKey>();
  readonly #missing = new Map<string, FactKey>();
  readonly #input: TransformInput;

  constructor(input: TransformInput, lookups: readonly Lookup[]) {
    this.#input = input;
    this.#known = new Map(lookups.map((lookup) => [address(lookup.kind, lookup.key), lookup.value]));
  }

  /** The fact's value, a fresh copy; undefined when it is not there or not yet looked up, which is noted. */
  recall(kind: string, key: string): Json | undefined {
    const at = address(kind, key);
    const value = this.#known.get(at);
    if (value !== undefined && value !== null) return withoutNulls(value);
    const asked = value === null ? this.#missing : this.#needed;
    asked.set(at, { source: this.#input.source, storeCode: this.#input.storeCode, kind, key });
    return undefined;
  }

  /** What the job comes to because of facts alone; null when every fact asked for is there. */
  verdict(): Extract<TransformResult, { kind: 'needs' | 'missing' }> | null {
    if (this.#needed.size > 0) return { kind: 'needs', facts: [...this.#needed.values()] };
    if (this.#missing.size > 0) return { kind: 'missing', facts: [...this.#missing.values()] };
    return null;
  }
}

function address(kind: string, key: string): string {
  return JSON.stringify([kind, key]);
}
