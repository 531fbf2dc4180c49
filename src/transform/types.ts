/** Where in a formula something began, and what it is called there. */
export interface Origin {
  /** 0-based offset in the formula's text. */
  readonly at: number;
  readonly name: string;
}

/** What is known of a value beforehand: which alternatives it may be. */
export interface Type {
  /** Empty = it yields nothing. */
  readonly alternatives: readonly Alternative[];
  /** Set for a sequence of the alternatives: JSONata makes a plain value of it when it has one element. */
  readonly spread: Origin | null;
  /** Set when the value is or holds a one-time secret. */
  readonly secret: Origin | null;
}

/** An object of which these fields are known; an open one may have others. */
export interface ObjectType {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, Type>;
  readonly open: boolean;
  /** Where in the formula its fields are written; only of objects that a formula makes. */
  readonly places?: ReadonlyMap<string, number>;
}

/** A text, number or boolean; `values` = the only ones it can be. */
export interface ScalarType {
  readonly kind: 'string' | 'number' | 'boolean';
  readonly values: readonly (string | number | boolean)[] | null;
  /** Set for a point in time counted in milliseconds. */
  readonly milliseconds?: true;
}

/** One of the things a value may be. */
export type Alternative =
  | { readonly kind: 'any' }
  | { readonly kind: 'null' }
  | { readonly kind: 'function'; readonly returns: Type }
  | { readonly kind: 'array'; readonly items: Type }
  | ObjectType
  | ScalarType;

/** Beyond this many alternatives nothing is known: a union must stay cheap. */
const MOST_ALTERNATIVES = 80;

/** Nothing is known. */
export const ANY: Type = typeOf({ kind: 'any' });

/** It yields nothing. */
export const NOTHING: Type = { alternatives: [], spread: null, secret: null };

/** A text. */
export const STRING: Type = typeOf({ kind: 'string', values: null });
/** A number. */
export const NUMBER: Type = typeOf({ kind: 'number', values: null });
/** True or false. */
export const BOOLEAN: Type = typeOf({ kind: 'boolean', values: null });
/** A point in time, in ms since 1970. */
export const MILLISECONDS: Type = typeOf({ kind: 'number', values: null, milliseconds: true });
/** An object of which no field is known. */
export const OPEN_OBJECT: Type = typeOf({ kind: 'object', fields: new Map(), open: true });

/** The type of exactly one alternative. */
export function typeOf(alternative: Alternative): Type {
  return { alternatives: [alternative], spread: null, secret: null };
}

/** A list of these; `items` loses its spread. */
export function listOf(items: Type): Type {
  return { ...typeOf({ kind: 'array', items: { ...items, spread: null } }), secret: items.secret };
}

/** What may be any of these. */
export function unionOf(types: readonly Type[]): Type {
  const [only, ...others] = types;
  if (only && others.length === 0) return only;
  const alternatives = [...new Set(types.flatMap((type) => type.alternatives))];
  return {
    alternatives: alternatives.length > MOST_ALTERNATIVES ? ANY.alternatives : alternatives,
    spread: types.find((type) => type.spread !== null)?.spread ?? null,
    secret: types.find((type) => type.secret !== null)?.secret ?? null,
  };
}

/** True when the value may be something of which nothing is known. */
export function isOpen({ alternatives }: Type): boolean {
  return alternatives.some(({ kind }) => kind === 'any');
}

/** True when the value may be a list, or a sequence of several. */
export function mayBeMany({ alternatives, spread }: Type): boolean {
  return spread !== null || alternatives.some(({ kind }) => kind === 'array');
}

/** What JSONata sees when it goes through a value one by one: lists give way to their elements, the spread is gone. */
export function elementsOf(type: Type): Type {
  if (!mayBeMany(type)) return type;
  const parts = type.alternatives.map((one) => (one.kind === 'array' ? one.items : typeOf(one)));
  return { ...unionOf([NOTHING, ...parts]), spread: null, secret: type.secret };
}

/** The one kind that a value is; null when it may be several or is not known. */
export function kindOf({ alternatives }: Type): Alternative['kind'] | null {
  const kinds = new Set(alternatives.map(({ kind }) => kind));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined && kind !== 'any' ? kind : null;
}

/** What people call a kind of value. */
export function kindName(kind: Alternative['kind']): string {
  const names = {
    any: 'anything',
    null: 'null',
    function: 'a function',
    array: 'a list',
    object: 'an object',
    string: 'text',
    number: 'a number',
    boolean: 'true or false',
  } as const;
  return names[kind];
}
