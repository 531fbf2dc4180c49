import type { Answer, Verdict } from '../../core/attempt.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/retry-after.ts';
import type { CallResponse } from '../shared/exchange.ts';
import { readBody } from '../shared/reasons.ts';

type Judgement = readonly [verdict: Verdict, code: ErrorCode | null, atFault?: Answer['atFault']];

/** Where APIs put their words; `detail` and `title` are those of RFC 9457. */
const REASON_KEYS = ['error', 'error_description', 'message', 'detail', 'title', 'errors'];

/** Statuses that ask to come again: nothing was refused for good. Source: RFC 9110, RFC 6585, RFC 8470. */
const LATER_STATUSES = new Set([408, 425, 500, 503]);

/**
 * Judges a whole answer of `address` (`destination.endpoint`). Pure; `nowMs` is what a `Retry-After` date is relative to.
 *
 * | Status | Verdict |
 * |---|---|
 * | 2xx | delivered, whatever the body says |
 * | 429, 408, 425, 500, 503, other 5xx and unknown ones | transient |
 * | 502, 504 | ambiguous: a gateway may have passed the request on |
 * | 3xx | transient: nothing was refused, the address is wrong or a proxy asks for a login |
 * | 401 | unauthorized: the destination |
 * | 403 | unauthorized: the endpoint |
 * | other 4xx | rejected |
 */
export function judge({ status, headers, body }: CallResponse, address: string, nowMs: number): Answer {
  const [verdict, code, atFault = null] = judgeStatus(status);
  const delivered = verdict === 'delivered';
  return {
    verdict,
    code,
    httpStatus: status,
    detail: delivered ? null : `${address} answered ${status}${hintOf(status)}${reasonsOf(body)}`,
    response: delivered ? null : body,
    retryAfterMs: verdict === 'transient' ? retryAfterMs(headers['retry-after'], nowMs) : null,
    atFault,
  };
}

function judgeStatus(status: number): Judgement {
  if (status < 300) return ['delivered', null];
  if (status === 429) return ['transient', 'DELIVERY_RATE_LIMITED'];
  if (status === 502 || status === 504) return ['ambiguous', 'DELIVERY_UNAVAILABLE'];
  if (LATER_STATUSES.has(status) || status > 500) return ['transient', 'DELIVERY_UNAVAILABLE'];
  if (status < 400) return ['transient', 'DELIVERY_UNREADABLE'];
  if (status === 401) return ['unauthorized', 'DELIVERY_UNAUTHORIZED', 'destination'];
  return status === 403 ? ['unauthorized', 'DELIVERY_UNAUTHORIZED', 'endpoint'] : ['rejected', 'DELIVERY_REJECTED'];
}

function hintOf(status: number): string {
  if (status === 410) return ', gone for good: take the mapping back or correct the url, then reprocess';
  if (status >= 300 && status < 400) return ', a redirect, which is not followed: correct the url';
  return '';
}

function reasonsOf(body: string): string {
  const { reasons } = readBody(body, REASON_KEYS);
  return reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
}
