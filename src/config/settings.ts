import type { Json } from '../core/json.ts';
import type { Tree } from './document.ts';
import type { Fault } from './fault.ts';
import { hasReferences, interpolate, type Miss, type Reference, type Resolved } from './interpolate.ts';
import { keysOf, type Path, pointerOf } from './path.ts';
import { nodesAt } from './schema.ts';

/** Where a setting stands in the text. */
export interface Place {
  readonly offset: number;
  /** Of its key; of the value itself in a list. */
  readonly keyOffset: number;
  /** The text as written when it holds references, else null. */
  readonly reference: string | null;
  /** True when a reference missed and the schema's default or example stands in its place. */
  readonly placeholder: boolean;
}

/** The settings of a file, by plain value and by place. */
export interface Settings {
  /** Objects without a prototype: a key such as `__proto__` is a key like any other. */
  readonly value: unknown;
  /** By JSON pointer. */
  readonly places: ReadonlyMap<string, Place>;
  /** Every reference that missed. */
  readonly faults: readonly Fault[];
}

const UNSET_HOST = 'https://unset.example';

type Leaf = Extract<Tree, { readonly kind: 'scalar' }>;

type Resolve = (reference: Reference) => Resolved;

/** What a walk over the tree gathers. */
interface Walk {
  readonly resolve: Resolve;
  readonly places: Map<string, Place>;
  readonly faults: Fault[];
}

/** Reads the settings and replaces the references in their values: never in keys, never as structure. */
export function settingsOf(root: Tree, resolve: Resolve): Settings {
  const walk: Walk = { resolve, places: new Map(), faults: [] };
  return { value: settingOf(root, [], root.offset, walk), places: walk.places, faults: walk.faults };
}

/** The place of a setting, or of the nearest one around it that is written in the file. */
export function placeOf(settings: Pick<Settings, 'places'>, pointer: string): Place {
  const keys = keysOf(pointer);
  for (let length = keys.length; length >= 0; length--) {
    const place = settings.places.get(pointerOf(keys.slice(0, length)));
    if (place) return place;
  }
  return { offset: 0, keyOffset: 0, reference: null, placeholder: false };
}

/** A finding at the place of a setting. */
export function faultAt(path: Path, settings: Pick<Settings, 'places'>, code: Fault['code'], message: string): Fault {
  return { offset: placeOf(settings, pointerOf(path)).offset, code, message };
}

function settingOf(tree: Tree, path: Path, keyOffset: number, walk: Walk): unknown {
  const place = { offset: tree.offset, keyOffset, reference: null, placeholder: false };
  walk.places.set(pointerOf(path), place);
  if (tree.kind === 'scalar') return scalarOf(tree, path, place, walk);
  if (tree.kind === 'list') {
    return tree.items.map((item, index) => settingOf(item, [...path, index], item.offset, walk));
  }
  const members: Record<string, unknown> = Object.create(null);
  for (const entry of tree.entries) {
    members[entry.key] = settingOf(entry.node, [...path, entry.key], entry.keyOffset, walk);
  }
  return members;
}

function scalarOf(leaf: Leaf, path: Path, place: Place, walk: Walk): Json {
  if (typeof leaf.value !== 'string' || !hasReferences(leaf.value)) return leaf.value;
  const { text, misses } = interpolate(leaf.value, walk.resolve);
  const placeholder = misses.length > 0;
  walk.places.set(pointerOf(path), { ...place, reference: leaf.value, placeholder });
  walk.faults.push(...faultsOf(misses, leaf));
  return placeholder ? placeholderAt(path, text) : typedValue(text, path);
}

/** Each miss where its reference stands; where an escape hides it, at the value. */
function faultsOf(misses: readonly Miss[], { offset, written }: Leaf): readonly Fault[] {
  let from = 0;
  return misses.map((miss) => {
    const index = written.indexOf(miss.written, from);
    if (index >= 0) from = index + miss.written.length;
    return { offset: offset + Math.max(index, 0), code: miss.code, message: miss.message };
  });
}

/** The text that came from a reference as the number or boolean that the schema asks for; as text where it is neither. */
function typedValue(text: string, path: Path): Json {
  const types = nodesAt(path).flatMap((node) => node.type ?? []);
  if (types.includes('integer') && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (types.includes('number') && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** What stands for a value whose reference missed, so that everything else can still be checked. */
function placeholderAt(path: Path, rest: string): Json {
  const nodes = nodesAt(path);
  // What is written of a path stays: mappings are checked against its placeholders.
  if (nodes.some(({ format }) => format === 'endpoint-url')) return rest.replace(/^(https?:\/\/)?[^/]*/, UNSET_HOST);
  const preset = nodes.find((node) => node.default !== undefined)?.default;
  return preset ?? nodes.find((node) => node.examples !== undefined)?.examples?.[0] ?? 'placeholder';
}
