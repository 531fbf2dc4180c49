import { NotInline } from '../failure.ts';
import { checkLength } from '../text-limits.ts';
import type { Running } from './running.ts';

/** A function as a compiled formula calls it. */
export type Applied = (given: readonly unknown[], run: Running) => unknown;

/**
 * Functions that JSONata has for texts and regular expressions alike, and therefore waits for: here for texts alone. And
 * those whose cost is in a number.
 */
export const TEXT_FUNCTIONS: Readonly<Record<string, (native: Applied) => Applied>> = {
  contains: () => contains,
  split: () => split,
  replace: () => replace,
  pad: (native) => (given, run) => {
    if (typeof given[0] === 'string') run.spend(Math.abs(Number(given[1])));
    return native(given, run);
  },
};

function contains([text, token]: readonly unknown[]): boolean | undefined {
  if (text === undefined || token === undefined) return undefined;
  return wanted(text).includes(wanted(token));
}

function split([text, separator, limit]: readonly unknown[], run: Running): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const parts = wanted(text).split(wanted(separator), most(limit));
  run.spend(parts.length);
  return parts;
}

function replace([text, pattern, replacement, limit]: readonly unknown[], run: Running): string | undefined {
  if (text === undefined) return undefined;
  const [whole, found, instead] = [wanted(text), wanted(pattern), wanted(replacement)];
  const times = most(limit) ?? Number.POSITIVE_INFINITY;
  if (found === '') throw new NotInline('Nothing cannot be replaced.');
  let [result, position] = ['', 0];
  for (let count = 0; count < times; count += 1) {
    const at = whole.indexOf(found, position);
    if (at < 0) break;
    run.spend(1);
    run.spendText(instead.length);
    result += whole.slice(position, at) + instead;
    position = at + found.length;
  }
  result += whole.slice(position);
  checkLength(result.length);
  return result;
}

function wanted(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new NotInline('It is no text.');
}

function most(limit: unknown): number | undefined {
  if (limit === undefined) return undefined;
  if (typeof limit === 'number' && limit >= 0) return limit;
  throw new NotInline('It is no limit.');
}
