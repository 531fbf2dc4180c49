import type { Answer, Verdict } from '../../core/attempt.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json.ts';
import { retryAfterMs } from '../../core/retry-after.ts';
import type { CallResponse } from './exchange.ts';
import { type AnswerBody, readBody } from './reasons.ts';

type Judgement = readonly [verdict: Verdict, code: ErrorCode | null];

const UNREADABLE: Judgement = ['ambiguous', 'DELIVERY_UNREADABLE'];
const UNAUTHORIZED: Judgement = ['unauthorized', 'DELIVERY_UNAUTHORIZED'];
const REJECTED: Judgement = ['rejected', 'DELIVERY_REJECTED'];

/** Texts that put the credentials or the project at fault, under whatever status. Source: …/tracking-api-authorization-errors. */
const CREDENTIAL_TEXTS = ['could not authenticate', 'invalid project id'];
/** A refusal of this event type alone: the credentials are good for others. Source: …/tracking-api-error-messages. */
const EVENT_TYPE_TEXT = 'not authorized to add event';

const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT', 'DELIVERY_TIMEOUT']);
const UNREADABLE_CODES = new Set(['HTTPParserError', 'UND_ERR_HEADERS_OVERFLOW']);
const INTERRUPTED_CODES = new Set(['UND_ERR_DESTROYED', 'UND_ERR_ABORTED', 'DELIVERY_INTERRUPTED']);

/**
 * Judges a whole answer. Pure; `nowMs` is what a `Retry-After` date is relative to.
 *
 * | Status | Verdict |
 * |---|---|
 * | 2xx | `success: true` delivered, `false` rejected; anything else is not Bloomreach's answer: ambiguous |
 * | 429, 408, 500, 503, other 5xx and unknown ones | transient |
 * | 502, 504 | ambiguous: a gateway may have passed the request on |
 * | 3xx | transient: nothing was refused, the address is wrong or a proxy asks for a login |
 * | 401, 403, or a text that names credentials or project | unauthorized |
 * | "Not authorized to add event…", other 4xx | rejected |
 */
export function judge(response: CallResponse, nowMs: number): Answer {
  const body = readBody(response.body);
  const [verdict, code] = judgeStatus(response.status, body);
  const delivered = verdict === 'delivered';
  return {
    verdict,
    code,
    httpStatus: response.status,
    detail: delivered ? null : describe(response.status, code, body),
    response: delivered ? null : response.body,
    retryAfterMs: verdict === 'transient' ? retryAfterMs(response.headers['retry-after'], nowMs) : null,
  };
}

/** Judges a call that got no whole answer. Only `bodySent: false` proves that Bloomreach did not get it. Pure. */
export function judgeFailure(error: Error, bodySent: boolean): Answer {
  const code = bodySent ? codeOfLost(codeOf(error)) : 'DELIVERY_CONNECTION';
  return {
    verdict: bodySent ? 'ambiguous' : 'transient',
    code,
    httpStatus: null,
    detail: `${bodySent ? 'The answer is unknown' : 'Nothing was sent'}: ${reasonOf(error)}`,
    response: null,
    retryAfterMs: null,
  };
}

/** A delivery that no call can carry. */
export function judgeUnknownEndpoint(endpoint: string): Answer {
  const detail = `Nothing was sent: Bloomreach has no endpoint ${endpoint}`;
  return {
    verdict: 'rejected',
    code: 'DELIVERY_REJECTED',
    httpStatus: null,
    detail,
    response: null,
    retryAfterMs: null,
  };
}

function judgeStatus(status: number, body: AnswerBody): Judgement {
  if (status === 429) return ['transient', 'DELIVERY_RATE_LIMITED'];
  if (status === 502 || status === 504) return ['ambiguous', 'DELIVERY_UNAVAILABLE'];
  if (status === 408 || status >= 500) return ['transient', 'DELIVERY_UNAVAILABLE'];
  if (status >= 400) return judgeRefusal(status, body.reasons);
  if (status >= 300) return ['transient', 'DELIVERY_UNREADABLE'];
  const success = isJsonObject(body.json) ? body.json['success'] : undefined;
  if (success === true) return ['delivered', null];
  return success === false ? judgeRefusal(status, body.reasons) : UNREADABLE;
}

function judgeRefusal(status: number, reasons: readonly string[]): Judgement {
  if (status === 401 || begins(reasons, CREDENTIAL_TEXTS)) return UNAUTHORIZED;
  if (begins(reasons, [EVENT_TYPE_TEXT])) return REJECTED;
  return status === 403 ? UNAUTHORIZED : REJECTED;
}

function begins(reasons: readonly string[], texts: readonly string[]): boolean {
  return reasons.some((reason) => texts.some((text) => reason.toLowerCase().startsWith(text)));
}

function describe(status: number, code: ErrorCode | null, { reasons }: AnswerBody): string {
  const said = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
  if (code !== 'DELIVERY_UNREADABLE') return `Bloomreach answered ${status}${said}`;
  if (status >= 300) return `Bloomreach answered ${status}, a redirect, which is not followed: check baseUrl`;
  return `Bloomreach answered ${status} without saying success true or false${said}`;
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
