import { readFileSync } from 'node:fs';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Quantity } from './quantity.ts';

/** What this folder reads of a schema node; validation reads the rest. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  /** The value is a secret. */
  readonly writeOnly?: boolean;
  readonly 'x-quantity'?: Quantity;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly allOf?: readonly SchemaNode[];
  readonly then?: SchemaNode;
  readonly else?: SchemaNode;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** Seen from `src/` and from the compiled `dist/` alike. */
const FILE = new URL('../../schemas/config.schema.json', import.meta.url);
const REFERENCE = '#/$defs/reference';

let schema: SchemaNode | null = null;

/**
 * The one declaration of all settings, as it holds after interpolation: the file also lets each value be a `${…}`, for
 * editors, which see it before. Read once.
 */
export function configSchema(): SchemaNode {
  schema ??= withoutReferences(JSON.parse(readFileSync(FILE, 'utf8')) as Json) as SchemaNode;
  return schema;
}

/** Everything the schema says about the setting at these keys, nearest first: each branch that may describe it. */
export function nodesAt(keys: readonly (string | number)[]): readonly SchemaNode[] {
  return keys.reduce((nodes, key) => nodes.flatMap((node) => childrenAt(node, key)), described(configSchema()));
}

/** True when the setting at these keys is a secret. */
export function isSecretAt(keys: readonly (string | number)[]): boolean {
  return nodesAt(keys).some((node) => node.writeOnly === true);
}

function childrenAt(node: SchemaNode, key: string | number): readonly SchemaNode[] {
  const named = node.properties && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
  const others = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  const child = named ?? others ?? (/^\d+$/.test(String(key)) ? node.items : undefined);
  return child ? described(child) : [];
}

/** The node with all that it refers to and branches into. */
function described(node: SchemaNode): readonly SchemaNode[] {
  const target = node.$ref ? configSchema().$defs?.[node.$ref.slice('#/$defs/'.length)] : undefined;
  const branches = [target, node.then, node.else, ...(node.allOf ?? [])];
  return [node, ...branches.flatMap((branch) => (branch ? described(branch) : []))];
}

/** Replaces each `anyOf` of a value and a reference by the value alone. */
function withoutReferences(node: Json): Json {
  if (Array.isArray(node)) return node.map(withoutReferences);
  if (!isJsonObject(node)) return node;
  const { anyOf, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, withoutReferences(value)]),
  );
  if (anyOf === undefined) return rest;
  const choices = Array.isArray(anyOf) ? (anyOf as readonly JsonObject[]) : [];
  const [value, ...others] = choices.filter((choice) => choice['$ref'] !== REFERENCE);
  return others.length > 0 ? { anyOf, ...rest } : { ...value, ...rest };
}
