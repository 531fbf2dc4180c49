import { type AstNode, childrenOf, startOf, tokenStart } from './ast.ts';
import { asksForEquality } from './check-list.ts';
import { inferGroup } from './infer-object.ts';
import type { Inference, Scene } from './inference.ts';
import {
  type Alternative,
  ANY,
  elementsOf,
  isOpen,
  kindOf,
  listOf,
  mayBeMany,
  NOTHING,
  type Origin,
  type Type,
  unionOf,
} from './types.ts';
import { fieldNames, reportUnknownPath } from './unknown-path.ts';

/** Steps of which it is not followed what comes out. */
const UNTRACKED = new Set(['wildcard', 'descendant', 'parent']);

/** A path on its way: what it has come to, what messages call that, and where its last step begins. */
interface Way extends Origin {
  readonly type: Type;
}

/** What a path yields. Names that no event has are reported. */
export function inferPath(node: AstNode, scene: Scene, inference: Inference): Type {
  const steps = node.steps ?? [];
  if (steps.some((step) => step.tuple === true)) return inferLoosely(node, scene, inference);
  let way: Way = { type: scene.context, name: '', at: startOf(node, inference.text) };
  for (const [index, step] of steps.entries()) way = inferStep(step, way, index === 0, scene, inference);
  const type = node.keepSingletonArray ? listOf(elementsOf(way.type)) : way.type;
  return node.group === undefined ? type : inferGroup(node, type, scene, inference);
}

/** What is left of a value behind `[…]`; `origin` is the value. */
export function inferFilters(
  type: Type,
  filters: readonly AstNode[],
  scene: Scene,
  inference: Inference,
  origin: Origin,
): Type {
  return filters.reduce((left, { type: kind, expr }) => {
    return kind === 'filter' && expr ? inferFilter(left, expr, scene, inference, origin) : left;
  }, type);
}

function inferStep(step: AstNode, way: Way, isFirst: boolean, scene: Scene, inference: Inference): Way {
  const at = startOf(step, inference.text);
  if (UNTRACKED.has(step.type)) return { type: ANY, name: nameOf(way.name, step), at };
  if (step.type === 'sort') return { ...way, type: inferSort(step, way, scene, inference) };
  // A variable at the beginning is taken as it is; anything else goes through the elements of what comes before.
  const isStart = isFirst && step.type === 'variable';
  const spread = isStart ? null : spreadOf(way);
  const context = isStart || !mayBeMany(way.type) ? way.type : elementsOf(way.type);
  const found =
    step.type === 'name'
      ? inferName(step, { ...way, type: context }, inference)
      : inference.infer(step, { ...scene, context });
  const name = nameOf(way.name, step);
  const filtered = inferFilters(found, step.stages ?? [], scene, inference, { at, name });
  const isPlain = spread === null || filtered.alternatives.length === 0;
  const type = isPlain ? filtered : { ...elementsOf(filtered), spread: filtered.spread ?? spread };
  return { type, name, at };
}

function nameOf(before: string, { type, value, procedure }: AstNode): string {
  const called = `$${procedure?.value ?? ''}( )`;
  const names: Readonly<Record<string, string>> = { name: `${value}`, variable: `$${value}`, function: called };
  const own = names[type] ?? '( )';
  return before === '' ? own : `${before}.${own}`;
}

/** Null also where only some events have a list: then it is not known whose field it is. */
function spreadOf({ type, name, at }: Way): Origin | null {
  return type.spread ?? (kindOf(type) === 'array' ? { at, name } : null);
}

function inferName(step: AstNode, { type, name: parent }: Way, inference: Inference): Type {
  const name = String(step.value);
  const at = tokenStart(name, step, inference.text);
  const found = type.alternatives.flatMap((one) => fieldOf(one, name) ?? []);
  if (found.length === 0 && type.alternatives.length > 0) {
    reportUnknownPath({ name, at, parent, type }, inference);
    return NOTHING;
  }
  const field = unionOf([NOTHING, ...found]);
  return field.secret === null ? field : { ...field, secret: { at, name: nameOf(parent, step) } };
}

/** Null when there is no such field. */
function fieldOf(one: Alternative, name: string): Type | null {
  if (one.kind === 'any' || one.kind === 'function') return ANY;
  if (one.kind === 'array') {
    const found = one.items.alternatives.flatMap((item) => fieldOf(item, name) ?? []);
    return found.length === 0 ? null : unionOf(found);
  }
  if (one.kind !== 'object') return null;
  return one.fields.get(name) ?? (one.open ? ANY : null);
}

function inferFilter(type: Type, expr: AstNode, scene: Scene, inference: Inference, origin: Origin): Type {
  const context = elementsOf(type);
  if (expr.type === 'string') reportTextIndex(expr, context, inference);
  const asked = inference.infer(expr, { ...scene, context });
  const left = { ...context, secret: type.secret };
  // A number picks one; who asks for equality mostly knows that there is one.
  const isIndex = kindOf(asked) === 'number' && asked.spread === null;
  if (isIndex || isOpen(asked) || asksForEquality(expr) || !mayBeMany(type)) return left;
  return { ...left, spread: type.spread ?? origin };
}

function reportTextIndex(expr: AstNode, context: Type, inference: Inference): void {
  const name = String(expr.value);
  if (!fieldNames(context).includes(name)) return;
  const offset = startOf(expr, inference.text);
  const message = `[ ] chooses elements: ['${name}'] does not read the field ${name}`;
  const remedy = `Write .${name} instead of ['${name}'].`;
  inference.report({ code: 'MAPPING_CONDITION', severity: 'error', offset, message, remedy });
}

function inferSort(step: AstNode, way: Way, scene: Scene, inference: Inference): Type {
  const context = elementsOf(way.type);
  for (const { expression } of step.terms ?? []) inference.infer(expression, { ...scene, context });
  const sorted = { ...context, spread: spreadOf(way) };
  return inferFilters(sorted, step.stages ?? [], scene, inference, way);
}

/** Paths that bind variables on their way or go back up: what they yield is not followed. */
function inferLoosely(node: AstNode, scene: Scene, inference: Inference): Type {
  for (const child of childrenOf(node)) {
    if (child.type !== 'name') inference.infer(child, { ...scene, context: ANY });
  }
  return ANY;
}
