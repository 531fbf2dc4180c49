import type { Answer } from '../../core/attempt.ts';
import type { ErrorCode } from '../../core/errors.ts';

const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT', 'DELIVERY_TIMEOUT']);
const UNREADABLE_CODES = new Set(['HTTPParserError', 'UND_ERR_HEADERS_OVERFLOW']);
const INTERRUPTED_CODES = new Set(['UND_ERR_DESTROYED', 'UND_ERR_ABORTED', 'DELIVERY_INTERRUPTED']);

/** Judges a call that got no whole answer. Only `bodySent: false` proves that the other side did not get it. Pure. */
export function judgeLostCall(error: Error, bodySent: boolean): Answer {
  const code = bodySent ? codeOfLost(codeOf(error)) : 'DELIVERY_CONNECTION';
  return {
    verdict: bodySent ? 'ambiguous' : 'transient',
    code,
    httpStatus: null,
    detail: `${bodySent ? 'The answer is unknown' : 'Nothing was sent'}: ${reasonOf(error)}`,
    response: null,
    retryAfterMs: null,
    atFault: null,
  };
}

/** A delivery whose endpoint the destination does not have (any more): no call can carry it. */
export function judgeUnknownEndpoint(destination: string, endpoint: string): Answer {
  return {
    verdict: 'rejected',
    code: 'DELIVERY_REJECTED',
    httpStatus: null,
    detail: `Nothing was sent: ${destination} has no endpoint ${endpoint}`,
    response: null,
    retryAfterMs: null,
    atFault: null,
  };
}

function codeOfLost(code: string): ErrorCode {
  if (TIMEOUT_CODES.has(code)) return 'DELIVERY_TIMEOUT';
  if (INTERRUPTED_CODES.has(code)) return 'DELIVERY_INTERRUPTED';
  return UNREADABLE_CODES.has(code) ? 'DELIVERY_UNREADABLE' : 'DELIVERY_RESET';
}

/** The name where there is no code: undici gives its parser's errors none. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** The AggregateError of a host with several addresses has no message of its own. */
function reasonOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return (first instanceof Error ? first.message : '') || codeOf(error);
}
