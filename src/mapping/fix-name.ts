import type { TextEdit } from '../core/lint.ts';
import { onlyCandidate } from '../core/suggest.ts';
import type { YamlScalar } from './yaml-node.ts';

/** Puts the only name that `word` can be a typing error of in its place at `start`; null when it is not the only one. */
export function renaming(word: string, candidates: readonly string[], start: number, text: string): TextEdit | null {
  const meant = onlyCandidate(word, candidates);
  return meant === null ? null : replacing(word, meant, start, text);
}

/** Replaces `word` at `start`, past a quote; null where the text writes it otherwise, as with an escape. */
export function replacing(word: string, other: string, start: number, text: string): TextEdit | null {
  const quote = text[start] === '"' || text[start] === "'" ? 1 : 0;
  const at = start + quote;
  return text.startsWith(word, at) ? { start: at, end: at + word.length, text: other } : null;
}

/** Makes text of the digits that YAML read as a number. */
export function quotedDigits({ source, start, end }: YamlScalar): TextEdit {
  return { start, end, text: `"${source}"` };
}
