import type { ErrorCode } from '../core/errors.ts';
import type { Lint, TextEdit } from '../core/lint.ts';

/** A mapping file's text with its safe remedies applied. */
export interface FixedText {
  /** With the BOM and line ends it had; the same as before when nothing was repaired. */
  readonly text: string;
  /** The findings that were repaired, in the order in which they were. */
  readonly repaired: readonly Lint[];
}

type Check = (text: string) => readonly Lint[];

/** Faults that keep what is behind them from being read, so that more may come to light when they go. */
const HIDING: ReadonlySet<ErrorCode> = new Set([
  'MAPPING_YAML',
  'MAPPING_YAML_COMMENT',
  'MAPPING_YAML_EMPTY_KEY',
  'MAPPING_YAML_FLOW',
]);

/** A file has at most 200 findings, and each try compiles it. */
const MOST_TRIES = 400;

/**
 * Rewrites a text where its findings have a safe remedy, and nothing else in it. Each rewrite is checked: it stays only
 * when findings go and none comes. `check` yields the findings of a text, which may have a BOM and any line ends.
 */
export function fixText(original: string, check: Check): FixedText {
  let tries = 0;
  const counted: Check = (text) => {
    tries += 1;
    return check(text);
  };
  let state = { text: original, lints: counted(original) };
  const repaired: Lint[] = [];
  while (tries < MOST_TRIES) {
    const step = nextStep(state.text, state.lints, counted);
    if (step === null) break;
    repaired.push(...step.repaired);
    state = step;
  }
  return { text: state.text, repaired };
}

/** What a rewrite would bring: errors that were not there, less those that could not be seen before. */
export function broughtBy(before: readonly Lint[], after: readonly Lint[]): readonly Lint[] {
  const known = before.map(nameOf);
  const uncovers = hidesLess(before, after);
  return after.filter(isError).filter((lint) => {
    const at = known.indexOf(nameOf(lint));
    if (at >= 0) known.splice(at, 1);
    return at < 0 && (!uncovers || HIDING.has(lint.code) || lint.code === 'MAPPING_TEST_FAILED');
  });
}

interface Step {
  readonly text: string;
  readonly lints: readonly Lint[];
  readonly repaired: readonly Lint[];
}

/** All remedies at once, or the first that stands alone; what hides more goes first. */
function nextStep(text: string, lints: readonly Lint[], check: Check): Step | null {
  const fixable = lints.filter((lint) => lint.fix !== undefined);
  const hiding = fixable.filter(({ code }) => HIDING.has(code));
  const chosen = apart(hiding.length > 0 ? hiding : fixable);
  const others = hiding.length > 0 ? fixable.filter((lint) => !hiding.includes(lint)) : [];
  const batches = [chosen, ...(chosen.length > 1 ? chosen.map((lint) => [lint]) : []), ...others.map((lint) => [lint])];
  for (const batch of batches.filter(({ length }) => length > 0)) {
    const edited = applied(
      text,
      batch.flatMap(({ fix }) => fix ?? []),
    );
    const after = check(edited);
    if (isProgress(lints, after, batch, linesOf(text, batch))) return { text: edited, lints: after, repaired: batch };
  }
  return null;
}

/**
 * True when the repaired findings are gone. What a right name uncovers is the next step's work where it has a remedy;
 * where it has none, the name was perhaps not the one that was meant.
 */
function isProgress(
  before: readonly Lint[],
  after: readonly Lint[],
  repaired: readonly Lint[],
  lines: ReadonlySet<number>,
): boolean {
  const placeOf = (lint: Lint) => `${lint.line}:${lint.column} ${nameOf(lint)}`;
  const left = new Set(after.map(placeOf));
  const isGone = hidesLess(before, after) || repaired.every((lint) => !left.has(placeOf(lint)));
  return (
    isGone && broughtBy(before, after).every(({ fix }) => fix !== undefined) && !isNonsense(after, repaired, lines)
  );
}

function isError({ severity }: Lint): boolean {
  return severity === 'error';
}

/** True when what was kept from YAML is no formula: two lines that ran together, say. */
function isNonsense(after: readonly Lint[], repaired: readonly Lint[], lines: ReadonlySet<number>): boolean {
  if (!repaired.some(({ code }) => HIDING.has(code))) return false;
  return after.some(({ code, line, fix }) => code === 'MAPPING_FORMULA_SYNTAX' && !fix && lines.has(line));
}

/** The lines, in the text to come, that rewrites touch. */
function linesOf(text: string, repaired: readonly Lint[]): ReadonlySet<number> {
  const plain = text.replace('\uFEFF', '').replaceAll('\r\n', '\n');
  const breaksIn = (part: string) => part.split('\n').length - 1;
  const edits = repaired.flatMap(({ fix }) => fix ?? []).toSorted((left, right) => left.start - right.start);
  const lines = new Set<number>();
  let moved = 0;
  for (const edit of edits) {
    const first = breaksIn(plain.slice(0, edit.start)) + 1 + moved;
    const added = breaksIn(edit.text);
    for (let line = first; line <= first + added; line += 1) lines.add(line);
    moved += added - breaksIn(plain.slice(edit.start, edit.end));
  }
  return lines;
}

/** YAML hides formulas, and the first fault in a formula's syntax hides what else is wrong in it. */
function hidesLess(before: readonly Lint[], after: readonly Lint[]): boolean {
  const yaml = (lints: readonly Lint[]) => lints.filter(({ code }) => HIDING.has(code)).length;
  const syntax = (lints: readonly Lint[]) => lints.filter(({ code }) => code === 'MAPPING_FORMULA_SYNTAX').length;
  return yaml(after) < yaml(before) || (yaml(after) === yaml(before) && syntax(after) < syntax(before));
}

/** What a finding is, wherever it stands: a rewrite moves those behind it. */
function nameOf({ severity, code, message }: Lint): string {
  return `${severity} ${code} ${message}`;
}

/** Those whose rewrites do not touch each other, the first of each group. */
function apart(lints: readonly Lint[]): readonly Lint[] {
  const taken: TextEdit[] = [];
  return lints.filter(({ fix }) => {
    const isFree = fix !== undefined && taken.every((other) => fix.start > other.end || fix.end < other.start);
    if (isFree) taken.push(fix);
    return isFree;
  });
}

/** Applies edits, whose offsets are in the text with LF and without BOM, to the text as it is. */
function applied(text: string, edits: readonly TextEdit[]): string {
  const place = placesIn(text);
  const fromTheEnd = edits.toSorted((left, right) => right.start - left.start);
  return fromTheEnd.reduce((edited, { start, end, text: replacement }) => {
    const from = place(start);
    const lineEnd = edited.indexOf('\n', from);
    const isCrLf = lineEnd > 0 && edited[lineEnd - 1] === '\r';
    return (
      edited.slice(0, from) + (isCrLf ? replacement.replaceAll('\n', '\r\n') : replacement) + edited.slice(place(end))
    );
  }, text);
}

function placesIn(text: string): (offset: number) => number {
  const bom = text.startsWith('\uFEFF') ? 1 : 0;
  const breaks = [...text.matchAll(/\r\n/g)].map(({ index }, before) => index - bom - before);
  return (offset) => offset + bom + breaks.filter((at) => at < offset).length;
}
