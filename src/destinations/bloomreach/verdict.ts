import type { Answer, Verdict } from '../../core/attempt.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { retryAfterMs } from '../../core/retry-after.ts';
import type { CallResponse } from '../shared/exchange.ts';
import { type AnswerBody, bodyOf, readBody } from '../shared/reasons.ts';

interface Judgement {
  readonly verdict: Verdict;
  readonly code: ErrorCode | null;
  readonly atFault: Answer['atFault'];
}

const judgement = (verdict: Verdict, code: ErrorCode | null, atFault: Answer['atFault'] = null): Judgement => {
  return { verdict, code, atFault };
};

const DELIVERED = judgement('delivered', null);
const REJECTED = judgement('rejected', 'DELIVERY_REJECTED');
const LIMITED = judgement('transient', 'DELIVERY_RATE_LIMITED');
const UNAVAILABLE = judgement('transient', 'DELIVERY_UNAVAILABLE');
const REDIRECTED = judgement('transient', 'DELIVERY_UNREADABLE');
const LOST_BEHIND = judgement('ambiguous', 'DELIVERY_UNAVAILABLE');
const UNREADABLE = judgement('ambiguous', 'DELIVERY_UNREADABLE');
const CREDENTIALS = judgement('unauthorized', 'DELIVERY_UNAUTHORIZED', 'destination');
const PERMISSION = judgement('unauthorized', 'DELIVERY_UNAUTHORIZED', 'endpoint');
/** One of several endpoints may lack the permission: smaller calls tell which. */
const SOMES_PERMISSION = judgement('transient', 'DELIVERY_UNAUTHORIZED');

/**
 * Where the layers put their words: `{error}` (authentication), `{message}` (envelope), `{errors: [text]}` (command),
 * `{errors: {field: [text]}}` (data API), `{errors: {code, description}}` (path). Source:
 * documentation.bloomreach.com/engagement/reference/tracking-api-error-messages.
 */
const REASON_KEYS = ['error', 'message', 'errors'];
/** Texts that put the credentials or the project at fault, under whatever status. Source: …/tracking-api-authorization-errors. */
const CREDENTIAL_TEXTS = ['could not authenticate', 'invalid project id', 'invalid secret'];
/** A refusal of this event type alone: the credentials are good for others. Source: …/tracking-api-error-messages. */
const EVENT_TYPE_TEXT = 'not authorized to add event';

/**
 * Judges a whole answer to a single call. Pure; `nowMs` is what a `Retry-After` date is relative to.
 *
 * | Status | Verdict |
 * |---|---|
 * | 2xx | `success: true` delivered, `false` rejected; anything else is not Bloomreach's answer: ambiguous |
 * | 429, 408, 500, 503, other 5xx and unknown ones | transient |
 * | 502, 504 | ambiguous: a gateway may have passed the request on |
 * | 3xx | transient: nothing was refused, the address is wrong or a proxy asks for a login |
 * | 401, or a text that names credentials or project | unauthorized: the destination |
 * | "Not authorized to add event…", other 4xx | rejected |
 * | other 403 | unauthorized: the endpoint |
 */
export function judge(response: CallResponse, nowMs: number): Answer {
  const body = readBody(response.body, REASON_KEYS);
  return answerOf(judgeStatus(response.status, body), response, body, nowMs);
}

/** Judges the answer to a batch that holds no results, for all of its commands. Pure. */
export function judgeEnvelope(
  response: CallResponse,
  commands: readonly { readonly endpoint: string }[],
  nowMs: number,
): Answer {
  const body = readBody(response.body, REASON_KEYS);
  const judged = judgeStatus(response.status, body);
  // That the envelope was taken says nothing of its commands.
  if (judged === DELIVERED) return answerOf(UNREADABLE, response, body, nowMs);
  const mixed = commands.some(({ endpoint }) => endpoint !== commands[0]?.endpoint);
  return answerOf(judged === PERMISSION && mixed ? SOMES_PERMISSION : judged, response, body, nowMs);
}

/** Judges one command of a batch by its own result; `undefined` = the answer holds none. Pure. */
export function judgeResult(result: Json | undefined, status: number): Answer {
  if (isJsonObject(result) && result['success'] === true && status === 200) return DELIVERED_RESULT;
  const text = result === undefined ? '' : JSON.stringify(result);
  const body = bodyOf(result, REASON_KEYS);
  const answer = answerOf(judgeSuccess(status, body), { status, headers: {}, body: text }, body, 0);
  if (result !== undefined) return answer;
  return { ...answer, detail: `Bloomreach answered ${status} without a result for this command`, response: null };
}

/**
 * Judges the answer to `system/time`, which any credentials of the project may ask. Null where there is no such address,
 * as behind a proxy that lets only some through: then only a delivery can tell. Pure.
 */
export function judgeProbe(response: CallResponse, nowMs: number): Answer | null {
  const answer = judge(response, nowMs);
  if (answer.verdict === 'rejected') return null;
  return answer.verdict === 'unauthorized' ? { ...answer, atFault: 'destination' } : answer;
}

const DELIVERED_RESULT: Answer = {
  ...DELIVERED,
  httpStatus: 200,
  detail: null,
  response: null,
  retryAfterMs: null,
};

function answerOf(
  judged: Judgement,
  { status, headers, body: text }: CallResponse,
  body: AnswerBody,
  nowMs: number,
): Answer {
  const { verdict, code, atFault } = judged;
  const delivered = verdict === 'delivered';
  return {
    verdict,
    code,
    httpStatus: status,
    detail: delivered ? null : describe(status, code, body),
    response: delivered ? null : text,
    retryAfterMs: verdict === 'transient' ? retryAfterMs(headers['retry-after'], nowMs) : null,
    atFault,
  };
}

function judgeStatus(status: number, body: AnswerBody): Judgement {
  if (status === 429) return LIMITED;
  if (status === 502 || status === 504) return LOST_BEHIND;
  if (status === 408 || status >= 500) return UNAVAILABLE;
  if (status >= 400) return judgeRefusal(status, body.reasons);
  return status >= 300 ? REDIRECTED : judgeSuccess(status, body);
}

function judgeSuccess(status: number, { json, reasons }: AnswerBody): Judgement {
  const success = isJsonObject(json) ? json['success'] : undefined;
  if (success === true) return DELIVERED;
  return success === false ? judgeRefusal(status, reasons) : UNREADABLE;
}

function judgeRefusal(status: number, reasons: readonly string[]): Judgement {
  if (status === 401 || begins(reasons, CREDENTIAL_TEXTS)) return CREDENTIALS;
  if (begins(reasons, [EVENT_TYPE_TEXT])) return REJECTED;
  return status === 403 ? PERMISSION : REJECTED;
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
