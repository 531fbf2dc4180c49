/** What a parameter takes, as JSONata's signatures say it. */
export interface Parameter {
  /** Letters of the kinds it takes: `s n b o l a f`; `x` and `j` are written out. */
  readonly takes: string;
  /** Whether it takes a list: what is none becomes a list of one. */
  readonly isList: boolean;
  /** What a list must hold: a letter; null = anything. */
  readonly holds: string | null;
  /** May be left out. */
  readonly optional: boolean;
  /** When left out, the value that is being looked at takes its place. */
  readonly context: boolean;
  readonly repeated: boolean;
}

/** A function's signature, read. */
export interface Signature {
  readonly parameters: readonly Parameter[];
  /** Matches the letters of arguments that fit; a group for each parameter. */
  readonly pattern: RegExp;
  /** What it yields, in letters such as `n` or `a<s>`; `x` = anything. */
  readonly returns: string;
}

/** What is wrong with the arguments of a call. */
export type Misfit =
  | { readonly kind: 'count'; readonly fewest: number; readonly most: number }
  /** `index` counts arguments from 0; -1 = the value that is being looked at. */
  | { readonly kind: 'argument'; readonly index: number; readonly parameter: Parameter };

/** The kind of an argument of which nothing is known: it fits everywhere. */
export const UNKNOWN_KIND = 'm';

const ANYTHING = 'asnblfo';
const PARAMETER = /(\(\w+\)|[a-z])(<[^>]*>)?([-?+]*)/g;

/** Reads a signature in JSONata's notation, such as `<s-nn?:s>`. */
export function readSignature(text: string): Signature {
  const [taken = '', returns = 'x'] = text.slice(1, -1).split(/:(?=[^:]*$)/);
  const parameters = [...taken.matchAll(PARAMETER)].map(([, kind = '', inner, marks = '']): Parameter => {
    return {
      takes: lettersOf(kind),
      isList: kind === 'a',
      holds: kind === 'a' && inner ? inner.slice(1, -1) : null,
      optional: marks.includes('?'),
      context: marks.includes('-'),
      repeated: marks.includes('+'),
    };
  });
  const pattern = new RegExp(`^${parameters.map((parameter) => `(${patternOf(parameter)})`).join('')}$`);
  return { parameters, pattern, returns };
}

/**
 * Holds arguments against a signature as JSONata does at run time: one letter each. `context` is the letter of the
 * value that is being looked at.
 */
export function misfitOf(signature: Signature, given: string, context: string): Misfit | null {
  const { parameters, pattern } = signature;
  const match = pattern.exec(given);
  if (!match) return firstMisfit(parameters, given);
  const left = parameters.findIndex((parameter, index) => parameter.context && match[index + 1] === '');
  const parameter = parameters[left];
  if (!parameter || (parameter.takes + UNKNOWN_KIND).includes(context)) return null;
  // Who writes an argument means it, though JSONata would take what is being looked at in its place.
  return { kind: 'argument', index: given === '' ? -1 : left, parameter };
}

/** The parameter that each argument goes to, by the argument's index; only for arguments that fit. */
export function parametersOf(signature: Signature, given: string): readonly (Parameter | undefined)[] {
  const { parameters, pattern } = signature;
  const match = pattern.exec(given);
  return parameters.flatMap((parameter, index) => Array.from(match?.[index + 1] ?? '', () => parameter));
}

function patternOf({ takes, context, optional, repeated }: Parameter): string {
  return `[${takes}${UNKNOWN_KIND}]${context || optional ? '?' : ''}${repeated ? '+' : ''}`;
}

function firstMisfit(parameters: readonly Parameter[], given: string): Misfit {
  const fewest = parameters.filter(({ optional, context }) => !optional && !context).length;
  const most = parameters.some(({ repeated }) => repeated) ? Number.POSITIVE_INFINITY : parameters.length;
  const count: Misfit = { kind: 'count', fewest, most };
  if (given.length < fewest || given.length > most) return count;
  let fitted = 0;
  for (const [index, parameter] of parameters.entries()) {
    const before = parameters
      .slice(0, index + 1)
      .map(patternOf)
      .join('');
    const match = new RegExp(`^${before}`).exec(given);
    if (!match) return fitted < given.length ? { kind: 'argument', index: fitted, parameter } : count;
    fitted = match[0].length;
  }
  const last = parameters.at(-1);
  return last && fitted < given.length ? { kind: 'argument', index: fitted, parameter: last } : count;
}

function lettersOf(kind: string): string {
  if (kind.startsWith('(')) return kind.slice(1, -1);
  if (kind === 'x' || kind === 'a') return ANYTHING;
  return kind === 'j' ? 'asnblo' : kind;
}
