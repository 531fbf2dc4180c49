import type { AstNode } from '../ast.ts';
import { NotInline } from '../failure.ts';
import { EVENT_VARIABLES, HIDDEN_FUNCTIONS, JSONATA_FUNCTIONS, OWN_FUNCTIONS } from '../function-names.ts';
import type { Step } from './running.ts';

/** Compiles a node. Throws `NotInline` outside of the fragment. */
export type Compile = (node: AstNode, scope: Scope) => Step;

/** How a scope differs from the one around it. */
interface ScopeKind {
  /** It is worked through for each item of a list, and sees that item alone. */
  readonly perItem?: boolean;
  /** JSONata evaluates its members side by side. */
  readonly sideBySide?: boolean;
}

const TAKEN = new Set([...JSONATA_FUNCTIONS, ...OWN_FUNCTIONS, ...HIDDEN_FUNCTIONS, ...EVENT_VARIABLES, '', '$']);

/** The variables that a node of a formula sees, each with its number. */
export class Scope {
  readonly isPerItem: boolean;
  readonly isSideBySide: boolean;
  readonly #outer: Scope | null;
  readonly #isEdge: boolean;
  readonly #slots = new Map<string, number>();
  readonly #count: { slots: number };

  constructor(outer: Scope | null = null, { perItem = false, sideBySide = false }: ScopeKind = {}) {
    this.#outer = outer;
    this.#count = outer === null ? { slots: 0 } : outer.#count;
    this.isPerItem = perItem || (outer?.isPerItem ?? false);
    this.isSideBySide = sideBySide || (outer?.isSideBySide ?? false);
    this.#isEdge = perItem;
  }

  /** Numbers a variable that is bound here. Throws `NotInline` where its name means something already. */
  bind(name: string): number {
    if (TAKEN.has(name)) throw new NotInline(`$${name} is bound anew.`);
    const slot = this.#slots.get(name) ?? this.#count.slots;
    this.#count.slots = Math.max(this.#count.slots, slot + 1);
    this.#slots.set(name, slot);
    return slot;
  }

  /** The number of a variable. Throws `NotInline` where it is unknown, or bound outside of the item. */
  slotOf(name: string): number {
    const slot = this.#slots.get(name);
    if (slot !== undefined) return slot;
    if (this.#outer === null || this.#isEdge) throw new NotInline(`$${name} is not bound here.`);
    return this.#outer.slotOf(name);
  }
}
