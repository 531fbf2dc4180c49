import type { Json } from '../core/json.ts';

/** A single value of a YAML text, with where and how it is written. Offsets are 0-based in the file's text. */
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
  /** The text between the quotes, or as it stands when plain. */
  readonly source: string;
  readonly start: number;
  /** Just past the last character of the value. */
  readonly end: number;
  /** Whether it stands inside `{ }` or `[ ]`. */
  readonly inFlow: boolean;
}

/** One key of a map. Keys are always text, as written. */
export interface YamlEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly value: YamlNode;
}

/** A map with unique keys, in the order written. */
export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly start: number;
}

/** A list. */
interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly start: number;
}

/** A YAML value with its place: aliases are followed, what is no JSON is refused. */
export type YamlNode = YamlScalar | YamlMap | YamlList;

/** The plain JSON of a node. A key such as `__proto__` becomes an ordinary member. */
export function jsonOf(node: YamlNode): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(jsonOf);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, jsonOf(entry.value)]));
}

/** What a node is called in a message. */
export function kindOf(node: YamlNode): string {
  if (node.kind === 'map') return 'a map of keys';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? 'text' : String(node.value);
}
