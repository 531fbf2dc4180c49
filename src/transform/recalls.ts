import type { Lookup } from '../core/delivery.ts';
import type { FactKey } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import type { TransformInput, TransformResult } from '../ports/transform-engine.ts';
import { withoutNulls } from './event-tree.ts';

interface Asked {
  readonly known: ReadonlyMap<string, Json>;
  readonly needed: Map<string, FactKey>;
  readonly missing: Map<string, FactKey>;
}

/** The facts of one job: what was looked up, what formulas asked for beyond it. */
export class Recalls {
  readonly #lookups: readonly Lookup[];
  readonly #input: TransformInput;
  /** Made when a formula first asks: most mappings recall nothing. */
  #asked: Asked | null = null;

  constructor(input: TransformInput, lookups: readonly Lookup[]) {
    this.#input = input;
    this.#lookups = lookups;
  }

  /** The fact's value, a fresh copy; undefined when it is not there or not yet looked up, which is noted. */
  recall(kind: string, key: string): Json | undefined {
    this.#asked ??= unasked(this.#lookups);
    const { known, needed, missing } = this.#asked;
    const at = address(kind, key);
    const value = known.get(at);
    if (value !== undefined && value !== null) return withoutNulls(value);
    (value === null ? missing : needed).set(at, {
      source: this.#input.source,
      storeCode: this.#input.storeCode,
      kind,
      key,
    });
    return undefined;
  }

  /** What the job comes to because of facts alone; null when every fact asked for is there. */
  verdict(): Extract<TransformResult, { kind: 'needs' | 'missing' }> | null {
    if (this.#asked === null) return null;
    const { needed, missing } = this.#asked;
    if (needed.size > 0) return { kind: 'needs', facts: [...needed.values()] };
    return missing.size > 0 ? { kind: 'missing', facts: [...missing.values()] } : null;
  }
}

function unasked(lookups: readonly Lookup[]): Asked {
  const known = new Map(lookups.map(({ kind, key, value }) => [address(kind, key), value]));
  return { known, needed: new Map(), missing: new Map() };
}

function address(kind: string, key: string): string {
  return JSON.stringify([kind, key]);
}
