import type { ErrorCode } from './errors.ts';

/** How bad a finding is: an `error` refuses the file, a `warning` does not. */
export type Severity = 'error' | 'warning';

/**
 * A rewrite of part of a text: what stands from `start` up to `end` becomes `text`. Offsets are 0-based, in UTF-16 code
 * units of the text with LF line ends and no BOM.
 */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One finding in a config or mapping file. */
export interface Lint {
  /** The file as the user named it, relative to where they stand. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  readonly severity: Severity;
  readonly code: ErrorCode;
  /** One line: what is wrong, with the actual value. */
  readonly message: string;
  /** One line: what to do about it. */
  readonly remedy: string;
  /** The remedy as a rewrite, where there is only one and it is safe. */
  readonly fix?: TextEdit;
}

/** True when any finding refuses its file. */
export function hasErrors(lints: readonly Lint[]): boolean {
  return lints.some((lint) => lint.severity === 'error');
}
