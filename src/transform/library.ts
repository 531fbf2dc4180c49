import jsonata from 'jsonata';
import { PointsmanError } from '../core/errors.ts';
import { parseFormula } from './ast.ts';
import { JSONATA_FUNCTIONS } from './function-names.ts';
import { type Implementation, LIMITED } from './text-limits.ts';

/** Checks and completes the arguments of a call. */
interface Signature {
  /** The arguments as the function gets them. Throws JSONata's fault for what does not fit. */
  validate(given: readonly unknown[], context: unknown): unknown[];
}

/** A function as JSONata passes it around. */
interface FunctionValue {
  readonly _jsonata_function: true;
  readonly implementation: Implementation;
  readonly signature: Signature;
}

/** JSONata's own functions, made safe to share between formulas, and signatures for ours. */
export interface Library {
  /** JSONata's implementation of a function that `JSONATA_FUNCTIONS` names. */
  native(name: string): FunctionValue;
  /** Makes a function that formulas can call; `signature` in JSONata's notation is one of `SIGNATURES`. */
  define(implementation: Implementation, signature: keyof typeof SIGNATURES): FunctionValue;
}

/** `-` takes the context when the argument is left out, so that `createdAt.$toSeconds()` works. */
const SIGNATURES = {
  '<:n>': null,
  '<:s>': null,
  '<x-:x>': null,
  '<xx:x>': null,
  '<s?s?:s>': null,
  '<s-s?:n>': null,
} as const;

/** JSONata calls what is bound to it before it evaluates a node. The typings know names in text only. */
const ENTRY_HOOK = Symbol.for('jsonata.__evaluate_entry') as unknown as string;

/** These belong to each expression, not to the library. */
const BOUND_PER_EXPRESSION = new Set(['now', 'millis']);

/** Loads the library. Doing it again in one thread is harmless. */
export function loadLibrary(): Library {
  const natives = new Map<string, FunctionValue>();
  const builtIn = builtIns();
  for (const name of JSONATA_FUNCTIONS) {
    if (!BOUND_PER_EXPRESSION.has(name)) natives.set(name, harden(name, builtIn(name)));
  }
  const signatures = new Map<string, Signature>();
  for (const text of Object.keys(SIGNATURES)) {
    const { signature } = parseFormula(`function($a, $b)${text}{ 0 }`) as { readonly signature?: Signature };
    if (signature) signatures.set(text, Object.freeze(signature));
  }
  return {
    native: (name) => known(natives, name),
    define: (implementation, text) => ({
      _jsonata_function: true,
      implementation,
      signature: known(signatures, text),
    }),
  };
}

/** Asks JSONata itself, which exports none of its functions: its hook for tracers sees where they are bound. */
function builtIns(): (name: string) => FunctionValue {
  const frames: { lookup(name: string): unknown }[] = [];
  const expression = jsonata('0');
  const hook = (_expression: unknown, _input: unknown, frame: { lookup(name: string): unknown }) => frames.push(frame);
  expression.assign(ENTRY_HOOK, hook);
  void expression.evaluate(null);
  return (name) => frames[0]?.lookup(name) as FunctionValue;
}

function known<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new PointsmanError('TRANSFORM_ERROR', `JSONata has no ${name}.`);
  return value;
}

/**
 * Limits and locks a built-in, which all formulas of a thread share: `{} ~> |$sum|{"implementation": 1}|` would
 * otherwise break it for every later one. JSONata notes the caller in `token` and `position`, so these stay writable.
 */
function harden(name: string, builtIn: FunctionValue): FunctionValue {
  if (!Object.isExtensible(builtIn)) return builtIn;
  const implementation = limited(name, builtIn.implementation);
  const locked = { enumerable: false, writable: false, configurable: false };
  Object.defineProperties(builtIn, {
    _jsonata_function: { ...locked, value: true },
    implementation: { ...locked, value: implementation },
    signature: { ...locked, value: Object.freeze(builtIn.signature) },
    token: { writable: true, value: undefined },
    position: { writable: true, value: undefined },
  });
  return Object.preventExtensions(builtIn);
}

/** `$map` and its kin pass as many arguments as the function counts, so the count must stay what it was. */
function limited(name: string, native: Implementation): Implementation {
  const limit = LIMITED[name];
  return limit ? Object.defineProperty(limit(native), 'length', { value: native.length }) : native;
}
