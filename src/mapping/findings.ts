import { ERRORS, type ErrorCode } from '../core/errors.ts';
import type { Lint, Severity, TextEdit } from '../core/lint.ts';
import { lineIndexOf } from './line-index.ts';

/** Findings of one file beyond this are only counted: a broken file must not fill the log. */
const MOST_TOLD = 200;

/** Collects the findings of one file, so that all are told at once. Positions are offsets in the file's text. */
export class Findings {
  /** The text they are about: LF, no BOM. */
  readonly text: string;
  readonly #file: string;
  readonly #locate: (offset: number) => { readonly line: number; readonly column: number };
  #lints: Lint[] = [];
  #errors = 0;

  constructor(file: string, text: string) {
    this.text = text;
    this.#file = file;
    this.#locate = lineIndexOf(text);
  }

  /** Adds an error; without `remedy` the catalogue's own is given. `fix` is the remedy as a rewrite, where it is safe. */
  error(
    code: ErrorCode,
    offset: number,
    message: string,
    remedy: string = ERRORS[code].remedy,
    fix: TextEdit | null = null,
  ): void {
    this.add('error', code, offset, message, remedy, fix);
  }

  /** Adds a finding that does not refuse the file. */
  warning(code: ErrorCode, offset: number, message: string, remedy: string = ERRORS[code].remedy): void {
    this.add('warning', code, offset, message, remedy);
  }

  /** Adds a finding of either severity. */
  add(
    severity: Severity,
    code: ErrorCode,
    offset: number,
    message: string,
    remedy: string = ERRORS[code].remedy,
    fix: TextEdit | null = null,
  ): void {
    const place = { file: this.#file, ...this.#locate(offset) };
    this.#lints.push({ ...place, severity, code, message, remedy, ...(fix && { fix }) });
    if (severity === 'error') this.#errors += 1;
  }

  /** The same findings, to which others can be added. */
  copy(): Findings {
    const copy = new Findings(this.#file, this.text);
    copy.#lints = [...this.#lints];
    copy.#errors = this.#errors;
    return copy;
  }

  /** The 1-based line and column of an offset. */
  locate(offset: number): { readonly line: number; readonly column: number } {
    return this.#locate(offset);
  }

  /** How many errors there are so far: tells a reader whether a part came through. */
  get errorCount(): number {
    return this.#errors;
  }

  /** The findings in the order of the text; the last one counts those that are not told. */
  sorted(): readonly Lint[] {
    const lints = this.#lints.toSorted((left, right) => left.line - right.line || left.column - right.column);
    const told = lints.slice(0, MOST_TOLD);
    const next = lints[MOST_TOLD];
    if (!next) return told;
    const message = `${lints.length - MOST_TOLD} more findings from here on`;
    return [...told, { ...next, message, remedy: 'Repair those above first.' }];
  }
}
