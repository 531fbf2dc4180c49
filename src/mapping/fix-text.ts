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

/** What a rewrite would bring: findings that were not there, less those that could not be seen before. */
export function broughtBy(before: readonly Lint[], after: readonly Lint[]): readonly Lint[] {
  const known = before.map(nameOf);
  const uncovers = hidingIn(after) < hidingIn(before);
  return after.filter((lint) => {
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
    if (isProgress(lints, after)) return { text: edited, lints: after, repaired: batch };
  }
  return null;
}

/** New findings that have a remedy of their own are the next step's work. */
function isProgress(before: readonly Lint[], after: readonly Lint[]): boolean {
  const uncovers = hidingIn(after) < hidingIn(before);
  const isSmaller = uncovers || (hidingIn(after) === hidingIn(before) && after.length < before.length);
  return isSmaller && broughtBy(before, after).every(({ fix }) => fix !== undefined);
}

function hidingIn(lints: readonly Lint[]): number {
  return lints.filter(({ code }) => HIDING.has(code)).length;
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
