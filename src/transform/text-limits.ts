import { PointsmanError } from '../core/errors.ts';

/** The longest text a formula may build on its way, in characters. */
const MAX_TEXT_LENGTH = 1_048_576;

/** A function's implementation as JSONata calls it. */
// biome-ignore lint/complexity/noBannedTypes: JSONata reads parameter names and count off the function itself
export type Implementation = Function;

/**
 * JSONata's functions that can build a long text from little, each held to `MAX_TEXT_LENGTH`. V8 cannot give up in the
 * middle of building one huge string: it ends the whole process instead of the thread that has run out of memory.
 * Parameters are written out, because JSONata finds their names in the source when a function is partially applied.
 */
export const LIMITED: Readonly<Record<string, (native: Implementation) => Implementation>> = {
  pad: (native) =>
    function pad(this: unknown, str: unknown, width: unknown, char: unknown) {
      checkLength(Math.abs(Number(width)) * Math.max(1, lengthOf(char)));
      return native.call(this, str, width, char);
    },
  join: (native) =>
    function join(this: unknown, strs: unknown, separator: unknown) {
      const parts: readonly unknown[] = Array.isArray(strs) ? strs : [strs];
      let total = 0;
      for (const part of parts) total += lengthOf(part) + lengthOf(separator);
      checkLength(total);
      return native.call(this, strs, separator);
    },
  string: (native) =>
    function string(this: unknown, arg: unknown, prettify: unknown) {
      checkText(arg);
      return native.call(this, arg, prettify);
    },
  clone: (native) =>
    function clone(this: unknown, arg: unknown) {
      checkText(arg);
      return native.call(this, arg);
    },
  replace: (native) =>
    async function replace(this: unknown, str: unknown, pattern: unknown, replacement: unknown, limit: unknown) {
      return checked(await native.call(this, str, pattern, replacement, limit));
    },
  base64encode: growing,
  base64decode: growing,
  encodeUrl: growing,
  encodeUrlComponent: growing,
  decodeUrl: growing,
  decodeUrlComponent: growing,
};

/** Joins two texts as `&` does, held to the limit; `toText` turns other values into text. */
export function concatenate(left: unknown, right: unknown, toText: (value: unknown) => string): string {
  const first = left === undefined ? '' : toText(left);
  const second = right === undefined ? '' : toText(right);
  checkLength(first.length + second.length);
  return first + second;
}

function growing(native: Implementation): Implementation {
  return function encode(this: unknown, str: unknown) {
    checkLength(lengthOf(str));
    return checked(native.call(this, str));
  };
}

function checked(result: unknown): unknown {
  checkLength(lengthOf(result));
  return result;
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

/** Throws `TRANSFORM_ERROR` for the length of a text that no formula may build. */
export function checkLength(length: number): void {
  if (length > MAX_TEXT_LENGTH) {
    throw new PointsmanError('TRANSFORM_ERROR', `The formula builds a text longer than ${MAX_TEXT_LENGTH} characters.`);
  }
}

/** Estimates a value's JSON text, indented at worst: a value that shares its parts can be endless as text. */
function checkText(value: unknown): void {
  let length = 0;
  const visit = (inner: unknown, depth: number): void => {
    length += 2 + depth + lengthOf(inner);
    checkLength(length);
    if (typeof inner !== 'object' || inner === null) return;
    for (const [key, member] of Object.entries(inner)) {
      if (!Array.isArray(inner)) length += key.length + 3;
      visit(member, depth + 1);
    }
  };
  visit(value, 0);
}
