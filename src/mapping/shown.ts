import { suggest } from '../core/suggest.ts';

const LONGEST_SHOWN = 60;

/** A value as people see it in a message: one line of JSON, clipped to 60 characters; `nothing` when absent. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing');
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN - 1)}…` : text;
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
