import type { Answer } from '../../core/attempt.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { CallResult } from '../../ports/destination.ts';

/** Codes of calls that tell nothing of the destination's health: we are too fast, not allowed, or stopped ourselves. */
const NO_FAILURE: ReadonlySet<ErrorCode | null> = new Set<ErrorCode>([
  'DELIVERY_RATE_LIMITED',
  'DELIVERY_UNAUTHORIZED',
  'DELIVERY_INTERRUPTED',
]);

/** Statuses under which a try again of the same call may succeed: no delivery is at fault. Source: RFC 9110, RFC 6585. */
const BUSY_STATUSES = new Set([429, 503]);

/**
 * What a call came to that was answered, or lost, as a whole: all its deliveries get the one answer. It is divisible
 * when it held several of which one may be at fault.
 */
export function wholeCall(answer: Answer, count: number): CallResult {
  return {
    answers: new Array<Answer>(count).fill(answer),
    failed: isFailure(answer),
    divisible: count > 1 && mayBeOnesFault(answer),
  };
}

/** Whether the destination failed: connection errors, timeouts, 5xx and answers that are not its own. */
function isFailure({ verdict, code }: Answer): boolean {
  return (verdict === 'transient' || verdict === 'ambiguous') && !NO_FAILURE.has(code);
}

/** Not what says something of the destination alone: no connection, its address, its credentials, its load. */
function mayBeOnesFault({ verdict, code, httpStatus }: Answer): boolean {
  if (verdict === 'rejected') return true;
  if (verdict === 'ambiguous') return code !== 'DELIVERY_INTERRUPTED';
  return verdict === 'transient' && httpStatus !== null && httpStatus >= 400 && !BUSY_STATUSES.has(httpStatus);
}
