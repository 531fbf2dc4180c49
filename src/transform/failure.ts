import type { ErrorCode } from '../core/errors.ts';
import { PointsmanError } from '../core/errors.ts';

/** Why a formula, a part or a job failed. */
export interface Failure {
  readonly kind: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  /** The key path of the formula; null when no single one is at fault. */
  readonly path: string | null;
}

/** What JSONata throws: a plain object in most cases. */
interface JsonataFault {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly position?: unknown;
}

const LONGEST_MESSAGE = 300;

/** A failure that knows its formula's path, on its way to the part or job that it ends. */
export class FormulaFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What does not run inline: a formula outside of the fragment, or one that fails in a way only JSONata can word. */
export class NotInline extends Error {}

/** What an error thrown while a formula ran means; `path` is that formula's. Never throws. */
export function failureOf(error: unknown, path: string | null): Failure {
  if (error instanceof FormulaFailure) return error.failure;
  if (error instanceof PointsmanError) return { kind: 'failed', code: error.code, message: short(error.message), path };
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return failed('The formula is nested or recurses too deeply.', path);
  }
  const fault: JsonataFault = typeof error === 'object' && error !== null ? error : {};
  const message = typeof fault.message === 'string' ? fault.message : 'The formula failed.';
  if (fault.code === 'D1012') {
    return { kind: 'failed', code: 'TRANSFORM_TIMEOUT', message: 'The formula did not end in time.', path };
  }
  const position = typeof fault.position === 'number' ? ` at character ${fault.position}` : '';
  const code = typeof fault.code === 'string' ? ` (JSONata ${fault.code}${position})` : '';
  return failed(`${short(message)}${code}`, path);
}

function failed(message: string, path: string | null): Failure {
  return { kind: 'failed', code: 'TRANSFORM_ERROR', message, path };
}

/** Messages quote values of the event: enough to recognise them, never a whole body. */
function short(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ');
  return line.length <= LONGEST_MESSAGE ? line : `${line.slice(0, LONGEST_MESSAGE)}…`;
}
