import { type ErrorCode, PointsmanError } from '../core/errors.ts';
import type { Lint } from '../core/lint.ts';
import { formatLint } from '../mapping/format-lint.ts';
import { firstStartAdvice } from './first-start.ts';
import { harmless, say, styled } from './terminal.ts';

/** What a command ends with (CONTRACT §5). */
export const EXIT = { ok: 0, failed: 1, usage: 2, different: 3, invalid: 78 } as const;

/** Findings that stop a command; already worded for people. */
export class LintFailure extends Error {
  readonly findings: readonly { readonly lint: Lint; readonly text: string | null }[];

  constructor(findings: LintFailure['findings']) {
    super(`${findings.length} finding(s)`);
    this.findings = findings;
  }
}

/** Errors of the words a command was given. */
const USAGE_ERRORS: readonly ErrorCode[] = ['CLI_USAGE', 'API_BAD_FILTER', 'API_CURSOR_MISMATCH', 'API_AMBIGUOUS'];

/** Says what went wrong, on stderr, and returns the exit code for it. */
export function reportFailure(error: unknown): number {
  if (error instanceof LintFailure) {
    for (const { lint, text } of error.findings) sayLint(lint, text);
    return EXIT.invalid;
  }
  if (!(error instanceof PointsmanError)) {
    say(
      `${styled('red', 'error', process.stderr)} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return EXIT.failed;
  }
  // Some words come from outside: another system's answer, a file's name.
  say(`${styled('red', 'error', process.stderr)} ${error.code} ${harmless(error.message)}`);
  say(indented(error.code === 'CONFIG_MISSING' ? firstStartAdvice() : error.remedy));
  if (USAGE_ERRORS.includes(error.code)) return EXIT.usage;
  return error.stage === 'config' || error.stage === 'mapping' ? EXIT.invalid : EXIT.failed;
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}

/** Prints one finding with its line and remedy. */
export function sayLint(lint: Lint, text: string | null): void {
  const [head = '', ...rest] = formatLint(lint, text).split('\n');
  const style = lint.severity === 'error' ? 'red' : 'yellow';
  say(head.replace(lint.severity, styled(style, lint.severity, process.stderr)));
  if (rest.length > 0) say(rest.join('\n'));
}
