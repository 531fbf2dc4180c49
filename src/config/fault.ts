import { ERRORS, type ErrorCode } from '../core/errors.ts';
import type { Lint, Severity } from '../core/lint.ts';

/** One finding, at an offset of the file's text. */
export interface Fault {
  /** 0-based, in UTF-16 code units. */
  readonly offset: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** Absent = an error. */
  readonly severity?: Severity;
  /** Absent = the remedy of its code. */
  readonly remedy?: string;
}

/** Turns findings into lints, in the order of the file. */
export function lintsOf(faults: readonly Fault[], file: string, text: string): readonly Lint[] {
  return [...faults]
    .sort((one, other) => one.offset - other.offset)
    .map(({ offset, code, message, severity = 'error', remedy = ERRORS[code].remedy }) => {
      return { file, ...positionOf(offset, text), severity, code, message, remedy };
    });
}

function positionOf(offset: number, text: string): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
