import { type AstNode, walk } from '../ast.ts';
import { NotInline } from '../failure.ts';
import type { JobFacts } from '../functions.ts';

/** A compiled node of a formula: what it yields for a context. Throws what JSONata would throw, in whatever words. */
export type Step = (input: unknown, run: Running) => unknown;

/** An array as JSONata marks it: of one element it is that element, of none it is nothing. */
export interface Sequence extends Array<unknown> {
  sequence?: true;
}

/** What the fragment leaves open, work decides: this much for any event, and one unit more for each character of it. */
const LEAST_FUEL = 10_000;

/** Nodes of a formula that cost as much as looking at one value. */
const NODES_PER_UNIT = 16;

/** Characters of text that cost as much as looking at one value. */
const CHARACTERS_PER_UNIT = 16;

/** What it costs to evaluate a node once, in units: a long formula over a long list is long work. */
export function costOf(node: AstNode): number {
  let nodes = 0;
  walk(node, () => {
    nodes += 1;
  });
  return Math.ceil(nodes / NODES_PER_UNIT);
}

/**
 * What the formulas of one job share while they run. Every loop pays for its rounds and every text for its length, so
 * that a job's cost is linear in event and formulas, however these are put together.
 */
export class Running {
  readonly facts: JobFacts;
  /** The event as formulas see it. */
  readonly event: unknown;
  /** The variables of the formula that runs, numbered when it was compiled. */
  readonly slots: unknown[] = [];
  item: unknown = undefined;
  index: number | undefined = undefined;
  #fuel: number;

  constructor(facts: JobFacts, event: unknown) {
    this.facts = facts;
    this.event = event;
    this.#fuel = LEAST_FUEL + facts.input.body.length;
  }

  /** Pays for work. Throws `NotInline` when nothing is left: the worker has a deadline instead. */
  spend(units: number): void {
    this.#fuel -= units;
    if (this.#fuel < 0) throw new NotInline('It is more work than runs inline.');
  }

  /** Pays for a text that is read or built. */
  spendText(characters: number): void {
    if (characters > CHARACTERS_PER_UNIT) this.spend(Math.floor(characters / CHARACTERS_PER_UNIT));
  }

  /** Pays for a value that is looked at in whole: one that shares its parts costs as if it did not. */
  weigh(value: unknown): void {
    if (typeof value === 'string') this.spendText(value.length);
    if (typeof value !== 'object' || value === null) return;
    const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    this.spend(members.length + 1);
    for (const member of members) this.weigh(member);
  }
}
