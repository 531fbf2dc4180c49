import { type AstNode, sourceOf, startOf } from './ast.ts';
import { checkArguments } from './check-arguments.ts';
import { asksForEquality } from './check-list.ts';
import { JSONATA_SIGNATURES, OWN_SIGNATURES } from './function-names.ts';
import { inferLambda, isHigherOrder, parametersFor } from './infer-lambda.ts';
import type { Inference, Scene } from './inference.ts';
import { readSignature, type Signature } from './signature.ts';
import {
  ANY,
  BOOLEAN,
  elementsOf,
  isOpen,
  kindOf,
  listOf,
  MILLISECONDS,
  mayBeMany,
  NOTHING,
  NUMBER,
  OPEN_OBJECT,
  STRING,
  type Type,
  typeOf,
  unionOf,
} from './types.ts';

/** A call: the function's node, and its arguments with the nodes they come from. */
interface Call {
  readonly name: string;
  readonly node: AstNode;
  readonly nodes: readonly AstNode[];
  readonly types: readonly Type[];
}

type Yields = (call: Call, inference: Inference) => Type;

const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  Object.entries({ ...JSONATA_SIGNATURES, ...OWN_SIGNATURES }).map(([name, text]) => [name, readSignature(text)]),
);

/** What they yield says nothing that is worth keeping secret. */
const HARMLESS = new Set(['boolean', 'contains', 'count', 'exists', 'length', 'memberId', 'not', 'recall', 'type']);

const BY_RETURN: Readonly<Record<string, Type>> = {
  s: STRING,
  n: NUMBER,
  b: BOOLEAN,
  o: OPEN_OBJECT,
  'a<s>': listOf(STRING),
};

/** What is known beyond a function's signature. */
const SPECIAL: Readonly<Record<string, Yields>> = {
  millis: () => MILLISECONDS,
  toMillis: () => MILLISECONDS,
  toSeconds: sameUnit,
  floor: sameUnit,
  ceil: sameUnit,
  round: sameUnit,
  abs: sameUnit,
  number: sameUnit,
  max: sameUnit,
  min: sameUnit,
  map: ({ nodes, types: [list = NOTHING, made = ANY] }, { text }) => spreadLike(list, made, nodes[0], text),
  filter: ({ nodes, types: [list = NOTHING, asked = ANY] }, { text }) => {
    const kept = elementsOf(list);
    const body = nodes[1]?.body;
    const picksOne = isOpen(asked) || (body !== undefined && asksForEquality(body));
    return picksOne ? kept : spreadLike(list, kept, nodes[0], text);
  },
  single: ({ types: [list = NOTHING] }) => elementsOf(list),
  sort: ({ types: [list = NOTHING] }) => listOf(elementsOf(list)),
  reverse: ({ types: [list = NOTHING] }) => listOf(elementsOf(list)),
  distinct: ({ types: [list = ANY] }) => list,
  clone: ({ types: [value = ANY] }) => value,
  keys: () => ANY,
  merge: ({ types: [list = NOTHING] }) => merged(elementsOf(list)),
  lookup: ({ nodes: [, key], types: [from = ANY] }) => lookedUp(elementsOf(from), key),
  recall: ({ nodes: [kind] }, { facts }) => (kind?.type === 'string' ? facts.get(String(kind.value)) : null) ?? ANY,
};

/** What a call yields; `given` are arguments that stand before those written, as `~>` hands them on. */
export function inferCall(node: AstNode, scene: Scene, inference: Inference, given: readonly AstNode[] = []): Type {
  const nodes = [...given, ...(node.arguments ?? [])];
  const { procedure } = node;
  const name = procedure?.type === 'variable' ? String(procedure.value) : '';
  if (procedure && procedure.type !== 'variable' && procedure.type !== 'path') inference.infer(procedure, scene);
  const types = inferArguments(name, nodes, scene, inference);
  const own = scene.variables.get(name);
  if (own) return returnedBy(own);
  return callBuiltIn({ name, node, nodes, types }, scene, inference);
}

/** What the function of this name yields when nothing is known of its arguments; undefined when there is none. */
export function builtIn(name: string): Type | undefined {
  const signature = SIGNATURES.get(name);
  return signature && typeOf({ kind: 'function', returns: BY_RETURN[signature.returns] ?? ANY });
}

function inferArguments(name: string, nodes: readonly AstNode[], scene: Scene, inference: Inference): readonly Type[] {
  const own = scene.variables.get(name);
  const types: Type[] = [];
  for (const node of nodes) {
    const isCalled = node.type === 'lambda' && own === undefined && isHigherOrder(name);
    const made = isCalled ? inferLambda(node, parametersFor(name, types), scene, inference) : null;
    types.push(made ?? inference.infer(node, name === 'exists' ? { ...scene, guarded: true } : scene));
  }
  // What a function that maps yields is what its function makes.
  return isHigherOrder(name) ? types.map((type, index) => (index === 1 ? returnedBy(type) : type)) : types;
}

function callBuiltIn(call: Call, scene: Scene, inference: Inference): Type {
  const signature = SIGNATURES.get(call.name);
  if (!signature) return ANY;
  const functionAt = isHigherOrder(call.name) ? 1 : -1;
  checkArguments({ ...call, signature, functionAt }, scene, inference);
  const yields = SPECIAL[call.name];
  const type = yields ? yields(call, inference) : (BY_RETURN[signature.returns] ?? ANY);
  if (HARMLESS.has(call.name) || type.secret !== null) return type;
  const { secret } = unionOf([NOTHING, ...call.types]);
  return secret === null || yields === SPECIAL['lookup'] ? type : { ...type, secret };
}

function returnedBy(type: Type): Type {
  const returns = type.alternatives.flatMap((one) => (one.kind === 'function' ? [one.returns] : [ANY]));
  return unionOf([NOTHING, ...returns]);
}

function sameUnit({ types: [value = NOTHING] }: Call): Type {
  const isMs = value.alternatives.some((one) => one.kind === 'number' && one.milliseconds);
  return isMs ? MILLISECONDS : NUMBER;
}

/** One result for each element of a list: with one element it is no list. Of something unknown nothing is said. */
function spreadLike(list: Type, made: Type, node: AstNode | undefined, text: string): Type {
  // A list that is written out has as many elements with every event.
  if (!mayBeMany(list) || !node || node.type === 'unary') return { ...made, spread: null };
  const at = startOf(node, text);
  return { ...elementsOf(made), spread: list.spread ?? { at, name: sourceOf(node, text) } };
}

function merged(objects: Type): Type {
  if (isOpen(objects)) return OPEN_OBJECT;
  const parts = objects.alternatives.flatMap((one) => (one.kind === 'object' ? [one] : []));
  const names = new Set(parts.flatMap(({ fields }) => [...fields.keys()]));
  const fields = [...names].map((name) => {
    return [name, unionOf([NOTHING, ...parts.flatMap((part) => part.fields.get(name) ?? [])])] as const;
  });
  const open = parts.some((part) => part.open) || parts.length === 0;
  return { ...typeOf({ kind: 'object', fields: new Map(fields), open }), secret: objects.secret };
}

function lookedUp(from: Type, key: AstNode | undefined): Type {
  const objects = from.alternatives.flatMap((one) => (one.kind === 'object' ? [one] : []));
  if (isOpen(from) || objects.length === 0 || objects.some((one) => one.open)) return ANY;
  const isLiteral = key?.type === 'string';
  const found = objects.flatMap((one) =>
    isLiteral ? (one.fields.get(String(key.value)) ?? []) : [...one.fields.values()],
  );
  if (found.length === 0) return ANY;
  const type = unionOf(found);
  // A name that only the event knows may be that of any field: kinds may be relied on, values may not.
  return isLiteral || kindOf(type) !== null ? type : ANY;
}
