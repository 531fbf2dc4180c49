import type { FormulaFault } from '../ports/transform-engine.ts';
import type { AstNode } from './ast.ts';
import type { Type } from './types.ts';

/** What an expression sees at its place in a formula. */
export interface Scene {
  /** What `$` and a bare name look at. */
  readonly context: Type;
  readonly variables: Variables;
  /** Whether a condition around it has asked how many or what kind there are: then lists are no surprise. */
  readonly guarded: boolean;
}

/** Infers what expressions yield, and notes what cannot be meant. */
export interface Inference {
  /** The formula. */
  readonly text: string;
  /** The whole event. */
  readonly root: Type;
  /** What is known of recalled facts, by kind. */
  readonly facts: ReadonlyMap<string, Type>;
  /** Why there is no `$item`; null where there is one, or nothing is known of it. */
  readonly withoutItem: string | null;
  infer(node: AstNode, scene: Scene): Type;
  report(fault: FormulaFault): void;
}

/** The variables of a block or a function, and of those around it. */
export class Variables {
  readonly #outer: Variables | null;
  readonly #own = new Map<string, Type>();

  constructor(outer: Variables | null) {
    this.#outer = outer;
  }

  set(name: string, type: Type): void {
    this.#own.set(name, type);
  }

  /** Undefined when nothing is bound to the name. */
  get(name: string): Type | undefined {
    return this.#own.get(name) ?? this.#outer?.get(name);
  }
}
