import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar } from 'yaml';
import type { ErrorCode } from '../core/errors.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-node.ts';

/** Takes one fault of the tree. */
export type Report = (code: ErrorCode, offset: number, message: string, remedy?: string) => void;

const MAX_DEPTH = 64;
const MAX_ALIASED_NODES = 10_000;
const TERNARY_REMEDY = 'A formula over several lines goes after | on its own lines, or in quotes.';
const STYLES = new Map<string | undefined, YamlScalar['style']>([
  [Scalar.QUOTE_SINGLE, 'single'],
  [Scalar.QUOTE_DOUBLE, 'double'],
  [Scalar.BLOCK_LITERAL, 'literal'],
  [Scalar.BLOCK_FOLDED, 'folded'],
]);

/**
 * Turns a parsed YAML document into nodes with places, and reports what YAML lets pass in silence: repeated, empty and
 * explicit keys, merge keys, tags it does not know, endless aliases.
 */
export class YamlTree {
  readonly #document: Document;
  readonly #report: Report;
  /** Filled in the order of the text, so that an alias finds the last anchor before it. */
  readonly #anchors = new Map<string, Node>();
  #aliasDepth = 0;
  #aliasedNodes = 0;

  constructor(document: Document, report: Report) {
    this.#document = document;
    this.#report = report;
  }

  /** The document's content; null when it is empty. */
  root(): YamlNode | null {
    const { contents, directives, warnings } = this.#document;
    if (directives?.yaml.version !== '1.2') {
      this.#report('MAPPING_YAML', 0, 'Mappings are YAML 1.2', 'Remove the %YAML directive.');
    }
    for (const warning of warnings) {
      this.#report('MAPPING_YAML', warning.pos[0], warning.message, 'Put a value that begins with ! in quotes.');
    }
    if (contents === null || (isScalar(contents) && contents.source === '')) return null;
    return this.#node(contents, 0, false, 0);
  }

  #node(node: unknown, offset: number, inFlow: boolean, depth: number): YamlNode {
    if (this.#aliasDepth > 0) this.#aliasedNodes += 1;
    if (isAlias(node)) return this.#aliased(node, inFlow, depth);
    this.#rememberAnchor(node);
    const start = startOf(node) ?? offset;
    if (depth > MAX_DEPTH) {
      this.#report('MAPPING_YAML', start, `Nested deeper than ${MAX_DEPTH} levels`, 'Nest less.');
      return nothingAt(start);
    }
    if (isMap(node)) {
      const flow = inFlow || node.flow === true;
      return { kind: 'map', entries: this.#entries(node.items as readonly Pair[], flow, depth), start };
    }
    if (isSeq(node)) {
      const flow = inFlow || node.flow === true;
      return { kind: 'list', items: node.items.map((item) => this.#node(item, start, flow, depth + 1)), start };
    }
    return isScalar(node) ? this.#scalar(node, start, inFlow) : nothingAt(start);
  }

  #scalar(node: Scalar, start: number, inFlow: boolean): YamlNode {
    const { value } = node;
    const style = STYLES.get(node.type) ?? 'plain';
    const place = { style, source: node.source ?? '', start, end: node.range?.[1] ?? start, inFlow };
    if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
      return { kind: 'scalar', value: value as YamlScalar['value'], ...place };
    }
    this.#report('MAPPING_YAML_NUMBER', start, `${place.source} is not a number that JSON knows`);
    return { kind: 'scalar', value: null, ...place };
  }

  #entries(pairs: readonly Pair[], inFlow: boolean, depth: number): readonly YamlEntry[] {
    const entries = new Map<string, YamlEntry>();
    for (const pair of pairs) {
      const key = isScalar(pair.key) ? String(pair.key.value ?? '') : '';
      const keyStart = startOf(pair.key) ?? 0;
      const value = this.#node(pair.value, keyStart + key.length, inFlow, depth + 1);
      const fault = keyFault(pair, key, entries.has(key));
      if (fault === null) entries.set(key, { key, keyStart, value });
      else this.#report(fault.code, fault.at ?? keyStart, fault.message, fault.remedy);
    }
    return [...entries.values()];
  }

  #rememberAnchor(node: unknown): void {
    const { anchor } = (node ?? {}) as { readonly anchor?: string };
    if (anchor !== undefined && this.#aliasDepth === 0) this.#anchors.set(anchor, node as Node);
  }

  #aliased(alias: Alias, inFlow: boolean, depth: number): YamlNode {
    const start = startOf(alias) ?? 0;
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      this.#report('MAPPING_YAML', start, `No anchor &${alias.source} stands before *${alias.source}`);
      return nothingAt(start);
    }
    if (this.#aliasedNodes > MAX_ALIASED_NODES) return this.#tooManyAliases(start);
    this.#aliasDepth += 1;
    const node = this.#node(target, start, inFlow, depth + 1);
    this.#aliasDepth -= 1;
    return node;
  }

  /** Told once: the rest of the document would only repeat it. */
  #tooManyAliases(start: number): YamlNode {
    const message = `Aliases repeat more than ${MAX_ALIASED_NODES} values`;
    if (this.#aliasedNodes < Number.POSITIVE_INFINITY) {
      this.#report('MAPPING_YAML', start, message, 'Write the values out, or repeat less.');
    }
    this.#aliasedNodes = Number.POSITIVE_INFINITY;
    return nothingAt(start);
  }
}

interface KeyFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly at: number | null;
}

/** What is wrong with how a key is written; null when nothing is. */
function keyFault(pair: Pair, key: string, isRepeated: boolean): KeyFault | null {
  const tokens = [...(pair.srcToken?.start ?? []), ...(pair.srcToken?.sep ?? [])];
  const explicit = tokens.find((token) => token.type === 'explicit-key-ind');
  if (explicit) {
    const message = 'This ? makes a key of what follows, and cuts the formula before it';
    return { code: 'MAPPING_YAML_EMPTY_KEY', message, remedy: TERNARY_REMEDY, at: explicit.offset };
  }
  if (isScalar(pair.key) && pair.key.source === '' && (pair.key.type ?? 'PLAIN') === 'PLAIN') {
    const colon = tokens.find((token) => token.type === 'map-value-ind');
    const message = 'This : makes an empty key, and cuts the formula before it';
    return { code: 'MAPPING_YAML_EMPTY_KEY', message, remedy: TERNARY_REMEDY, at: colon?.offset ?? null };
  }
  if (key === '<<') {
    const message = 'Merge keys (<<) are off in mappings';
    return { code: 'MAPPING_YAML', message, remedy: 'Write the keys out.', at: null };
  }
  if (!isRepeated) return null;
  return {
    code: 'MAPPING_YAML',
    message: `The key ${key} stands here twice`,
    remedy: 'Keep one of the two.',
    at: null,
  };
}

function startOf(node: unknown): number | null {
  return (node as Partial<Node> | null)?.range?.[0] ?? null;
}

function nothingAt(offset: number): YamlScalar {
  return { kind: 'scalar', value: null, style: 'plain', source: '', start: offset, end: offset, inFlow: false };
}
