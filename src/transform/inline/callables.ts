import { JSONATA_SIGNATURES } from '../function-names.ts';
import { ownFunctions } from '../functions.ts';
import type { Library } from '../library.ts';
import { type Parameter, readSignature } from '../signature.ts';
import { type Applied, TEXT_FUNCTIONS } from './text-functions.ts';
import { sequenceOf } from './values.ts';

/** A function that compiled formulas call. */
export interface Callable {
  readonly parameters: readonly Parameter[];
  /** Whether it reads its arguments in whole, or only what they are. */
  readonly reads: 'all' | 'kind';
  /** The arguments as the function gets them. Throws JSONata's fault for what does not fit. */
  validate(given: readonly unknown[], context: unknown): readonly unknown[];
  readonly apply: Applied;
}

/** JSONata's functions whose cost is linear in what they are given. */
const LINEAR = [
  ...['abs', 'append', 'average', 'base64decode', 'base64encode', 'ceil', 'decodeUrl', 'decodeUrlComponent'],
  ...['encodeUrl', 'encodeUrlComponent', 'floor', 'formatBase', 'formatNumber', 'fromMillis', 'join', 'keys', 'length'],
  ...['lookup', 'lowercase', 'max', 'merge', 'min', 'number', 'power', 'reverse', 'round', 'sqrt', 'string'],
  ...['substring', 'substringAfter', 'substringBefore', 'sum', 'trim', 'uppercase', 'pad', 'boolean', 'not'],
  ...['contains', 'replace', 'split', 'error', 'assert'],
];

/** Those that only look at what kind of value they are given. */
const SHALLOW = ['count', 'exists', 'type'];

/** What JSONata's functions find in `this`; the limit is that of its sequences, which no inline run comes near. */
const FOCUS = {
  options: { sequence: 100_000 },
  createSequence: (...values: unknown[]) => sequenceOf(values),
};

/** The functions of the fragment, by name. */
export function callablesOf(library: Library): ReadonlyMap<string, Callable> {
  const callables = new Map<string, Callable>();
  for (const name of [...LINEAR, ...SHALLOW]) {
    const { implementation, signature } = library.native(name);
    const native: Applied = (given) => implementation.apply(FOCUS, given);
    callables.set(name, {
      parameters: readSignature(JSONATA_SIGNATURES[name] ?? '').parameters,
      reads: SHALLOW.includes(name) ? 'kind' : 'all',
      validate: (given, context) => signature.validate(given, context),
      apply: TEXT_FUNCTIONS[name]?.(native) ?? native,
    });
  }
  for (const { name, signature, call } of ownFunctions(library)) {
    const defined = library.define(() => undefined, signature);
    callables.set(name, {
      parameters: readSignature(signature).parameters,
      reads: 'kind',
      validate: (given, context) => defined.signature.validate(given, context),
      apply: (given, run) => call(run.facts, given[0], given[1]),
    });
  }
  return callables;
}

/** Whether arguments can be passed on as they are: JSONata's own check costs more than most functions. */
export function fits(parameters: readonly Parameter[], given: readonly unknown[]): boolean {
  if (given.length > parameters.length) return false;
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index];
    if (parameter === undefined) return false;
    if (index >= given.length) return parameter.optional && !parameter.context;
    if (!takes(parameter, given[index])) return false;
  }
  return true;
}

function takes({ takes: kinds, isList, holds }: Parameter, value: unknown): boolean {
  if (value === undefined) return true;
  if (!isList) return kinds.includes(kindOf(value));
  return Array.isArray(value) && (holds === null || value.every((each) => kindOf(each) === holds));
}

function kindOf(value: unknown): string {
  if (value === null) return 'l';
  if (Array.isArray(value)) return 'a';
  const type = typeof value;
  return type === 'string' ? 's' : type === 'number' ? 'n' : type === 'boolean' ? 'b' : 'o';
}
