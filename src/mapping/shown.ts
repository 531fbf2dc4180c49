import { suggest } from '../core/suggest.ts';

const LONGEST_SHOWN = 60;
const BEFORE_THE_DIFFERENCE = 20;

/** A value as people see it in a message: one line of JSON, clipped to 60 characters; `nothing` when absent. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing');
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN - 1)}…` : text;
}

/** Two values that differ, as people see them: long ones from shortly before the place where they part. */
export function shownApart(one: unknown, other: unknown): readonly [string, string] {
  const [left = '', right = ''] = [one, other].map((value) => JSON.stringify(value) ?? 'nothing');
  if (Math.max(left.length, right.length) <= LONGEST_SHOWN) return [left, right];
  let same = 0;
  while (same < left.length && left[same] === right[same]) same += 1;
  const from = same < LONGEST_SHOWN - BEFORE_THE_DIFFERENCE ? 0 : same - BEFORE_THE_DIFFERENCE;
  return [clipped(left, from), clipped(right, from)];
}

function clipped(text: string, from: number): string {
  const end = from + LONGEST_SHOWN - 1;
  return `${from > 0 ? '…' : ''}${text.slice(from, end)}${text.length > end ? '…' : ''}`;
}

/** Names as a sentence lists them: `a, b or c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** The remedy for a misspelt name: the closest candidate, else the short list of them, else null. */
export function didYouMean(word: string, candidates: readonly string[]): string | null {
  const close = suggest(word, candidates);
  if (close !== null) return `Did you mean ${close}?`;
  return candidates.length > 0 && candidates.length <= 12 ? `Use one of: ${candidates.join(', ')}.` : null;
}
