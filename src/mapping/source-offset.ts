import type { YamlScalar } from './yaml-node.ts';

const BLANK = /\s/;
const ESCAPE_WIDTHS: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/**
 * Where the character at `index` of a scalar's value stands in the file's text. Exact for plain, quoted and literal
 * values; in folded ones blanks may be off by the folding, never the line of a word.
 */
export function sourceOffset(node: YamlScalar, text: string, index: number): number {
  const value = typeof node.value === 'string' ? node.value : node.source;
  let at = contentStart(node, text);
  for (let done = 0; done < index && done < value.length; done++) {
    at = isBlank(value[done]) ? pastBlank(node, text, at) : pastCharacter(node, text, at);
  }
  if (index < value.length && !isBlank(value[index])) at = toCharacter(node, text, at);
  return Math.min(at, node.end);
}

function contentStart(node: YamlScalar, text: string): number {
  if (node.style === 'plain') return node.start;
  if (node.style === 'single' || node.style === 'double') return node.start + 1;
  const header = text.indexOf('\n', node.start);
  const content = header < 0 ? node.end : header + 1;
  return content + (/^\n* */.exec(text.slice(content, node.end))?.[0].length ?? 0) - leadingBlanks(node);
}

/** Blanks that belong to a block's value, not to its indentation. */
function leadingBlanks(node: YamlScalar): number {
  const value = typeof node.value === 'string' ? node.value : '';
  return /^\n* */.exec(value)?.[0].length ?? 0;
}

/** A blank of the value may be a blank, an escape, or a folded line break of which nothing is left. */
function pastBlank(node: YamlScalar, text: string, at: number): number {
  if (isBlank(text[at])) return at + 1;
  return node.style === 'double' && text[at] === '\\' ? at + escapeWidth(text, at) : at;
}

function pastCharacter(node: YamlScalar, text: string, from: number): number {
  const at = toCharacter(node, text, from);
  if (node.style === 'double' && text[at] === '\\') return at + escapeWidth(text, at);
  return node.style === 'single' && text[at] === "'" ? at + 2 : at + 1;
}

/** Skips indentation, and in double quotes an escaped line break. */
function toCharacter(node: YamlScalar, text: string, from: number): number {
  let at = from;
  while (at < node.end && (isBlank(text[at]) || (node.style === 'double' && text.startsWith('\\\n', at)))) {
    at += isBlank(text[at]) ? 1 : 2;
  }
  return at;
}

function escapeWidth(text: string, at: number): number {
  return ESCAPE_WIDTHS[text[at + 1] ?? ''] ?? 2;
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && BLANK.test(character);
}
