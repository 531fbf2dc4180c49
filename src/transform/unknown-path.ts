import { onlyCandidate, suggest } from '../core/suggest.ts';
import type { Inference } from './inference.ts';
import { isOpen, kindName, kindOf, type Type } from './types.ts';

/** How many names a remedy lists at most. */
const MOST_LISTED = 12;

/** How deep a field is looked for that stands elsewhere. */
const MOST_LEVELS = 4;

/** A name that nothing has: where it stands, what of, and what messages call that. */
export interface UnknownName {
  readonly name: string;
  /** 0-based offset in the formula. */
  readonly at: number;
  /** The path before it; empty at its beginning. */
  readonly parent: string;
  readonly type: Type;
}

/** Reports a field that is not there, with the one that was probably meant. */
export function reportUnknownPath(unknown: UnknownName, inference: Inference): void {
  const { name, at, type } = unknown;
  const known = fieldNames(type);
  const deeper = pathBelow(type, name, MOST_LEVELS);
  const only = deeper === null ? (constantFor(unknown) ?? onlyCandidate(name, known)) : null;
  const rename = only === null ? {} : { rename: { from: name, to: only } };
  const message = messageOf(unknown, inference);
  const remedy = remedyOf(unknown, known, deeper, inference);
  inference.report({ code: 'MAPPING_UNKNOWN_PATH', severity: 'error', offset: at, message, remedy, ...rename });
}

/** The names of the fields that a value is known to have. */
export function fieldNames({ alternatives }: Type): readonly string[] {
  return [...new Set(alternatives.flatMap((one) => (one.kind === 'object' ? [...one.fields.keys()] : [])))];
}

function messageOf({ name, parent, type }: UnknownName, inference: Inference): string {
  const kind = kindOf(type);
  if (kind !== null && kind !== 'object') return `${parent || 'This'} is ${kindName(kind)}: it has no ${name}`;
  if (parent !== '') return `${parent} has no ${name}`;
  return type === inference.root ? `The event has no ${name}` : `There is no ${name} here`;
}

function remedyOf(
  { name, parent, type }: UnknownName,
  known: readonly string[],
  deeper: string | null,
  inference: Inference,
): string {
  const constant = constantFor({ name, parent });
  if (constant !== null) return `Write ${constant} in small letters.`;
  if (/[“”„‘’]/.test(name)) return "Write ' on both sides: curly quotation marks hold no text.";
  const prefix = parent === '' ? '' : `${parent}.`;
  if (deeper !== null) return `Did you mean ${prefix}${deeper}?`;
  const close = suggest(name, known);
  if (close !== null) return `Did you mean ${prefix}${close}?`;
  if (known.length === 0) return `Use ${parent || 'the value'} itself.`;
  const elsewhere = type === inference.root ? null : pathBelow(inference.root, name, MOST_LEVELS);
  if (elsewhere !== null) return `Did you mean ${parent.startsWith('data') ? '' : '$$.'}${elsewhere}?`;
  const useful = parent === '' && type === inference.root ? usefulNames(type, known) : known;
  return `${listing(useful)} What is sent but not documented can be read with $lookup(${parent || '$'}, '${name}').`;
}

/** `TRUE` of a spreadsheet is `true` here; null for another name. */
function constantFor({ name, parent }: Pick<UnknownName, 'name' | 'parent'>): string | null {
  return parent === '' && /^(true|false|null)$/i.test(name) ? name.toLowerCase() : null;
}

function listing(names: readonly string[]): string {
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : '';
  return `There ${names.length === 1 ? 'is only' : 'are'} ${names.slice(0, MOST_LISTED).join(', ')}${more}.`;
}

/** Of a webhook, what it tells: the fields of `data`. The envelope is the same for all. */
function usefulNames({ alternatives }: Type, known: readonly string[]): readonly string[] {
  const data = alternatives.flatMap((one) => (one.kind === 'object' ? [one.fields.get('data')] : []))[0];
  const inner = data === undefined ? [] : fieldNames(data).map((field) => `data.${field}`);
  return inner.length === 0 ? known : inner;
}

/** The path to a field of this name further inside, without going through lists; null when there is none. */
function pathBelow(type: Type, name: string, levels: number): string | null {
  if (levels === 0 || isOpen(type)) return null;
  const objects = type.alternatives.flatMap((one) => (one.kind === 'object' ? [one] : []));
  for (const { fields } of objects) if (fields.has(name)) return name;
  for (const { fields } of objects) {
    for (const [field, inner] of fields) {
      const found = pathBelow(inner, name, levels - 1);
      if (found !== null) return `${field}.${found}`;
    }
  }
  return null;
}
