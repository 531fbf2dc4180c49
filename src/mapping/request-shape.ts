import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '../core/json.ts';
import type { ShapeCheck } from './compile-memory.ts';
import type { Findings } from './findings.ts';
import { renaming } from './fix-name.ts';
import { isFormula } from './formula.ts';
import { didYouMean, listed, shown } from './shown.ts';
import { kindOf, type YamlNode } from './yaml-node.ts';

/** A part of the template: what it is, where it stands, and what messages call it. */
interface Part {
  readonly node: YamlNode;
  /** Offset of its key; of itself in a list. */
  readonly offset: number;
  readonly path: string;
}

/** The template as an instance for the schema: its parts by JSON pointer, and which of them hold a formula. */
interface Outline {
  readonly parts: Map<string, Part>;
  readonly open: Set<string>;
}

/** Keywords that look at keys only, and so hold although values are formulas. */
const KEY_KEYWORDS = new Set(['required', 'additionalProperties', 'propertyNames', 'minProperties', 'maxProperties']);
const BRANCHING = /\/(anyOf|oneOf|not|if)\//;

/** Creates a check that compiles each endpoint's schema once. */
export function createShapeCheck(): ShapeCheck {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    validateFormats: false,
    addUsedSchema: false,
  });
  const compiled = new Map<JsonObject, ValidateFunction>();
  return (transform, endpoint, address, findings) => {
    const validate = compiled.get(endpoint.schema) ?? ajv.compile(endpoint.schema);
    compiled.set(endpoint.schema, validate);
    const outline: Outline = { parts: new Map(), open: new Set() };
    const whole = { node: transform.value, offset: transform.keyStart, path: '' };
    if (validate(outlined(whole, '', outline))) return;
    for (const error of validate.errors ?? []) report(error, outline, address, findings);
  };
}

function outlined(part: Part, pointer: string, outline: Outline): Json {
  const { node, path } = part;
  outline.parts.set(pointer, part);
  if (isFormula(node)) {
    for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) outline.open.add(at);
    outline.open.add('');
    return null;
  }
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') {
    return node.items.map((item, index) => {
      return outlined({ node: item, offset: item.start, path: `${path}[${index}]` }, `${pointer}/${index}`, outline);
    });
  }
  const members = node.entries.map(({ key, keyStart, value }) => {
    const child = { node: value, offset: keyStart, path: joined(path, key) };
    return [key, outlined(child, childPointer(pointer, key), outline)] as const;
  });
  return Object.fromEntries(members);
}

function report(error: ErrorObject, outline: Outline, address: string, findings: Findings): void {
  const { instancePath: pointer, keyword, schemaPath } = error;
  const part = outline.parts.get(pointer);
  if (!part || isFormula(part.node) || BRANCHING.test(schemaPath)) return;
  // The names themselves are told by propertyNames' own errors.
  if (keyword === 'propertyNames') return;
  const key = keyAtFault(error);
  const isAboutKeys = key !== null || KEY_KEYWORDS.has(keyword);
  if (outline.open.has(pointer) && !isAboutKeys) return;
  const ownPart = key === null ? undefined : outline.parts.get(childPointer(pointer, key));
  const { message, remedy } = explained(error, part, key, address);
  const fix = ownPart && key !== null ? renaming(key, keysTaken(error), ownPart.offset, findings.text) : null;
  findings.error('MAPPING_REQUEST_SHAPE', (ownPart ?? part).offset, message, remedy, fix);
}

function keyAtFault(error: ErrorObject): string | null {
  const { missingProperty, additionalProperty } = error.params as Readonly<Record<string, string | undefined>>;
  return error.propertyName ?? missingProperty ?? additionalProperty ?? null;
}

function explained(
  error: ErrorObject,
  { node, path }: Part,
  key: string | null,
  address: string,
): { readonly message: string; readonly remedy?: string } {
  const whole = path === '' ? 'the request' : path;
  if (error.propertyName !== undefined) {
    return { message: `${address} does not take the name ${shown(key)} in ${whole}: it ${error.message}` };
  }
  if (error.keyword === 'required') return { message: `${address} asks for ${joined(path, key ?? '')}` };
  if (error.keyword === 'additionalProperties') {
    const remedy = didYouMean(key ?? '', keysTaken(error));
    return { message: `${address} takes no ${joined(path, key ?? '')}`, ...(remedy && { remedy }) };
  }
  if (error.keyword === 'type') {
    const wanted = listed([(error.params as { readonly type: string | readonly string[] }).type].flat());
    return { message: `${address} takes ${wanted} for ${whole}, not ${kindOf(node)}` };
  }
  return { message: `${address}: ${whole} ${error.message}` };
}

/** The keys that a map takes where it has one that it does not take. */
function keysTaken({ keyword, parentSchema }: ErrorObject): readonly string[] {
  return keyword === 'additionalProperties'
    ? Object.keys((parentSchema?.['properties'] as object | undefined) ?? {})
    : [];
}

function childPointer(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
