import { type ERRORS, PointsmanError } from '../core/errors.ts';

/** The body of an error answer (RFC 9457), as `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly remedy: string;
}

/** The media type of `Problem`. */
export const PROBLEM_TYPE = 'application/problem+json';

/** Describes an error to a client. What is not in the catalogue is a bug: answered 500 without detail. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof PointsmanError)) return problemOf(new PointsmanError('API_INTERNAL', 'Something went wrong'));
  const { code, httpStatus: status, remedy, message } = error;
  return { type: `urn:pointsman:${code}`, title: titleOf(code), status, detail: message, code, remedy };
}

function titleOf(code: keyof typeof ERRORS): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
