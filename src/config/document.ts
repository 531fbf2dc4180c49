import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLError } from 'yaml';
import type { Fault } from './fault.ts';

/** A YAML value with its place in the text: all that the rest of this folder knows of YAML. */
export type Tree =
  | { readonly kind: 'scalar'; readonly offset: number; readonly value: Scalar; readonly written: string }
  | { readonly kind: 'map'; readonly offset: number; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly offset: number; readonly items: readonly Tree[] };

/** A value that holds no others. */
type Scalar = string | number | boolean | null;

/** A key of a map and what stands under it. */
interface Entry {
  readonly key: string;
  readonly keyOffset: number;
  readonly node: Tree;
}

/** A parsed file, or everything that YAML finds wrong with it. */
export type ReadDocument =
  | { readonly ok: true; readonly root: Tree }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Parses one YAML 1.2 document. An empty one is an empty map. */
export function readDocument(text: string): ReadDocument {
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) return { ok: false, faults: faultsOf(errors, text) };
  const aliases: Fault[] = [];
  const root = treeOf(document.contents, text, aliases);
  if (aliases.length > 0) return { ok: false, faults: aliases };
  const isEmpty = root.kind === 'scalar' && root.value === null;
  return { ok: true, root: isEmpty ? { kind: 'map', offset: 0, entries: [] } : root };
}

const ALIAS = 'Aliases (*name) are not used in a config; write the value out, in quotes if it begins with *';

/** What is clearer than YAML's own words. A value that begins with `*` or `!` may be an unquoted secret: it is not repeated. */
const MESSAGES: Readonly<Record<string, string>> = {
  BAD_ALIAS: ALIAS,
  TAG_RESOLVE_FAILED: 'Tags (!name) mean nothing here; put a value that begins with ! in quotes',
  MULTIPLE_DOCS: 'A config is one document; remove --- and what follows it',
  NON_STRING_KEY: 'A key must be a word',
  RESOURCE_EXHAUSTION: 'The settings are nested too deeply',
};

/** The findings of YAML: the first of each line, since the others there mostly follow from it. */
function faultsOf(errors: readonly YAMLError[], text: string): readonly Fault[] {
  const lines = new Set<number>();
  return errors.flatMap(({ code, pos: [offset], message }) => {
    const line = text.lastIndexOf('\n', offset - 1);
    if (lines.has(line)) return [];
    lines.add(line);
    const unquoted = text.slice(offset - 1, offset + 1) === '${';
    const shown = unquoted ? 'Inside { } and [ ] a reference goes in quotes' : (MESSAGES[code] ?? message);
    return [{ offset, code: 'CONFIG_YAML', message: shown }];
  });
}

function treeOf(node: unknown, text: string, aliases: Fault[]): Tree {
  const [offset, end] = rangeOf(node);
  if (isMap(node)) {
    return { kind: 'map', offset, entries: node.items.map((pair) => entryOf(pair, text, aliases)) };
  }
  if (isSeq(node)) return { kind: 'list', offset, items: node.items.map((item) => treeOf(item, text, aliases)) };
  if (isAlias(node)) aliases.push({ offset, code: 'CONFIG_YAML', message: ALIAS });
  return { kind: 'scalar', offset, value: scalarOf(node), written: text.slice(offset, end) };
}

/** A key without a colon, as in `{ key }`, has no value that could have a place: the key's is taken. */
function entryOf({ key, value }: Pair, text: string, aliases: Fault[]): Entry {
  const [keyOffset] = rangeOf(key);
  const none: Tree = { kind: 'scalar', offset: keyOffset, value: null, written: '' };
  const node = value === null ? none : treeOf(value, text, aliases);
  return { key: isScalar(key) ? String(key.value) : '', keyOffset, node };
}

/** Null for what YAML calls empty; a scalar of a kind that config does not know stays text. */
function scalarOf(node: unknown): Scalar {
  const value: unknown = isScalar(node) ? node.value : null;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  return String(value);
}

function rangeOf(node: unknown): readonly [start: number, end: number] {
  const range = (node as Document['contents'])?.range;
  return range ? [range[0], range[1]] : [0, 0];
}
