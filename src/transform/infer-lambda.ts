import type { AstNode } from './ast.ts';
import { type Inference, type Scene, Variables } from './inference.ts';
import { ANY, elementsOf, NUMBER, OPEN_OBJECT, STRING, type Type, typeOf } from './types.ts';

/** What functions that take a function hand to it, of the arguments before it. */
const HANDS: Readonly<Record<string, (list: Type) => readonly Type[]>> = {
  map: (list) => [elementsOf(list), NUMBER, list],
  filter: (list) => [elementsOf(list), NUMBER, list],
  single: (list) => [elementsOf(list), NUMBER, list],
  sort: (list) => [elementsOf(list), elementsOf(list)],
  reduce: (list) => [ANY, elementsOf(list), NUMBER, list],
  each: () => [ANY, STRING, OPEN_OBJECT],
  sift: () => [ANY, STRING, OPEN_OBJECT],
};

/** True for JSONata's functions that take a function as their second argument. */
export function isHigherOrder(name: string): boolean {
  return Object.hasOwn(HANDS, name);
}

/** What a function hands to the function it is given. */
export function parametersFor(name: string, before: readonly Type[]): readonly Type[] {
  return HANDS[name]?.(before[0] ?? ANY) ?? [];
}

/** What a function written out is: its parameters are these, or unknown. */
export function inferLambda(node: AstNode, given: readonly Type[], scene: Scene, inference: Inference): Type {
  const variables = new Variables(scene.variables);
  for (const [index, parameter] of (node.arguments ?? []).entries()) {
    variables.set(String(parameter.value), given[index] ?? ANY);
  }
  // A call in tail position is wrapped in a function of its own.
  const body = node.body?.thunk ? node.body.body : node.body;
  const returns = body ? inference.infer(body, { ...scene, variables }) : ANY;
  return typeOf({ kind: 'function', returns });
}
